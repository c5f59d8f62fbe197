"""The Starlette application: its routes, and what opens and closes with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from resolvers.prices.refresh import RefreshSettings
from resolvers.services import Services
from schema.contract import build_schema
from web.body_limit import BodyLimit
from web.graphql_view import GraphQLView
from web.health import livez, readyz
from web.metrics import metrics
from web.page import PageFiles, page
from web.process import open_process
from web.request_log import RequestLog
from web.rest.openapi import rest_routes
from web.sign_in import OneTimeLinks, close_session, follow_link, open_session

Beside = Callable[[Services], AbstractAsyncContextManager[None]]


def create_app(
    database_url: str,
    channel_url: str = "memory://",
    *,
    refresh: RefreshSettings | None = None,
    links: OneTimeLinks | None = None,
    beside: Beside | None = None,
) -> Starlette:
    """The application on a migrated Postgres.

    With `refresh` newer prices are looked for; `links` are tokens that sign a browser in once;
    `beside` runs while the application does.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            process = await stack.enter_async_context(
                open_process(database_url, channel_url, refresh)
            )
            app.state.services = process.services
            app.state.channel = process.channel
            app.state.graphql = GraphQLView(build_schema(), process.services)
            if beside is not None:
                await stack.enter_async_context(beside(process.services))
            yield

    async def graphql(scope: Scope, receive: Receive, send: Send) -> None:
        await scope["app"].state.graphql(scope, receive, send)

    app = Starlette(
        routes=[
            # A class or an ASGI app may answer all methods itself; Mount would redirect.
            Route("/graphql", _AsgiApp(graphql)),
            WebSocketRoute("/graphql", _AsgiApp(graphql)),
            Route("/session", open_session, methods=["POST"]),
            Route("/session", close_session, methods=["DELETE"]),
            Route("/link/{token}", follow_link),
            *rest_routes(),
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Mount("/static", PageFiles()),
            Route("/", page),
            Route("/activity", page),
            Route("/analytics", page),
            Route("/prices", page),
        ],
        middleware=[Middleware(RequestLog), Middleware(BodyLimit)],
        exception_handlers={404: _not_found, 405: _not_allowed},
        lifespan=lifespan,
    )
    app.state.links = links or OneTimeLinks()
    return app


class _AsgiApp:
    """An instance, since Starlette takes plain functions for request handlers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


async def _not_found(request: Request, error: Exception) -> Response:
    message = f"There is nothing at {request.url.path}; the API is at /graphql."
    return JSONResponse({"error": {"code": "NOT_FOUND", "message": message}}, status_code=404)


async def _not_allowed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = f"{request.url.path} does not answer {request.method}."
    problem = {"code": "BAD_INPUT", "message": message, "field": None}
    return JSONResponse({"error": problem}, status_code=405, headers=error.headers)
