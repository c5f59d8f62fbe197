"""A small OpenID Connect provider on loopback, that a test can make lie."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from web.server import address, listen

CLIENT_ID, CLIENT_SECRET = "livemeter", "the client's secret"
_BASIC = base64.b64encode(f"{CLIENT_ID}:the+client%27s+secret".encode()).decode()
_BASIC_PLAIN = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


@dataclass
class Lies:
    """What the next tokens have that they should not; `claims` replace those of the truth."""

    claims: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    algorithm: str = "RS256"
    foreign_key: bool = False
    no_token: bool = False


class FakeProvider:
    """Signs anybody in as `person` who is sent to it, and takes each code once."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {
            "sub": "ada-1",
            "email": "ada@example.com",
            "email_verified": True,
        }
        self.lies = Lies()
        self.issuer_published: str | None = None
        # What no client should take at its word.
        self.algorithms = ["RS256", "HS256", "none"]
        self.exchanges: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        self.new_key("first")
        self._listener = listen("127.0.0.1", 0)
        self.issuer = address(self._listener)
        self._server = uvicorn.Server(
            uvicorn.Config(self._app(), log_config=None, access_log=False, lifespan="off")
        )
        self._task: asyncio.Task[None] | None = None

    def new_key(self, kid: str) -> None:
        """Keys are changed now and then."""
        self._key = RSAKey.generate_key(2048, {"kid": kid})

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._configuration),
                Route("/keys", self._keys),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        while not self._server.started:
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        self._server.should_exit = True
        if self._task is not None:
            await self._task

    def authorize(self, url: str) -> dict[str, str]:
        """What a browser that is sent to `url` comes back with, once the person has agreed."""
        assert url.startswith(f"{self.issuer}/authorize?")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT_ID)
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    async def _configuration(self, request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer_published or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "id_token_signing_alg_values_supported": self.algorithms,
            }
        )

    async def _keys(self, request: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def _token(self, request: Request) -> Response:
        sent = parse_qs((await request.body()).decode())
        form = {name: values[0] for name, values in sent.items()}
        self.exchanges.append(form)
        asked = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = _base64(digest)
        believed = request.headers.get("authorization") in (
            f"Basic {_BASIC}",
            f"Basic {_BASIC_PLAIN}",
        )
        if not believed:
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        answer = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer"}
        if not self.lies.no_token:
            answer["id_token"] = self._signed(asked)
        return JSONResponse(answer)

    def _signed(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.person,
            **self.lies.claims,
        }
        claims = {name: value for name, value in claims.items() if name not in self.lies.without}
        header = {"alg": self.lies.algorithm, "kid": self._key.kid}
        key: Any = self._key
        if self.lies.foreign_key:
            key = RSAKey.generate_key(2048, {"kid": self._key.kid})
        if self.lies.algorithm == "none":
            return _packed(header) + "." + _packed(claims) + "."
        if self.lies.algorithm == "HS256":
            # What is public, taken for a shared secret.
            public = self._key.as_pem(private=False)
            content = _packed(header) + "." + _packed(claims)
            return f"{content}.{_base64(hmac.digest(public, content.encode(), 'sha256'))}"
        return jwt.encode(header, claims, key, algorithms=[self.lies.algorithm])


def _packed(part: object) -> str:
    return _base64(json.dumps(part).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
