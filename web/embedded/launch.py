"""One start of Postgres: its command line, the supervisor that runs it, the wait until it is up."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from web.embedded import greeting, pidfile, server_log
from web.embedded.account import Account
from web.embedded.errors import StartFailed

# Long, for after a crash Postgres replays its log before it answers.
START_PATIENCE_S = 300.0
_POLL_S = 0.005
_SUPERVISOR = Path(__file__).with_name("supervisor.py")


@dataclass(frozen=True)
class Launch:
    """`former_pid` is the one that a stale lock file names, 0 if there is none."""

    programs: Path
    files: Path
    socket_dir: Path
    log_path: Path
    account: Account
    former_pid: int
    settings: Mapping[str, str]

    def supervisor(self, claim: int) -> subprocess.Popen[bytes]:
        """It runs Postgres until its standard input ends, and inherits the lock `claim`."""
        log = server_log.open_log(self.log_path, self.account)
        try:
            return subprocess.Popen(
                [sys.executable, "-I", "-S", str(_SUPERVISOR), *self._arguments()],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"LC_ALL": "C", "TZ": "UTC"},
                pass_fds=(claim,),
                # A session of its own: Ctrl-C in the terminal is for the owner alone.
                start_new_session=True,
            )
        finally:
            os.close(log)

    def await_ready(self, supervisor: subprocess.Popen[bytes]) -> None:
        """Raises StartFailed, with the end of Postgres' log."""
        until = time.monotonic() + START_PATIENCE_S
        while not self._is_ready():
            if supervisor.poll() is not None:
                raise StartFailed(f"Postgres did not start: {self._said()}")
            if time.monotonic() > until:
                raise StartFailed(
                    f"Postgres is not ready after {START_PATIENCE_S:.0f} s: {self._said()}"
                )
            time.sleep(_POLL_S)
        assert supervisor.stdin is not None
        supervisor.stdin.write(b"r")

    def _is_ready(self) -> bool:
        """The file first: a server that is asked while it comes up complains in its log."""
        found = pidfile.read(self.files)
        is_up = found is not None and found.status == pidfile.READY
        return is_up and greeting.answers(self.socket_dir)

    def _said(self) -> str:
        return f"{self.log_path} ends with\n{server_log.tail(self.log_path)}"

    def _arguments(self) -> list[str]:
        """As `supervisor.main` takes them."""
        ids = (-1, -1) if self.account.is_own else (self.account.uid, self.account.gid)
        return [*map(str, ids), str(self.former_pid), str(self.socket_dir), *self._command()]

    def _command(self) -> list[str]:
        """What must hold is given here; the rest is the cluster's own: ALTER SYSTEM tunes it.

        initdb sets 100 connections and 128 MB of shared buffers, or less on a small machine.
        """
        fixed = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": str(self.socket_dir),
            "unix_socket_permissions": "0700",
            "logging_collector": "off",
            "log_destination": "stderr",
            "cluster_name": "livemeter",
        }
        command = [str(self.programs / "postgres"), "-D", str(self.files)]
        for name, value in {**self.settings, **fixed}.items():
            command += ["-c", f"{name}={value}"]
        return command
