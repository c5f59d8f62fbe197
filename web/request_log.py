"""One line in the log for each request, with an id that the answer carries too."""

from __future__ import annotations

import re
import secrets
import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("livemeter.request")

_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}\Z")
_QUIET = ("/livez", "/readyz", "/static/")


class RequestLog:
    """Takes the caller's `X-Request-ID` where it is one, else makes one.

    Only the path is logged: queries, headers and bodies may hold secrets, and so does the path
    of a one-time link.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        started = time.perf_counter()
        status: int | None = None

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            elif message["type"] == "websocket.close":
                status = message.get("code", 1000)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, answered)
            finally:
                if not scope["path"].startswith(_QUIET):
                    milliseconds = round((time.perf_counter() - started) * 1000, 1)
                    log.info(
                        "request",
                        kind=scope["type"],
                        method=scope.get("method"),
                        path=_shown_path(scope["path"]),
                        status=status,
                        duration_ms=milliseconds,
                    )


def _request_id(scope: Scope) -> str:
    given = dict(scope["headers"]).get(b"x-request-id", b"")
    return given.decode() if _ID.match(given) else secrets.token_hex(8)


def _shown_path(path: str) -> str:
    return "/link/…" if path.startswith("/link/") else path
