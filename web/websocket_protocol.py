"""WebSocket connections that keep their place in the count, and wait neither for who never reads
nor for messages that never end.

Uvicorn asks each for a sign of life every 20 seconds; one that gives none for 20 more is closed.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from web.client_address import client_address
from web.connections import Connections

# What a piece of a message takes beside its bytes.
_PIECE_BYTES = 64
_POLICY_VIOLATION = 1008
_TRY_AGAIN = 1013


class LimitedWebSocket(WebSocketsSansIOProtocol):
    """Takes over a connection that was counted when it was made."""

    def __init__(self, connections: Connections, *uvicorns: Any) -> None:
        super().__init__(*uvicorns)
        self._connections = connections
        self._stall: asyncio.TimerHandle | None = None
        self._deadline: asyncio.TimerHandle | None = None
        # Of a message that has not come whole, and by whom it is counted.
        self._held = 0
        self._caller = ""

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.leave(self.transport)
        self._end_stall()
        self._end_deadline()
        self._hold(0)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.transport.is_closing() or self.close_sent:
            return
        unfinished = self._unfinished_bytes()
        if not self._hold(unfinished):
            self._fail(_TRY_AGAIN, "Too much is being sent at once; try again.")
        elif unfinished and self._deadline is None:
            self._expect_end()

    def send_receive_event_to_app(self) -> None:
        self._end_deadline()
        super().send_receive_event_to_app()

    def _unfinished_bytes(self) -> int:
        whole_pieces = (self.conn.current_size or 0) + _PIECE_BYTES * len(self.frames)
        return whole_pieces + len(self.conn.reader.buffer)

    def _hold(self, count: int) -> bool:
        """Whether there is room for so much, in place of what was held before."""
        unfinished = self._connections.unfinished
        unfinished.give_back(self._caller, self._held)
        self._held = 0
        if count:
            self._caller = client_address(self.scope)
            if not unfinished.take(self._caller, count):
                return False
            self._held = count
        return True

    def _expect_end(self) -> None:
        seconds = self._connections.limits.body_seconds
        self._deadline = self.loop.call_later(seconds, self._too_slow)

    def _too_slow(self) -> None:
        self._deadline = None
        if self.read_paused:
            # The rest may be there: we are the ones who are slow.
            self._expect_end()
            return
        self._fail(_POLICY_VIOLATION, "The message took too long to arrive.")

    def _fail(self, code: int, reason: str) -> None:
        if self.transport.is_closing():
            return
        self.stop_keepalive()
        self.conn.fail(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

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
