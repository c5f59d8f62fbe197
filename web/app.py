"""The Starlette application: its routes, and what opens and closes with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from resolvers.alerts.delivery_settings import DeliverySettings
from resolvers.people.sign_in import SignIn
from resolvers.prices.refresh import RefreshSettings
from resolvers.services import Services
from schema.contract import build_schema
from web.access import DEFAULTS as DEFAULT_ACCESS
from web.access import Access
from web.admission import Admission
from web.answer_headers import AnswerHeaders
from web.body_limit import BodyLimit
from web.cross_origin import CrossOrigin
from web.documents import read_documents
from web.graphql_view import GraphQLView
from web.health import livez, readyz
from web.invitation import invitation_routes
from web.limits import DEFAULTS, Limits
from web.metrics import metrics
from web.oidc.provider import Provider
from web.oidc.sign_in import oidc_routes
from web.page import PageFiles, page
from web.process import open_process
from web.rate_limit import RateLimit
from web.rates import Rates
from web.request_log import RequestLog
from web.rest.openapi import rest_routes
from web.shared_rates import SharedRates
from web.sign_in import OneTimeLinks, session_routes
from web.streams import Streams
from web.websocket_check import websocket_check

_PAGES = (
    *("/", "/activity", "/analytics", "/insights", "/alerts", "/prices", "/keys", "/members"),
    "/sign-in",
)

Beside = Callable[[Services], AbstractAsyncContextManager[None]]


def create_app(
    database_url: str,
    channel_url: str = "memory://",
    *,
    refresh: RefreshSettings | None = None,
    delivery: DeliverySettings | None = None,
    links: OneTimeLinks | None = None,
    beside: Beside | None = None,
    limits: Limits = DEFAULTS,
    access: Access = DEFAULT_ACCESS,
) -> Starlette:
    """The application on a migrated Postgres.

    With `refresh` newer prices are looked for, with `delivery` alerts are sent; `links` are tokens
    that sign a browser in once; `beside` runs while the application does. Raises ValueError for a
    wrong file of documents.
    """
    documents = read_documents(limits.documents)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            process = await stack.enter_async_context(
                open_process(
                    database_url,
                    channel_url,
                    refresh,
                    delivery,
                    earliest_event=limits.earliest_event,
                )
            )
            app.state.services = process.services
            app.state.channel = process.channel
            app.state.sign_in = SignIn(process.services.database, access.span)
            app.state.provider = None if access.provider is None else Provider(access.provider)
            rates = await stack.enter_async_context(_open_rates(channel_url))
            app.state.admission = Admission(process.services.keys, limits.rates, rates)
            app.state.graphql = GraphQLView(
                build_schema(limits.query, introspection=limits.introspection),
                process.services,
                app.state.admission,
                Streams(limits.streams),
                documents,
                access.origins,
            )
            if beside is not None:
                await stack.enter_async_context(beside(process.services))
            yield

    app = Starlette(
        routes=_routes(),
        middleware=[
            Middleware(AnswerHeaders),
            Middleware(RequestLog),
            *([Middleware(CrossOrigin, access.origins)] if access.origins else []),
            Middleware(RateLimit),
            Middleware(BodyLimit, max_bytes=limits.connections.body_bytes),
        ],
        exception_handlers={404: _not_found, 405: _not_allowed},
        lifespan=lifespan,
    )
    app.state.links = links or OneTimeLinks()
    app.state.limits = limits
    app.state.base_url = access.base_url
    return app


def _routes() -> list[BaseRoute]:
    return [
        # A class or an ASGI app may answer all methods itself; Mount would redirect.
        Route("/graphql", _GraphQL()),
        WebSocketRoute("/graphql", _GraphQL()),
        *session_routes(),
        *invitation_routes(),
        *oidc_routes(),
        *rest_routes(),
        Route("/livez", livez),
        Route("/websocket-check", websocket_check),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
        Mount("/static", PageFiles()),
        *(Route(path, page) for path in _PAGES),
    ]


@asynccontextmanager
async def _open_rates(channel_url: str) -> AsyncIterator[Rates]:
    """What was counted here, and with a Redis by the others."""
    rates = Rates()
    if channel_url.startswith("memory:"):
        yield rates
        return
    shared = SharedRates(rates, channel_url)
    shared.start()
    try:
        yield rates
    finally:
        await shared.close()


class _GraphQL:
    """An instance, since Starlette takes plain functions for request handlers."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["app"].state.graphql(scope, receive, send)


async def _not_found(request: Request, error: Exception) -> Response:
    message = f"There is nothing at {request.url.path}; the API is at /graphql."
    return JSONResponse({"error": {"code": "NOT_FOUND", "message": message}}, status_code=404)


async def _not_allowed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = f"{request.url.path} does not answer {request.method}."
    problem = {"code": "BAD_INPUT", "message": message, "field": None}
    return JSONResponse({"error": problem}, status_code=405, headers=error.headers)
