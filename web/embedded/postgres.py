"""The database that comes with Livemeter: a Postgres of its own in the data directory."""

import os
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from web.embedded import binaries, cluster, greeting, lock, pidfile
from web.embedded.account import Account, account_for
from web.embedded.errors import AlreadyRunning, DataDirUnusable, StartFailed
from web.embedded.greeting import url_to
from web.embedded.launch import START_PATIENCE_S, Launch
from web.embedded.socket_dir import socket_dir_for

# More than the supervisor's own patience with Postgres.
STOP_PATIENCE_S = 45.0
_POLL_S = 0.005
# A server whose owner was killed a moment ago still answers for some milliseconds.
_LAST_BREATH_S = 0.1
_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


def running_url(data_dir: Path) -> str | None:
    """The URL of the server that runs on `data_dir` and answers now, else None."""
    try:
        found = pidfile.read(cluster.located(data_dir.absolute()))
    except PermissionError:
        return None
    if found is None or found.status != pidfile.READY:
        return None
    socket_dir = Path(found.socket_dir)
    return url_to(socket_dir) if greeting.answers(socket_dir) else None


def has_data(data_dir: Path) -> bool:
    """Whether a server has, or is just making, its data there. In doubt a start will tell."""
    folder = data_dir.expanduser().absolute()
    try:
        # The lock is the first thing that a server makes there.
        return (folder / "lock").exists() or cluster.located(folder).exists()
    except OSError:
        return True


class EmbeddedPostgres:
    """Postgres for one data directory, for as long as this process lives at the most.

    `settings` are Postgres' own, such as `{"fsync": "off"}`; they hold for this run. Not for use
    from several threads at once.
    """

    def __init__(self, data_dir: Path, settings: Mapping[str, str] = _NO_SETTINGS) -> None:
        self.data_dir = data_dir.expanduser().absolute()
        self.settings = dict(settings)
        self._url: str | None = None
        self._supervisor: subprocess.Popen[bytes] | None = None

    @classmethod
    def attach_or_start(
        cls, data_dir: Path, settings: Mapping[str, str] = _NO_SETTINGS
    ) -> "EmbeddedPostgres":
        """A server that runs already, to be left running by `stop()`; else one started here.

        Raises what `start()` raises, but AlreadyRunning.
        """
        server = cls(data_dir, settings)
        try:
            server.start()
        except AlreadyRunning as running:
            server._url = running.url
        return server

    @property
    def url(self) -> str:
        """`postgresql://livemeter@/livemeter?host=<the socket's folder>`, percent-encoded."""
        if self._url is None:
            raise RuntimeError("the embedded Postgres was not started")
        return self._url

    @property
    def is_own(self) -> bool:
        """Whether `stop()` ends the server; not so when it was attached to."""
        return self._supervisor is not None

    @property
    def log_path(self) -> Path:
        return self.data_dir / "postgres.log"

    def start(self) -> None:
        """Return when the server takes sessions; nothing happens if it was started here before.

        Raises AlreadyRunning (another process has the directory; waits until that one answers),
        DataDirUnusable, OtherMajorVersion, StartFailed.
        """
        if self._url is not None:
            return
        try:
            self._make_data_dir()
            account = account_for(self.data_dir, cluster.located(self.data_dir))
            claim = self._claim(account)
            try:
                self._launch(account, claim)
            finally:
                os.close(claim)
        except OSError as problem:
            raise DataDirUnusable(f"{self.data_dir} cannot be used: {problem}") from problem

    def stop(self) -> None:
        """Return when the server and all its processes are gone; one attached to goes on."""
        supervisor, self._supervisor, self._url = self._supervisor, None, None
        if supervisor is None:
            return
        assert supervisor.stdin is not None
        supervisor.stdin.close()
        try:
            supervisor.wait(STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            supervisor.kill()
            supervisor.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _make_data_dir(self) -> None:
        """Closed to others, but for root's: the account that runs Postgres has to pass through."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            self.data_dir.mkdir()
            self.data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
        if not self.data_dir.is_dir():
            raise DataDirUnusable(f"{self.data_dir} is a file: a data directory is needed")

    def _claim(self, account: Account) -> int:
        """The lock, waiting while another process starts or ends."""
        until = time.monotonic() + START_PATIENCE_S
        while time.monotonic() < until:
            claim = lock.try_claim(self.data_dir / "lock", account)
            if claim is not None:
                return claim
            url = running_url(self.data_dir)
            time.sleep(_POLL_S if url is None else _LAST_BREATH_S)
            if url is not None and url == running_url(self.data_dir):
                raise AlreadyRunning(url)
        raise StartFailed(f"another process holds {self.data_dir / 'lock'} but does not answer")

    def _launch(self, account: Account, claim: int) -> None:
        programs = binaries.programs_for(account)
        is_durable = self.settings.get("fsync") != "off"
        files = cluster.ensure(self.data_dir, programs, account, is_durable=is_durable, lock=claim)
        former_pid = _stale_pid(files)
        launch = Launch(
            programs=programs,
            files=files,
            socket_dir=socket_dir_for(self.data_dir, account),
            log_path=self.log_path,
            account=account,
            former_pid=former_pid,
            settings=self.settings,
        )
        self._supervisor = launch.supervisor(claim)
        try:
            launch.await_ready(self._supervisor)
        except BaseException:
            self.stop()
            raise
        self._url = url_to(launch.socket_dir)


def _stale_pid(files: Path) -> int:
    """The PID that a server left behind in its lock file, 0 if none. The caller holds the lock.

    Raises AlreadyRunning for a server that someone started by hand, without the lock.
    """
    found = pidfile.read(files)
    if found is None:
        # Cut off while it was written; Postgres would refuse it for ever.
        pidfile.path_in(files).unlink(missing_ok=True)
        return 0
    if pidfile.is_served(files, found.pid):
        raise AlreadyRunning(url_to(Path(found.socket_dir)))
    return found.pid
