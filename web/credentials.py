"""Where a request carries its secret: a header, a cookie, or `connection_init`."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import HTTPConnection

from models.customer_token import TOKEN_PREFIX
from resolvers.viewer import Credential, CredentialKind

SESSION_COOKIE = "livemeter_session"


def request_credential(request: HTTPConnection) -> Credential | None:
    """A header outranks the cookie: who sends a key means that key."""
    return _from_headers(request.headers) or _from_cookie(request)


def connection_credential(payload: object) -> Credential | None:
    """The credential in the payload of `connection_init`, spelled as the headers are."""
    if not isinstance(payload, Mapping):
        return None
    return _from_headers(
        {str(name).lower(): value for name, value in payload.items() if isinstance(value, str)}
    )


def _from_headers(headers: Mapping[str, str]) -> Credential | None:
    scheme, _, secret = headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        return _of(secret.strip())
    key = headers.get("x-api-key", "").strip()
    return _of(key) if key else None


def _of(secret: str) -> Credential:
    is_customers = secret.startswith(TOKEN_PREFIX)
    return Credential(CredentialKind.CUSTOMER if is_customers else CredentialKind.KEY, secret)


def _from_cookie(request: HTTPConnection) -> Credential | None:
    token = request.cookies.get(SESSION_COOKIE)
    return Credential(CredentialKind.SESSION, token) if token else None
