"""Where a request carries its secret: a header, a cookie, or `connection_init`."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import HTTPConnection

from models.customer_token import TOKEN_PREFIX
from resolvers.viewer import Credential, CredentialKind
from web.origin import is_own_page
from web.session_cookie import read_cookie

# Which of their workspaces a person means, by its id; keys have one alone. The parameter is for
# links, which cannot send headers: it serves where the header is absent.
WORKSPACE_HEADER = "Livemeter-Workspace"
WORKSPACE_PARAMETER = "workspace"
_NO_WORKSPACE = 0


def request_credential(request: HTTPConnection) -> Credential | None:
    """A header outranks the cookie: who sends a key means that key."""
    return _from_headers(request.headers) or _from_cookie(request)


def connection_credential(
    payload: object, otherwise: Credential | None = None
) -> Credential | None:
    """The credential in the payload of `connection_init`, spelled as the headers are.

    `otherwise`, what the handshake had, counts where the payload has none; the payload may say
    for which workspace.
    """
    if not isinstance(payload, Mapping):
        return otherwise
    headers = {str(name).lower(): value for name, value in payload.items()}
    texts = {name: value for name, value in headers.items() if isinstance(value, str)}
    return _from_headers(texts) or _of_workspace(otherwise, texts.get(WORKSPACE_HEADER.lower()))


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
    """None from other pages than ours: browsers send cookies along whoever asks."""
    token = read_cookie(request)
    if token is None or not is_own_page(request):
        return None
    in_address = request.query_params.get(WORKSPACE_PARAMETER)
    named = request.headers.get(WORKSPACE_HEADER, in_address)
    return _of_workspace(Credential(CredentialKind.SESSION, token), named)


def _of_workspace(credential: Credential | None, named: str | None) -> Credential | None:
    if credential is None or named is None:
        return credential
    is_id = named.isascii() and named.isdigit() and len(named) < 10
    return credential.within(int(named) if is_id else _NO_WORKSPACE)
