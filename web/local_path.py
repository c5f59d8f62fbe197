"""Where a browser may be sent after it has signed in: to a page of ours, and nowhere else."""

from __future__ import annotations

import re
from urllib.parse import unquote

HOME = "/"
_MAX_LENGTH = 2_000
# Encoded twice is the most that a proxy before us might undo.
_DECODINGS = 3


def local_path(given: str | None) -> str:
    """The path where it is one of ours, else the start page."""
    return given if given is not None and _is_local(given) else HOME


def _is_local(given: str) -> bool:
    if not given.startswith("/") or len(given) > _MAX_LENGTH or not _is_plain(given):
        return False
    # What follows leads nowhere else, and may have any text in it, encoded.
    path = re.split(r"[?#]", given, maxsplit=1)[0]
    for _ in range(_DECODINGS):
        # Browsers take what follows two slashes for another host.
        if not _is_plain(path) or "//" in path:
            return False
        path = unquote(path)
    return True


def _is_plain(text: str) -> bool:
    """Browsers drop tabs and line ends, and read a backslash as a slash."""
    return text.isascii() and text.isprintable() and "\\" not in text
