"""WebSocket connections that keep their place in the count and do not wait for who never reads.

Uvicorn asks each for a sign of life every 20 seconds; one that gives none for 20 more is closed.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from web.connections import Connections


class LimitedWebSocket(WebSocketsSansIOProtocol):
    """Takes over a connection that was counted when it was made."""

    def __init__(self, connections: Connections, *uvicorns: Any) -> None:
        super().__init__(*uvicorns)
        self._connections = connections
        self._stall: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.leave(self.transport)
        self._end_stall()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        seconds = self._connections.limits.stall_seconds
        self._stall = self.loop.call_later(seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._end_stall()

    def _end_stall(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
