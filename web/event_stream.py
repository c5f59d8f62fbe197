"""Server-sent events, as `graphql-sse` reads them in its "distinct connections mode"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from strawberry.http.streaming import SSETransport

from web.streams import Streams

_MARK = "livemeter_stream"


class EventStream(SSETransport):
    """Lines end with a line feed alone: some clients split at it and keep a carriage return."""

    def encode_event(self, event: str, data: str | None = None) -> str:
        return super().encode_event(event, data).replace("\r\n", "\n")

    def encode_comment(self, comment: str) -> str:
        return super().encode_comment(comment).replace("\r\n", "\n")


class StreamResponse(StreamingResponse):
    """An event stream, in its place among the live connections."""

    def __init__(
        self, streams: Streams, whose: str, request_bytes: int, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._streams = streams
        self._whose = whose
        self._request_bytes = request_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Middleware may copy the scope, but not the state in it.
        scope.setdefault("state", {})[_MARK] = True
        with (
            self._streams.place(self._whose),
            self._streams.held(self._whose, self._request_bytes),
        ):
            await super().__call__(scope, receive, send)


def is_stream(scope: Mapping[str, Any]) -> bool:
    """Whether the request of this scope is being answered by an event stream."""
    return _MARK in scope.get("state", {})
