"""Requests that come too often are refused before they are read."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from models.errors import RateLimited
from web.admission import Admission
from web.client_address import client_address
from web.credentials import request_credential
from web.refusal import refuse

# Being alive and the page's files are free: they ask nothing of Postgres.
_COUNTED = (
    "/graphql",
    "/v1/",
    "/session",
    "/invitation",
    "/sign-in",
    "/link/",
    "/readyz",
    "/metrics",
)
# What a body of unknown length is taken to have, from who has no valid key.
_UNTOLD_BYTES = 1 << 20
# Under this name the scope's state says by whom the request was counted.
CALLER = "caller"


class RateLimit:
    """Answers 429 with RATE_LIMITED and `Retry-After`.

    The operations of a WebSocket are counted as they come; this counts its handshake.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and scope["path"].startswith(_COUNTED):
            connection = HTTPConnection(scope)
            admission: Admission = scope["app"].state.admission
            try:
                scope.setdefault("state", {})[CALLER] = await admission.admit(
                    request_credential(connection),
                    client_address(scope),
                    _announced_bytes(connection),
                )
            except RateLimited as error:
                await refuse(scope, error)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _announced_bytes(connection: HTTPConnection) -> int:
    length = connection.headers.get("content-length", "")
    if length.isdigit():
        return int(length[:12])
    return _UNTOLD_BYTES if "transfer-encoding" in connection.headers else 0
