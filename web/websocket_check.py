"""Why the page's WebSocket is refused: a browser does not tell its scripts."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse

from web.origin import is_ours, origin_advice


async def websocket_check(request: Request) -> JSONResponse:
    """`{"problem": …}` for this server's page, loaded from `?origin=`; null where nothing is wrong.

    By what `Host` arrives here, as with the WebSocket.
    """
    origin = request.query_params.get("origin", "")
    problem = None if is_ours(origin, request) else origin_advice(origin, request, is_page=True)
    return JSONResponse({"problem": problem})
