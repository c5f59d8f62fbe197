"""Tells when the caller of a request has gone, so that nothing more is done for it."""

from __future__ import annotations

from starlette.requests import Request

from schema.time_limit import Left


def departure(request: Request) -> Left:
    """To be awaited once the body was read: what is left to be received then is the end.

    Not for streams, which find out for themselves.
    """

    async def left() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    return left
