"""Where a request carries its secret: a header, a cookie, or `connection_init`."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import HTTPConnection

from resolvers.keys import Credential, CredentialKind

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
        return Credential(CredentialKind.KEY, secret.strip())
    key = headers.get("x-api-key", "").strip()
    return Credential(CredentialKind.KEY, key) if key else None


def _from_cookie(request: HTTPConnection) -> Credential | None:
    token = request.cookies.get(SESSION_COOKIE)
    return Credential(CredentialKind.SESSION, token) if token else None
