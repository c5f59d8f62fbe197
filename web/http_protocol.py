"""HTTP connections that let a stream of events go when the server stops."""

from __future__ import annotations

from collections.abc import Iterable

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class StoppableHttp(HttpToolsProtocol):
    """Uvicorn waits for answers under way; a stream never ends by itself.

    Cut off without an ending the client sees a lost connection and comes back, which is what
    a stop means. WebSockets get uvicorn's own close with code 1012, "service restart".
    """

    def shutdown(self) -> None:
        super().shutdown()
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete and _is_stream(cycle.scope["headers"]):
            self.transport.close()


def _is_stream(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"accept" and b"text/event-stream" in value for name, value in headers)
