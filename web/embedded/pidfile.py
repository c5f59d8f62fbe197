"""What `postmaster.pid` says, and whether the process it names is really that server."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

READY = "ready"


@dataclass(frozen=True)
class PidFile:
    """The lines that matter here; a server writes them one after the other as it comes up."""

    pid: int
    socket_dir: str
    status: str


def path_in(cluster: Path) -> Path:
    return cluster / "postmaster.pid"


def read(cluster: Path) -> PidFile | None:
    """None when there is no such file, or nothing in it yet."""
    try:
        lines = path_in(cluster).read_text(errors="surrogateescape").splitlines()
        pid = abs(int(lines[0]))
    except (FileNotFoundError, NotADirectoryError, IndexError, ValueError):
        return None
    lines += [""] * 8
    return PidFile(pid=pid, socket_dir=lines[4], status=lines[7].strip())


def is_served(cluster: Path, pid: int) -> bool:
    """Whether `pid` is a Postgres at work in `cluster`, and not a stranger with a reused PID."""
    if sys.platform == "linux":
        return _works_in(cluster, Path("/proc", str(pid)))
    return _is_named_postgres(pid)


def _works_in(cluster: Path, process: Path) -> bool:
    """A server's working directory is its cluster.

    A process that may not be looked at is no server of this cluster: that one would run as the
    cluster's owner, which is the caller, or the caller is root.
    """
    try:
        program = os.readlink(process / "exe")
        return Path(program).name.startswith("postgres") and (process / "cwd").samefile(cluster)
    except OSError:
        return False


def _is_named_postgres(pid: int) -> bool:
    """Without /proc a name has to do; in doubt the server is taken for alive, which is safe."""
    answer = subprocess.run(
        ["/bin/ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False
    )
    return Path(answer.stdout.strip()).name.startswith("postgres")
