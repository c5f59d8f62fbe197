"""Tells when the caller of a request has gone, so that nothing more is done for it."""

from __future__ import annotations

from starlette.requests import HTTPConnection, Request

from schema.time_limit import Left


def departure(request: HTTPConnection) -> Left | None:
    """None for streams and WebSockets, which find out for themselves.

    To be awaited once the body was read: what is left to be received then is the end.
    """
    if not isinstance(request, Request) or "text/event-stream" in request.headers.get("accept", ""):
        return None

    async def left() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    return left
