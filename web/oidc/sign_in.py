"""`/sign-in/oidc`: to the provider, and back with what it says."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from models.errors import BadInput, Forbidden, LivemeterError
from models.person import read_email
from resolvers.people.provider_sign_in import Proved, note_refused, sign_in_proved
from web.oidc.attempt import COOKIE, LIFETIME, Attempt, new_attempt, read_attempt
from web.oidc.problem import OidcError, Problem
from web.oidc.provider import Provider
from web.session_cookie import drop_cookie, read_cookie, set_cookie
from web.sign_in import sign_in_of, signed_in, visitor

PATH = "/sign-in/oidc"
CALLBACK_PATH = PATH + "/callback"
_MAX_CODE = 4_000

log = structlog.get_logger(__name__)


async def ways_in(request: Request) -> Response:
    """`GET /sign-in/ways`: what the sign-in page may offer."""
    provider = _provider(request)
    return JSONResponse({"oidc": None if provider is None else PATH})


async def begin(request: Request) -> Response:
    """`GET /sign-in/oidc?next=/…`: to the provider."""
    provider = _provider(request)
    if provider is None:
        return _none_is_set()
    attempt = new_attempt(request.query_params.get("next"))
    try:
        url = await provider.authorization_url(attempt)
    except OidcError as error:
        return _told(error)
    response = _redirect(url)
    set_cookie(request, response, attempt.cookie, LIFETIME, COOKIE)
    return response


async def come_back(request: Request) -> Response:
    """`GET /sign-in/oidc/callback`: with a code, or with an error."""
    provider = _provider(request)
    if provider is None:
        return _none_is_set()
    try:
        response = await _signed_in(request, provider)
    except OidcError as error:
        response = _told(error)
    # An attempt is good for one answer.
    drop_cookie(request, response, COOKIE)
    return response


async def _signed_in(request: Request, provider: Provider) -> Response:
    attempt = _check_state(request)
    await provider.check_issuer(request.query_params.get("iss"))
    code = request.query_params.get("code")
    if not code or len(code) > _MAX_CODE:
        error = request.query_params.get("error", "no code")[:100]
        raise OidcError(Problem.REFUSED, f"the provider said {error!r}")
    proved = _read_claims(await provider.claims(code, attempt))
    try:
        if not provider.settings.takes(proved.email):
            await note_refused(sign_in_of(request), proved.email, visitor(request))
            raise Forbidden("The address is of a domain that may not enter.")
        token = await sign_in_proved(
            sign_in_of(request), proved, visitor(request), workspace=provider.settings.workspace
        )
    except Forbidden as error:
        raise OidcError(Problem.NOT_INVITED, error.message) from error
    except LivemeterError as error:
        raise OidcError(Problem.AWAY, error.message) from error
    return signed_in(request, _redirect(attempt.next), token)


def _check_state(request: Request) -> Attempt:
    attempt = read_attempt(read_cookie(request, COOKIE))
    if attempt is None:
        raise OidcError(Problem.EXPIRED, "this browser has not begun to sign in")
    given = request.query_params.get("state", "")
    if not hmac.compare_digest(given.encode(), attempt.state.encode()):
        raise OidcError(Problem.EXPIRED, "the state is of another attempt")
    return attempt


def _read_claims(claims: Mapping[str, Any]) -> Proved:
    verified, address = claims.get("email_verified"), claims.get("email")
    # Some providers write the boolean as a string.
    if verified is not True and verified != "true":
        raise OidcError(Problem.UNVERIFIED, "the provider does not vouch for the address")
    try:
        email = read_email(address if isinstance(address, str) else "")
    except BadInput as error:
        raise OidcError(Problem.UNVERIFIED, "the token has no e-mail address") from error
    return Proved(str(claims["iss"]), str(claims["sub"]), email)


def _provider(request: Request) -> Provider | None:
    provider: Provider | None = request.app.state.provider
    return provider


def _told(error: OidcError) -> Response:
    log.warning("oidc_sign_in_failed", problem=error.problem.value, reason=error.reason)
    return _redirect(f"/sign-in?problem={error.problem.value}")


def _redirect(to: str) -> Response:
    return RedirectResponse(to, status_code=303, headers={"Cache-Control": "no-store"})


def _none_is_set() -> Response:
    problem = {"code": "NOT_FOUND", "message": "No OpenID Connect provider is set.", "field": None}
    return JSONResponse({"error": problem}, status_code=404)


def oidc_routes() -> list[Route]:
    return [
        Route("/sign-in/ways", ways_in),
        Route(PATH, begin),
        Route(CALLBACK_PATH, come_back),
    ]
