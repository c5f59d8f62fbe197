"""One subscription over a WebSocket, message by message."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

ACTIVITY = "subscription($after: Cursor) { activity(after: $after) { cursor events { id } } }"
_PATIENCE_SECONDS = 20.0


class Subscription:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def message(self) -> dict[str, Any]:
        """Raises TimeoutError."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                message: dict[str, Any] = json.loads(await self._socket.recv())
                if message["type"] != "ping":
                    return message

    async def ids(self) -> list[str]:
        """Of the next update that has events."""
        while True:
            message = await self.message()
            events = message["payload"]["data"]["activity"]["events"]
            if events:
                return [event["id"] for event in events]

    async def end(self) -> str:
        """The code of the error that ends it."""
        while True:
            message = await self.message()
            payload = message.get("payload")
            errors = payload if message["type"] == "error" else (payload or {}).get("errors")
            if errors:
                return str(errors[0]["extensions"]["code"])


@asynccontextmanager
async def subscribed(
    url: str, key: str, query: str = ACTIVITY, **variables: Any
) -> AsyncIterator[Subscription]:
    """Once the first message has come."""
    async with connect(
        url.replace("http://", "ws://") + "/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        compression=None,
        proxy=None,
        close_timeout=1,
    ) as socket:
        init = {"type": "connection_init", "payload": {"Authorization": f"Bearer {key}"}}
        await socket.send(json.dumps(init))
        subscription = Subscription(socket)
        assert (await subscription.message())["type"] == "connection_ack"
        payload = {"query": query, "variables": variables}
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
        first = await subscription.message()
        assert first["type"] == "next", first
        assert "errors" not in first["payload"], first
        yield subscription
