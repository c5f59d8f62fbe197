"""WebSockets that are refused for their origin, and how the page learns of it."""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.websockets import WebSocket

from web.origin import is_ours, origin_advice

log = structlog.get_logger(__name__)


async def refuse_websocket(socket: WebSocket) -> None:
    """403, with advice for the operator in the answer and in the log."""
    advice = origin_advice(socket.headers.get("origin", ""), socket)
    log.warning("websocket_refused", reason=advice)
    await socket.send_denial_response(PlainTextResponse(advice, 403))


async def websocket_check(request: Request) -> JSONResponse:
    """`{"problem": …}` for this server's page, loaded from `?origin=`; null where nothing is wrong.

    The page asks, since browsers do not tell scripts why a WebSocket is refused. `Host` is the one
    that arrives here, as it does with the WebSocket.
    """
    origin = request.query_params.get("origin", "")
    problem = None if is_ours(origin, request) else origin_advice(origin, request, is_page=True)
    return JSONResponse({"problem": problem})
