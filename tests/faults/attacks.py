"""Attacks: requests that ask too much, and sockets that hold a server up."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.schema import documents

_STATIC = Path(__file__).parents[2] / "web" / "static"

_LIST = "query($filter: UsageFilter) { events(filter: $filter) { head } }"
_RECORD = "mutation($events: [UsageEventInput!]!) { recordEvents(events: $events) { recorded } }"


@dataclass(frozen=True)
class Request:
    """A body that is refused with `status` and `code`, and no more work than reading it."""

    body: bytes
    code: str = "TOO_COMPLEX"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def _query(query: str, variables: dict[str, Any] | None = None) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()


REQUESTS = {
    "deep nesting": Request(_query(documents.nested_fields(100))),
    "nesting past the parser": Request(_query("{a" * 9_000 + "}" * 9_000)),
    "10,000 aliases": Request(_query(documents.aliases(10_000))),
    "aliases of what is dear": Request(_query(documents.costly_pages(99))),
    "fragments in a circle": Request(_query(documents.fragment_circle(50)), "BAD_INPUT"),
    "doubling fragments": Request(_query(documents.doubling_fragments(50))),
    "overlapping fragments": Request(_query(documents.overlapping_fragments(99))),
    "directive overload": Request(_query(documents.directives_on_one_field(5_000))),
    "field duplication": Request(_query(documents.repeated_field(5_000))),
    "an introspection loop": Request(_query(documents.introspection_loop(10))),
    "nested literals": Request(_query(documents.nested_literal(2_000))),
    "a document of a megabyte": Request(_query("{ __typename #" + "x" * (1 << 20) + "\n}")),
    "a batch bomb": Request(
        b"[" + b",".join([_query("{ viewer { email } }")] * 10_000) + b"]", "BAD_INPUT", 400
    ),
    "a huge list in variables": Request(_query(_LIST, {"filter": {"userIds": ["a"] * 1_000_000}})),
    "200,000 events": Request(_query(_RECORD, {"events": [{"id": 1}] * 200_000}), "BAD_INPUT"),
    "nested variables": Request(
        b'{"query": "%s", "variables": {"filter": %s%s}}'
        % (_LIST.encode(), b"[" * 100_000, b"]" * 100_000),
        "BAD_INPUT",
        400,
    ),
    "a packed body": Request(
        gzip.compress(b" " * (1 << 28), 1), "BAD_INPUT", 415, {"Content-Encoding": "gzip"}
    ),
}  # fmt: skip

_HEAD = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
_UPGRADE = (
    b"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
Attack = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    pass


async def _slow_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(_HEAD)
    while True:
        writer.write(b"X-A: a\r\n")
        await asyncio.sleep(0.1)


async def _slow_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(_HEAD + b"Content-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await asyncio.sleep(0.1)


async def _blank_lines(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Between two requests: what begins none keeps no connection."""
    writer.write(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    while True:
        writer.write(b"\r\n")
        await asyncio.sleep(0.1)


async def _endless_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(_HEAD + b"X-A: ")
    while True:
        writer.write(b"a" * 65_536)
        await writer.drain()


async def _endless_trailers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n \r\n0\r\n")
    while True:
        writer.write(b"X-A: " + b"a" * 60_000 + b"\r\n")
        await writer.drain()


async def _unfinished_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(_HEAD + b"Content-Length: 1000000\r\n\r\n" + b" " * 999_999)
    await writer.drain()


async def _never_wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Sends the next request, and the next, before the first is answered."""
    while True:
        writer.write(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n" * 1_000)
        await writer.drain()


async def _never_read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Asks for a large file again and again."""
    largest = max(_STATIC.rglob("*.*"), key=lambda file: file.stat().st_size)
    path = largest.relative_to(_STATIC).as_posix()
    writer.transport.pause_reading()  # type: ignore[attr-defined]  # it is a socket's
    while True:
        writer.write(b"GET /static/%s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode())
        await writer.drain()


async def _no_init(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(_UPGRADE)


async def _giant_frame(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Announces a gibibyte, and begins to send it."""
    writer.write(_UPGRADE)
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"\x81\xff" + (1 << 30).to_bytes(8, "big") + b"\0\0\0\0")
    while True:
        writer.write(b"a" * 65_536)
        await writer.drain()


async def _many_pieces(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A message that never ends, in small frames."""
    writer.write(_UPGRADE)
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"\x01\xfe\xff\xff\0\0\0\0" + b"a" * 65_535)
    while True:
        writer.write(b"\x00\xfe\xff\xff\0\0\0\0" + b"a" * 65_535)
        await writer.drain()


async def _unfinished_message(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One that is short of a byte, and of the largest size."""
    writer.write(_UPGRADE)
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"\x81\xff" + (1_000_000).to_bytes(8, "big") + b"\0\0\0\0" + b"a" * 999_999)
    await writer.drain()


async def _empty_pieces(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A message of nothing, which never ends."""
    writer.write(_UPGRADE)
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"\x01\x80\0\0\0\0")
    while True:
        writer.write(b"\x00\x80\0\0\0\0" * 1_000)
        await writer.drain()


SOCKETS: dict[str, tuple[int, Attack]] = {
    "1,000 half-open sockets": (1_000, _say_nothing),
    "slow headers": (200, _slow_headers),
    "slow bodies": (200, _slow_body),
    "blank lines": (100, _blank_lines),
    "endless headers": (20, _endless_headers),
    "endless trailers": (20, _endless_trailers),
    "unfinished bodies": (100, _unfinished_body),
    "answers that are never read": (20, _never_read),
    "requests that do not wait": (20, _never_wait),
    "WebSockets that do not begin": (200, _no_init),
    "giant WebSocket frames": (20, _giant_frame),
    "WebSocket messages without end": (20, _many_pieces),
    "unfinished WebSocket messages": (200, _unfinished_message),
    "empty pieces of WebSocket messages": (5, _empty_pieces),
}


@dataclass
class Attackers:
    """Sockets that are at it until the server ends them."""

    tasks: list[asyncio.Task[None]]

    @property
    def left(self) -> int:
        return sum(not task.done() for task in self.tasks)


@asynccontextmanager
async def attacking(port: int, count: int, attack: Attack) -> AsyncIterator[Attackers]:
    opened = asyncio.Semaphore(100)

    async def one() -> None:
        async with opened:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        acting = asyncio.create_task(_ignoring(attack(reader, writer)))
        try:
            await _end_of(reader, writer)
        finally:
            acting.cancel()
            writer.transport.abort()

    attackers = Attackers([asyncio.create_task(_ignoring(one())) for _ in range(count)])
    try:
        yield attackers
    finally:
        for task in attackers.tasks:
            task.cancel()
        await asyncio.gather(*attackers.tasks, return_exceptions=True)


async def _end_of(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Returns when the server has ended the connection, also where nobody reads."""
    while not writer.transport.is_closing() and not reader.at_eof():
        if reader._waiter is None and writer.transport.is_reading():  # type: ignore[attr-defined]  # as it is
            await reader.read(65_536)
        else:
            await asyncio.sleep(0.05)


async def _ignoring(work: Awaitable[None]) -> None:
    """The server ends connections in the middle; that is what is wanted."""
    with suppress(OSError, asyncio.IncompleteReadError):
        await work
