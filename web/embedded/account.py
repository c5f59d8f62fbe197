"""Under which uid Postgres runs: it refuses root, so root has to lend it another."""

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from web.embedded.errors import DataDirUnusable

UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    """The uid and gid that own the cluster and run Postgres."""

    uid: int
    gid: int

    @property
    def is_own(self) -> bool:
        return self.uid == os.geteuid()

    def take(self, path: Path) -> None:
        """Give `path` to this account; never what a link there points at."""
        if not self.is_own:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def may_enter(self, folder: Path) -> bool:
        """Tried, not computed from mode bits: ACLs and the folders above count as well."""
        return self.is_own or self.run(["/bin/sh", "-c", 'cd "$0"', str(folder)]).returncode == 0

    def run(
        self,
        command: Sequence[str],
        *,
        stdin: str = "",
        env: Mapping[str, str] | None = None,
        keep_open: Sequence[int] = (),
    ) -> subprocess.CompletedProcess[str]:
        """Run `command` as this account; its output, errors among it, is in `stdout`."""
        return subprocess.run(
            command,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            cwd="/",
            env=dict(env or {}),
            pass_fds=tuple(keep_open),
            user=None if self.is_own else self.uid,
            group=None if self.is_own else self.gid,
            extra_groups=None if self.is_own else [],
            check=False,
        )


def account_for(data_dir: Path, cluster: Path) -> Account:
    """The caller's own account, or for root that of whoever owns the data already.

    Raises DataDirUnusable when the data is another user's and the caller is not root.
    """
    if os.geteuid() != 0:
        return _own_account(cluster)
    for path in (cluster, data_dir):
        owner = _owner(path)
        if owner is not None and owner.uid != 0:
            return owner
    return _unprivileged()


def _own_account(cluster: Path) -> Account:
    owner = _owner(cluster)
    if owner is not None and owner.uid != os.geteuid():
        raise DataDirUnusable(
            f"{cluster} belongs to uid {owner.uid}, not to you (uid {os.geteuid()}): "
            "run this as that user or as root, or choose another data directory"
        )
    return Account(os.geteuid(), os.getegid())


def _owner(path: Path) -> Account | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return Account(facts.st_uid, facts.st_gid)


def _unprivileged() -> Account:
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise DataDirUnusable(
            f"Postgres does not run as root and there is no user {UNPRIVILEGED!r} to run it as: "
            "start Livemeter as an ordinary user"
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)
