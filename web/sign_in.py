"""How a browser gets its cookie: by an API key, or by a link that works once."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from models.database import Database
from models.errors import LivemeterError, Unauthenticated
from models.key import ApiKey, Scope, find_key
from models.page_session import LIFETIME, end_page_session, new_page_session
from web.credentials import SESSION_COOKIE

_MAX_KEY_LENGTH = 200


class OneTimeLinks:
    """Tokens that sign a browser in once; kept in memory, so they end with the process."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def add(self, secret: str) -> str:
        """A token that stands for an API key's secret."""
        token = secrets.token_urlsafe(24)
        self._keys[token] = secret
        return token

    def take(self, token: str) -> str | None:
        return self._keys.pop(token, None)


async def open_session(request: Request) -> Response:
    """`POST /session` with a key: the page's sign-in form."""
    try:
        # Only JSON is read: a form on a foreign page cannot send it.
        given = json.loads(await request.body())
        secret = given["key"].strip()
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return _error(400, "BAD_INPUT", 'Send JSON: {"key": "om_live_…"}.', field="key")
    response = Response(status_code=204)
    try:
        await _sign_in(request, response, secret[:_MAX_KEY_LENGTH])
    except LivemeterError as error:
        status = 401 if isinstance(error, Unauthenticated) else 503
        return _error(status, error.code, error.message)
    return response


async def close_session(request: Request) -> Response:
    """`DELETE /session`: sign out."""
    token = request.cookies.get(SESSION_COOKIE)
    response = Response(status_code=204)
    if token:
        database: Database = request.app.state.services.database
        try:
            async with database.write() as session:
                await end_page_session(session, token)
        except LivemeterError as error:
            return _error(503, error.code, error.message)
    response.delete_cookie(SESSION_COOKIE)
    return response


async def follow_link(request: Request) -> Response:
    """`GET /link/TOKEN`: the link that the demo prints. Used up or unknown, it asks for a key."""
    secret = request.app.state.links.take(request.path_params["token"])
    response = RedirectResponse("/", status_code=303)
    if secret is not None:
        # Where the key has ended meanwhile, the page says so itself.
        with suppress(Unauthenticated):
            await _sign_in(request, response, secret)
    return response


async def _sign_in(request: Request, response: Response, secret: str) -> None:
    database: Database = request.app.state.services.database
    async with database.write() as session:
        key = await find_key(session, secret)
        _check(key)
        assert key is not None
        page_session, token = new_page_session(key)
        session.add(page_session)
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        # A cookie marked Secure would be dropped where the page is opened by plain HTTP.
        secure=request.url.scheme == "https",
    )


def _check(key: ApiKey | None) -> None:
    if key is None or not key.holds(datetime.now(UTC)):
        raise Unauthenticated("This key is not known here, or it has ended.")
    if Scope.USAGE_READ.value not in key.scopes:
        raise Unauthenticated("This key may not read: the page needs one with USAGE_READ.")


def _error(status: int, code: str, message: str, field: str | None = None) -> JSONResponse:
    error = {"code": code, "message": message} | ({"field": field} if field else {})
    return JSONResponse({"error": error}, status_code=status)
