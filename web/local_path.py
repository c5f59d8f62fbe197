"""Where a browser may be sent after it has signed in: to a page of ours, and nowhere else."""

from __future__ import annotations

from urllib.parse import unquote

HOME = "/"
_MAX_LENGTH = 2_000
# Encoded twice is the most that a proxy before us might undo.
_DECODINGS = 3


def local_path(given: str | None) -> str:
    """The path where it is one of ours, else the start page."""
    return given if given is not None and _is_local(given) else HOME


def _is_local(given: str) -> bool:
    if not given.startswith("/") or len(given) > _MAX_LENGTH:
        return False
    seen = given
    for _ in range(_DECODINGS):
        # Browsers drop tabs and line ends, read a backslash as a slash, and take what follows
        # two slashes for another host.
        if not (seen.isascii() and seen.isprintable()) or "\\" in seen:
            return False
        if "//" in seen.partition("?")[0].partition("#")[0]:
            return False
        seen = unquote(seen)
    return True
