"""Pages of other origins: those that are allowed may ask the API with a key or a token.

Never with a cookie: that credentials are allowed is not said to any origin, and a cookie from
another origin does not count (`web.origin`).
"""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

# Signing in and out, health and the page's files are of no use to others.
_API = ("/graphql", "/v1/")
_DAY_SECONDS = 24 * 60 * 60


class CrossOrigin:
    """Answers preflights, and tells browsers which answers they may show to whom."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self._app = app
        self._with_cors = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=("GET", "HEAD", "POST"),
            allow_headers=("Authorization", "X-API-Key", "X-Request-ID"),
            expose_headers=("Retry-After", "X-Request-ID", "Content-Disposition"),
            max_age=_DAY_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["type"] == "http" and scope["path"].startswith(_API)
        await (self._with_cors if is_api else self._app)(scope, receive, send)
