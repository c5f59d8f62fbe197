"""How a browser gets its cookie, and loses it: `/session` and its kin."""

from __future__ import annotations

import secrets
from contextlib import suppress

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from models.errors import BadInput, LivemeterError
from resolvers.people.entry import Visitor
from resolvers.people.sign_in import SignIn
from web.client_address import client_address
from web.json_endpoint import own_origin, own_page, read_json
from web.local_path import local_path
from web.session_cookie import drop_cookie, read_cookie, set_cookie

_MAX_KEY_LENGTH = 200
_EXAMPLE = '{"email": "you@example.com", "password": "…"} or {"key": "om_live_…"}'


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


class _Given(Struct):
    """Either a key, or an e-mail address with a password."""

    key: str | None = None
    email: str | None = None
    password: str | None = None


class _Passwords(Struct):
    current: str
    new: str


@own_origin
async def open_session(request: Request) -> Response:
    """`POST /session`: sign in."""
    given = await read_json(request, _Given, _EXAMPLE)
    sign_in, by = sign_in_of(request), visitor(request)
    if given.key is not None:
        token = await sign_in.with_key(given.key.strip()[:_MAX_KEY_LENGTH], by)
    elif given.email is None:
        raise BadInput(f"Send JSON: {_EXAMPLE}.", field="key")
    elif given.password is None:
        raise BadInput(f"Send JSON: {_EXAMPLE}.", field="password")
    else:
        token = await sign_in.with_password(given.email, given.password, by)
    return signed_in(request, Response(status_code=204), token)


@own_page
async def close_session(request: Request) -> Response:
    """`DELETE /session`: sign out."""
    await sign_in_of(request).out(visitor(request))
    return _signed_out(request)


@own_page
async def close_sessions(request: Request) -> Response:
    """`DELETE /sessions`: sign out everywhere."""
    await sign_in_of(request).out_everywhere(visitor(request))
    return _signed_out(request)


@own_page
async def change_password(request: Request) -> Response:
    """`POST /session/password`: the other sessions of the person end."""
    given = await read_json(request, _Passwords, '{"current": "…", "new": "…"}')
    await sign_in_of(request).change_password(given.current, given.new, visitor(request))
    return Response(status_code=204)


async def follow_link(request: Request) -> Response:
    """`GET /link/TOKEN`: the link that the demo prints. Used up or unknown, it asks to sign in.

    HEAD, which programs ask that show what is behind a link, uses nothing up.
    """
    is_opened = request.method == "GET"
    secret = request.app.state.links.take(request.path_params["token"]) if is_opened else None
    response = RedirectResponse(local_path(request.query_params.get("next")), status_code=303)
    if secret is not None:
        # Where the key has ended meanwhile, the page says so itself.
        with suppress(LivemeterError):
            token = await sign_in_of(request).with_key(secret, visitor(request), by="link")
            signed_in(request, response, token)
    return response


def session_routes() -> list[Route]:
    return [
        Route("/session", open_session, methods=["POST"]),
        Route("/session", close_session, methods=["DELETE"]),
        Route("/session/password", change_password, methods=["POST"]),
        Route("/sessions", close_sessions, methods=["DELETE"]),
        Route("/link/{token}", follow_link),
    ]


def sign_in_of(request: Request) -> SignIn:
    sign_in: SignIn = request.app.state.sign_in
    return sign_in


def visitor(request: Request) -> Visitor:
    return Visitor(client_address(request.scope), read_cookie(request))


def signed_in(request: Request, response: Response, token: str) -> Response:
    """The response, with the session's cookie."""
    set_cookie(request, response, token, sign_in_of(request).span.whole)
    return response


def _signed_out(request: Request) -> Response:
    response = Response(status_code=204)
    drop_cookie(request, response)
    return response
