"""Where the Unix socket lies: in the data directory, or nearby when that path is no use for one."""

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from web.embedded.account import Account

SOCKET_NAME = ".s.PGSQL.5432"
# sockaddr_un holds 108 bytes on Linux, 104 on macOS, the closing zero among them.
_PATH_LIMIT_BYTES = 103
# unix_socket_directories is a list with commas, hosts in URLs have colons: plain names only.
_PLAIN = re.compile(r"/[A-Za-z0-9/._~+=-]*")


def socket_dir_for(data_dir: Path, account: Account) -> Path:
    """A folder with mode 0700 that belongs to `account`, without leftovers of an earlier run."""
    for folder in _candidates(data_dir):
        if _fits(folder) and account.may_enter(folder.parent) and _make_private(folder, account):
            _clear(folder)
            return folder
    # Someone else took the names: one that nobody could foresee.
    folder = Path(tempfile.mkdtemp(prefix="livemeter-", dir="/tmp"))
    account.take(folder)
    return folder


def _candidates(data_dir: Path) -> Iterator[Path]:
    yield data_dir / "socket"
    # The same name at each start, so that ends by kill -9 do not pile up folders.
    name = f"livemeter-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]}"
    for base in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):
        if base and Path(base).is_dir():
            yield Path(base, name)


def _fits(folder: Path) -> bool:
    path = str(folder / SOCKET_NAME)
    return len(os.fsencode(path)) <= _PATH_LIMIT_BYTES and _PLAIN.fullmatch(path) is not None


def _make_private(folder: Path, account: Account) -> bool:
    """False when another user has that name, or may look inside."""
    try:
        folder.mkdir(mode=0o700)
        account.take(folder)
    except FileExistsError:
        pass
    except OSError:
        return False
    facts = folder.lstat()
    is_private = not facts.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == account.uid and is_private


def _clear(folder: Path) -> None:
    """The caller holds the lock: no server can be listening on these."""
    for name in (SOCKET_NAME, SOCKET_NAME + ".lock"):
        with suppress(FileNotFoundError):
            (folder / name).unlink()
