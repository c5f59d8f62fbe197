"""The pages of the docs, and the blocks of code in them."""

from __future__ import annotations

import re
import shlex
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """Code in a page; `place` is where, as editors have it."""

    place: str
    language: str
    code: str


def blocks(page: Path) -> list[Block]:
    text = page.read_text()
    return [
        Block(
            f"{page.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}",
            match[2],
            textwrap.dedent(match[3]),
        )
        for match in _BLOCK.finditer(text)
    ]


def commands(code: str) -> list[str]:
    """The commands of a shell block, those of several lines in one; comments are left out."""
    found: list[str] = []
    waiting = ""
    for line in code.splitlines(keepends=True):
        waiting += line
        if not line.endswith("\\\n") and _is_whole(waiting):
            found.append(waiting.replace("\\\n", "").strip())
            waiting = ""
    assert not waiting, f"this command has no end: {waiting}"
    return [command for command in found if shlex.split(command, comments=True)]


def _is_whole(command: str) -> bool:
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return False
    return True
