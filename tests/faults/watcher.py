"""A subscriber that comes back after its last cursor whenever its connection fails."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from tests.valkey import eventually

QUERY = "subscription($after: Cursor) { activity(after: $after) { cursor events { id } } }"
_PAUSE_SECONDS = 0.05


class Lost(Exception):
    """The server ended the subscription."""


class Watcher:
    """Keeps what it saw, update by update; `address` may say another server each time."""

    def __init__(self, address: Callable[[], str], key: str) -> None:
        self._address = address
        self._key = key
        self.cursor: str | None = None
        self.updates: list[list[str]] = []
        self.ids: list[str] = []
        self.subscriptions = 0
        self.close_codes: list[int | None] = []
        # The client's end of the connection, to find out which process has the other one.
        self.port = 0

    async def follow(self) -> None:
        """Never returns."""
        while True:
            try:
                await self._subscribe()
            except ConnectionClosed as error:
                self.close_codes.append(None if error.rcvd is None else error.rcvd.code)
            except (OSError, WebSocketException, Lost):
                pass
            await asyncio.sleep(_PAUSE_SECONDS)

    async def has_seen(self, count: int, *, seconds: float = 30.0) -> None:
        """Returns when it has seen so many events. Raises TimeoutError."""
        await eventually(lambda: len(self.ids) >= count, seconds=seconds)

    async def _subscribe(self) -> None:
        address = self._address().replace("http://", "ws://") + "/graphql"
        protocol = Subprotocol("graphql-transport-ws")
        async with connect(
            address, subprotocols=[protocol], compression=None, proxy=None, close_timeout=1
        ) as socket:
            self.port = socket.local_address[1]
            authorization = {"Authorization": f"Bearer {self._key}"}
            await socket.send(json.dumps({"type": "connection_init", "payload": authorization}))
            await _expect(socket, "connection_ack")
            payload = {"query": QUERY, "variables": {"after": self.cursor}}
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
            self._take(await _expect(socket, "next"))
            self.subscriptions += 1
            while True:
                self._take(await _expect(socket, "next"))

    def _take(self, message: dict[str, Any]) -> None:
        if "errors" in message["payload"]:
            raise Lost(message)
        update = message["payload"]["data"]["activity"]
        seen = [event["id"] for event in update["events"]]
        self.cursor = update["cursor"]
        self.ids += seen
        if seen:
            self.updates.append(seen)


async def _expect(socket: ClientConnection, kind: str) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await socket.recv())
    if message["type"] != kind:
        raise Lost(message)
    return message


@asynccontextmanager
async def watching(address: Callable[[], str], key: str) -> AsyncIterator[Watcher]:
    """A watcher that stands at the log's end when the block begins."""
    watcher = Watcher(address, key)
    task = asyncio.create_task(watcher.follow())
    try:
        await eventually(lambda: watcher.subscriptions > 0, seconds=30)
        yield watcher
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
