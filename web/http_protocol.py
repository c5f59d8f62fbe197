"""HTTP connections that neither wait for ever nor outlive the server.

Uvicorn waits without end for headers, for bodies and for whoever does not read its answer; the
times are ours.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from web.client_address import TrustedProxies
from web.connections import Connections
from web.event_stream import is_stream
from web.limits import Limits
from web.websocket_protocol import LimitedWebSocket

# Of one request's line and headers. Chunk sizes and trailers of its body count here as well,
# which a fair share of the body's own length makes up for.
_MAX_HEADER_BYTES = 64 * 1024
_CHUNK_OVERHEAD = 8
# Requests that are sent before the one in hand is answered. Uvicorn stops reading at the first,
# but one piece that was read already may hold thousands.
_MAX_AHEAD = 32


class _TooFarAhead(Exception):
    """Ends the parsing of what was read."""


class Protocols:
    """What uvicorn makes a protocol from, for each connection; one for a process.

    Pickled for the workers, and counting only once it has arrived there.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    @functools.cached_property
    def connections(self) -> Connections:
        return Connections(self._limits.connections, TrustedProxies(self._limits.trusted_proxies))

    def http(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: Any = None,
    ) -> Any:
        return LimitedHttp(self.connections, config, server_state, app_state)

    def websocket(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any]
    ) -> Any:
        return LimitedWebSocket(self.connections, config, server_state, app_state)


class LimitedHttp(HttpToolsProtocol):
    """Closes what is too slow: with 408 where there is somebody to answer."""

    def __init__(self, connections: Connections, *uvicorns: Any) -> None:
        super().__init__(*uvicorns)
        self._connections = connections
        self._limits = connections.limits
        self._deadline: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        # Whether the next byte belongs to a request's line or headers.
        self._in_headers = True
        self._raw_bytes = 0
        self._body_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        if not self._connections.enter(transport):
            transport.abort()
            return
        self._connections.wait(self)
        self._expect(self._limits.header_seconds, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_watch()
        self._connections.leave(self.transport)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_headers and self._deadline is None:
            # Uvicorn's own watch over a silent connection ends with the first byte, be it blank.
            self._expect(self._limits.header_seconds, self._too_slow)
        self._raw_bytes += len(data)
        super().data_received(data)
        overhead = self._raw_bytes - _CHUNK_OVERHEAD * self._body_bytes
        if overhead > _MAX_HEADER_BYTES and not self.transport.is_closing():
            self._refuse(431, "The request's headers are too large.")

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= _MAX_AHEAD:
            self.transport.abort()
            raise _TooFarAhead
        super().on_message_begin()
        self._raw_bytes = self._body_bytes = 0

    def on_headers_complete(self) -> None:
        self._in_headers = False
        self._connections.work(self)
        self._expect(self._limits.body_seconds, self._too_slow)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_headers = True
        self._raw_bytes = self._body_bytes = 0
        self._expect_nothing()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing() and self.cycle.response_complete:
            self._connections.wait(self)

    def handle_websocket_upgrade(self) -> None:
        # The place stays taken: the socket is the same.
        self._end_watch()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall = self.loop.call_later(self._limits.stall_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def shutdown(self) -> None:
        """Uvicorn waits for answers under way; a stream never ends by itself.

        Cut off without an ending the client sees a lost connection and comes back, which is
        what a stop means. WebSockets get uvicorn's own close with code 1012, "service restart".
        """
        super().shutdown()
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete and is_stream(cycle.scope):
            self.transport.close()

    def give_way(self) -> None:
        self.transport.abort()

    def _expect(self, seconds: float, otherwise: Callable[[], None]) -> None:
        self._expect_nothing()
        self._deadline = self.loop.call_later(seconds, otherwise)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end_watch(self) -> None:
        self._expect_nothing()
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
        self._connections.work(self)

    def _too_slow(self) -> None:
        self._deadline = None
        if self.pipeline or (self._in_headers and self._is_answering()):
            # The next request was begun early, and we are the ones who are slow.
            self._expect(self._limits.header_seconds, self._too_slow)
            return
        self._refuse(408, "The request took too long to arrive.")

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _refuse(self, status: int, message: str) -> None:
        if self.transport.is_closing():
            return
        begun = self.cycle is not None and self.cycle.response_started and self._is_answering()
        if not begun and self._raw_bytes:
            body = b'{"error": {"code": "BAD_INPUT", "message": "%s"}}' % message.encode()
            self.transport.write(
                b"HTTP/1.1 %d Refused\r\nconnection: close\r\n"
                b"content-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
                % (status, len(body), body)
            )
        self._end_watch()
        self.transport.close()
        # One that does not read would be kept by what it has not read.
        self.loop.call_later(self._limits.header_seconds, self.transport.abort)
