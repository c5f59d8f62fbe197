"""A real HTTP server on loopback that takes webhooks, well or badly."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Received:
    """`line` is the request's first; the headers' names are in small letters."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class AlertReceiver:
    """Answers by `status` and `headers`; `hangs` before or after the head, or `drips` it."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    drips: bool = False
    hangs_in_body: bool = False
    endless: bool = False
    tls: ssl.SSLContext | None = None
    received: list[Received] = field(default_factory=list)
    url: str = ""
    port: int = 0
    # How much of an endless body was taken from it.
    written: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> AlertReceiver:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """On the port that it had before, where it was open before."""
        self._server = await asyncio.start_server(
            self._answer, "127.0.0.1", self.port, ssl=self.tls
        )
        self.port = self._server.sockets[0].getsockname()[1]
        scheme = "http" if self.tls is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.port}/hook"

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            self.received.append(await _request(reader))
            await self._send(writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(task)
            writer.close()

    async def _send(self, writer: asyncio.StreamWriter) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        headers = {"Connection": "close", **self.headers}
        if not (self.endless or self.hangs_in_body):
            headers["Content-Length"] = "2"
        lines = [f"HTTP/1.1 {self.status} -", *(f"{name}: {at}" for name, at in headers.items())]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        if self.drips:
            for byte in head:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.05)
        writer.write(head)
        while self.endless:
            writer.write(b" " * 65_536)
            await writer.drain()
            self.written += 65_536
        if self.hangs_in_body:
            writer.write(b"o")
            await asyncio.Event().wait()
        writer.write(b"ok")


async def _request(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    pairs = (line.split(": ", 1) for line in head[1:] if line)
    headers = {name.lower(): value for name, value in pairs}
    body = await reader.readexactly(int(headers["content-length"]))
    return Received(head[0], headers, body)
