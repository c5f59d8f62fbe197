"""The provider: what it publishes, the exchange of a code, and the check of its signed token."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from web.oidc.attempt import Attempt
from web.oidc.problem import OidcError, Problem

_TIMEOUT_SECONDS = 5.0
_KEPT_SECONDS = 60 * 60
# Clocks differ.
_LEEWAY_SECONDS = 60
_SCOPE = "openid email"
# Never a shared secret, and never none, whatever the provider lists.
_ALGORITHMS = frozenset(
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
)
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class ProviderSettings:
    """`domains`: of the e-mail addresses that may sign in; "*" is any.

    `workspace`: which one people enter whom nobody has invited; None: they do not.
    """

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    redirect_uri: str
    domains: tuple[str, ...] = ("*",)
    workspace: str | None = None

    def takes(self, email: str) -> bool:
        return "*" in self.domains or email.rpartition("@")[2] in self.domains


class Provider:
    """One for a process: remembers for an hour what the provider publishes."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self._published: dict[str, Any] | None = None
        self._published_until = 0.0
        self._keys: KeySet | None = None

    async def authorization_url(self, attempt: Attempt) -> str:
        """Where the browser goes to sign in. Raises OidcError."""
        published = await self._read_published()
        async with self._client(published) as client:
            url, _ = client.create_authorization_url(
                published["authorization_endpoint"],
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return str(url)

    async def claims(self, code: str, attempt: Attempt) -> Mapping[str, Any]:
        """What the provider signed about who came back. Raises OidcError."""
        published = await self._read_published()
        token = await self._exchange(published, code, attempt)
        id_token = token.get("id_token")
        if not isinstance(id_token, str):
            raise OidcError(Problem.REFUSED, "the provider gave no id_token")
        try:
            decoded = await self._decode(published, id_token)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": published["issuer"]},
                    "aud": {"essential": True, "value": self.settings.client_id},
                    "sub": {"essential": True},
                    "nonce": {"essential": True, "value": attempt.nonce},
                },
                {
                    "nonce": attempt.nonce,
                    "client_id": self.settings.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(leeway=_LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise OidcError(Problem.REFUSED, f"its token does not hold: {error!r}") from error
        return dict(claims)

    async def check_issuer(self, named: str | None) -> None:
        """An answer may name its issuer (RFC 9207): another's is none of ours."""
        if named is not None and named != (await self._read_published())["issuer"]:
            raise OidcError(Problem.REFUSED, f"the answer came from {named[:200]!r}")

    async def _exchange(
        self, published: dict[str, Any], code: str, attempt: Attempt
    ) -> Mapping[str, Any]:
        try:
            async with self._client(published) as client:
                token: Mapping[str, Any] = await client.fetch_token(
                    published["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=attempt.verifier,
                )
        except OAuthError as error:
            raise OidcError(Problem.REFUSED, f"the code was refused: {error.error}") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise OidcError(Problem.AWAY, f"no token was to be had: {error!r}") from error
        return token

    async def _decode(self, published: dict[str, Any], id_token: str) -> jwt.Token:
        listed = published.get("id_token_signing_alg_values_supported") or ["RS256"]
        algorithms = sorted(_ALGORITHMS.intersection(listed))
        if not algorithms:
            # To the library no algorithm means those that it recommends, a shared secret's too.
            raise OidcError(Problem.REFUSED, f"it signs with none of ours, but with {listed!r}")
        registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
        keys = self._keys or await self._fetch_keys(published)
        try:
            return jwt.decode(id_token, keys, registry=registry)
        except InvalidKeyIdError:
            # Keys are changed now and then, and the new one is published by then.
            return jwt.decode(id_token, await self._fetch_keys(published), registry=registry)

    async def _fetch_keys(self, published: dict[str, Any]) -> KeySet:
        keys = KeySet.import_key_set(cast(Any, await _fetch(published["jwks_uri"])))
        self._keys = keys
        return keys

    async def _read_published(self) -> dict[str, Any]:
        if self._published is not None and time.monotonic() < self._published_until:
            return self._published
        issuer = self.settings.issuer
        url = issuer.rstrip("/") + "/.well-known/openid-configuration"
        published = await _fetch(url)
        if str(published.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
            raise OidcError(Problem.AWAY, f"{url} is of another issuer")
        for name in _ENDPOINTS:
            if not is_safe_url(str(published.get(name, ""))):
                raise OidcError(Problem.AWAY, f"{url} has no {name} by HTTPS")
        self._published, self._published_until = published, time.monotonic() + _KEPT_SECONDS
        self._keys = None
        return published

    def _client(self, published: dict[str, Any]) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=self.settings.client_id,
            client_secret=self.settings.client_secret,
            token_endpoint_auth_method=self._client_auth(published),
            scope=_SCOPE,
            redirect_uri=self.settings.redirect_uri,
            code_challenge_method="S256",
            timeout=_TIMEOUT_SECONDS,
        )

    def _client_auth(self, published: dict[str, Any]) -> str:
        if self.settings.client_secret is None:
            return "none"
        methods = published.get("token_endpoint_auth_methods_supported")
        if methods and "client_secret_basic" not in methods and "client_secret_post" in methods:
            return "client_secret_post"
        return "client_secret_basic"


def is_safe_url(url: str) -> bool:
    """HTTPS, or this machine itself."""
    parts = urlsplit(url)
    return parts.hostname is not None and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


async def _fetch(url: str) -> dict[str, Any]:
    try:
        async with httpx2.AsyncClient(timeout=_TIMEOUT_SECONDS) as client:
            response = (await client.get(url)).raise_for_status()
            found = response.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise OidcError(Problem.AWAY, f"{url} does not answer: {error!r}") from error
    if not isinstance(found, dict):
        raise OidcError(Problem.AWAY, f"{url} answers no JSON object")
    return found
