"""`postgres.log`: opened so that it stays bounded, read when something went wrong."""

import os
from pathlib import Path

from web.embedded.account import Account

LIMIT_BYTES = 8 * 1024 * 1024
TAIL_BYTES = 2000


def open_log(path: Path, account: Account) -> int:
    """A descriptor to append to; a log over the limit becomes `postgres.log.1` first."""
    if path.exists() and path.stat().st_size > LIMIT_BYTES:
        path.replace(path.with_name(path.name + ".1"))
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    account.take(path)
    return descriptor


def tail(path: Path) -> str:
    """Its last lines."""
    with path.open("rb") as log:
        log.seek(max(0, log.seek(0, os.SEEK_END) - TAIL_BYTES))
        return log.read().decode(errors="replace").strip()
