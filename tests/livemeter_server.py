"""Livemeter's server for tests: in this process, or as one that can be killed."""

from __future__ import annotations

import asyncio
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

import uvicorn

from resolvers.alerts.delivery_settings import DeliverySettings
from web.access import DEFAULTS as DEFAULT_ACCESS
from web.access import Access
from web.app import create_app
from web.limits import DEFAULTS, Limits
from web.server import address, listen, uvicorn_config
from web.sign_in import OneTimeLinks

ROOT = Path(__file__).parents[1]
_START_SECONDS = 90.0


class InProcessServer:
    """The application behind real sockets, sharing the test's event loop."""

    def __init__(
        self,
        database_url: str,
        channel_url: str = "memory://",
        limits: Limits = DEFAULTS,
        access: Access = DEFAULT_ACCESS,
        delivery: DeliverySettings | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.links = OneTimeLinks()
        self.app = create_app(
            database_url,
            channel_url,
            delivery=delivery,
            links=self.links,
            limits=limits,
            access=access,
        )
        self._listener = listen(host, 0)
        self._server = _QuietServer(uvicorn_config(self.app, limits=limits))
        self._task: asyncio.Task[None] | None = None
        self.url = address(self._listener)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        while not self._server.started:
            assert not self._task.done(), "the server did not start"
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.stop()
        assert self._task is not None
        await self._task


class _QuietServer(uvicorn.Server):
    """Leaves the signals to pytest, and stops at once where uvicorn looks ten times a second.

    Those two tenths are nothing to a server, and minutes to thousands of tests.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stopped = asyncio.Event()

    def install_signal_handlers(self) -> None:
        pass

    def stop(self) -> None:
        self.should_exit = True
        self._stopped.set()

    async def main_loop(self) -> None:
        beat = 0
        while not await self.on_tick(beat):
            beat += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), 0.1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if not await self._is_idle_soon():
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for server in self.servers:
            await server.wait_closed()
        await self.lifespan.shutdown()

    async def _is_idle_soon(self) -> bool:
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        for _ in range(20):
            if not state.connections and not state.tasks:
                return True
            await asyncio.sleep(0.002)
        return False


class ServerProcess:
    """`livemeter serve` (or another command that serves) as a process of its own."""

    def __init__(
        self,
        *arguments: str,
        command: str = "serve",
        environment: dict[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        self._arguments = [sys.executable, "-m", "web", command, *arguments]
        self._environment = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
            # Tests ask no other host.
            "LIVEMETER_PRICES_URL": "",
            **(environment or {}),
        }
        self._log = log
        self.process: subprocess.Popen[str] | None = None
        self.url = ""
        self.greeting = ""

    def start(self) -> Self:
        """Returns when the server answers."""
        with Path(os.devnull if self._log is None else self._log).open("ab") as errors:
            self.process = subprocess.Popen(
                self._arguments,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=ROOT,
            )
        try:
            self.url = self._announced_url()
            self._await_answer()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _announced_url(self) -> str:
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.greeting += line
            found = re.search(r"http://[\d.]+:\d+", line)
            if found:
                return found[0]
        raise AssertionError(f"the server ended: {self.greeting}")

    def _await_answer(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        host, _, port = self.url.removeprefix("http://").partition(":")
        while not answers(host, int(port)):
            assert time.monotonic() < deadline, "the server did not answer"
            time.sleep(0.02)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        return self._end(signal.SIGTERM)

    def interrupt(self) -> int:
        """Ctrl-C, and the exit status."""
        return self._end(signal.SIGINT)

    def _end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        status = self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()


def answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
