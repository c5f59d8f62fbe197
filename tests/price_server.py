"""A real HTTP server on loopback that hands a file out, well or badly."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass
class PriceServer:
    """`content` is what it hands out; `status`, `cut_off`, `slow` and `endless` say how."""

    content: bytes = b"[]"
    status: int = 200
    cut_off: bool = False
    slow: bool = False
    endless: bool = False
    url: str = ""
    # The status of each answer, in order.
    answers: list[int] = field(default_factory=list)
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> PriceServer:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        self.url = f"http://{host}:{port}/data.json"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            await self._send(writer, request)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _send(self, writer: asyncio.StreamWriter, request: str) -> None:
        etag = f'"{sha256(self.content).hexdigest()[:16]}"'
        is_known = self.status == 200 and f"if-none-match: {etag}" in request.lower()
        status = 304 if is_known else self.status
        self.answers.append(status)
        length = "" if self.endless else f"Content-Length: {len(self.content)}\r\n"
        head = f"HTTP/1.1 {status} -\r\nETag: {etag}\r\nConnection: close\r\n"
        if status == 304:
            writer.write(f"{head}\r\n".encode())
            return
        writer.write(f"{head}{length}\r\n".encode())
        if self.endless:
            for _ in range(200):
                writer.write(b" " * 65_536)
                await writer.drain()
        elif self.slow:
            for byte in self.content[:100]:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.05)
        else:
            content = self.content[: len(self.content) // 2] if self.cut_off else self.content
            writer.write(content)
