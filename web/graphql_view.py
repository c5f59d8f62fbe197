"""GraphQL over HTTP, WebSocket and SSE, at one address."""

from __future__ import annotations

from typing import Any, cast

from cross_web import HTTPException
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse
from strawberry.schema.base import BaseSchema
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from resolvers.services import Services
from schema.context import Context
from web.credentials import connection_credential, request_credential
from web.graphiql import graphiql_page
from web.json_codec import decode_json, encode_json

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"


class _Outline(Response):
    """Carries what the answer must know of its request: which media type it asked for."""

    media_type_wanted = JSON


class GraphQLView(GraphQL[Context, None]):
    """Strawberry's view, with exact numbers and the GraphQL-over-HTTP specification's statuses."""

    def __init__(self, schema: BaseSchema, services: Services) -> None:
        super().__init__(
            schema,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
        )
        self.services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self.run(request)
        except HTTPException as error:
            response = _refusal(error, _wanted(request))
        await response(scope, receive, send)

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        return Context(
            services=self.services,
            credential=request_credential(request),
            read_credential=connection_credential,
        )

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        outline = _Outline()
        outline.status_code = cast(Any, None)
        del outline.headers["content-length"]
        outline.media_type_wanted = _wanted(request)
        return outline

    async def process_result(
        self, request: Request, result: ExecutionResult
    ) -> GraphQLHTTPResponse:
        response = await super().process_result(request, result)
        if isinstance(result, PreExecutionError):
            # The specification: no `data` where nothing was executed.
            response.pop("data", None)
        return response

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        wanted = cast(_Outline, sub_response).media_type_wanted
        executed = isinstance(response_data, list) or "data" in response_data
        status = 200 if executed or wanted == JSON else 400
        return Response(
            self.encode_json(response_data),
            status_code=sub_response.status_code or status,
            headers=dict(sub_response.headers),
            media_type=f"{wanted}; charset=utf-8",
        )

    async def render_graphql_ide(self, request: Request) -> Response:
        return graphiql_page()

    def decode_json(self, data: str | bytes) -> object:
        return decode_json(data)

    def encode_json(self, data: object) -> str | bytes:
        # WebSocket messages must be text, so everything is.
        return encode_json(data).decode()


def _wanted(request: Request | WebSocket) -> str:
    """The first of the two media types that the request accepts; JSON where it says nothing."""
    for part in request.headers.get("accept", "").split(","):
        media_type = part.split(";")[0].strip().lower()
        if media_type in (GRAPHQL_RESPONSE, "*/*", "application/*"):
            return GRAPHQL_RESPONSE
        if media_type == JSON:
            return JSON
    return JSON


def _refusal(error: HTTPException, media_type: str) -> Response:
    """What never became a GraphQL request, as a GraphQL error all the same."""
    shown = GraphQLError(error.reason, extensions={"code": "BAD_INPUT"}).formatted
    return Response(
        encode_json({"errors": [shown]}),
        status_code=error.status_code,
        media_type=f"{media_type}; charset=utf-8",
    )
