"""GraphQL over HTTP, WebSocket and SSE, at one address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import MissingQueryError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.schema.base import BaseSchema
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult, SubscriptionExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from models.errors import LivemeterError
from resolvers.services import Services
from schema.context import Context
from web.accept import EVENT_STREAM, GRAPHQL_RESPONSE, HTML, JSON, Accept, answer_type
from web.admission import Admission
from web.client_address import client_address
from web.credentials import connection_credential, request_credential
from web.departure import departure
from web.documents import Documents
from web.event_stream import EventStream, StreamResponse
from web.graphiql import graphiql_page
from web.graphql_socket import GraphQLSocket, MeasuredSocket
from web.json_codec import decode_json, encode_json
from web.origin import may_open_websocket
from web.refusal import refuse
from web.streams import Streams
from web.websocket_check import refuse_websocket

# What an operation can be answered with; a subscription with the last one alone.
_ANSWERS = (JSON, GRAPHQL_RESPONSE, EVENT_STREAM)
_EVENTS = EventStream()
_TRANSPORTS = {GRAPHQL_SSE_PROTOCOL: EventStream}


class _Outline(Response):
    """Carries what the answer must know of its request: which media type it asked for."""

    media_type_wanted = JSON


class GraphQLView(GraphQL[Context, None]):
    """Strawberry's view, with exact numbers and the GraphQL-over-HTTP specification's statuses."""

    graphql_transport_ws_handler_class = GraphQLSocket
    stream_transport_classes_by_protocol = _TRANSPORTS
    websocket_adapter_class = MeasuredSocket

    def __init__(
        self,
        schema: BaseSchema,
        services: Services,
        admission: Admission,
        streams: Streams,
        documents: Documents | None = None,
        allowed_origins: Sequence[str] = (),
    ) -> None:
        super().__init__(
            schema,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            connection_init_wait_timeout=timedelta(seconds=streams.limits.init_seconds),
            # Counted by the socket itself, which says so with a code.
            max_subscriptions_per_connection=None,
            # For WebSockets with keys: another origin's cookie does not count.
            allowed_origins=allowed_origins,
        )
        self.services = services
        self.admission = admission
        self.streams = streams
        self.documents = documents

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            socket = WebSocket(scope, receive, send)
            if may_open_websocket(socket, self.allowed_origins):
                await super().__call__(scope, receive, send)
            else:
                await refuse_websocket(socket)
            return
        request = Request(scope, receive)
        try:
            response = await self.run(request)
        except HTTPException as error:
            response = _refusal(error, request)
        except LivemeterError as error:
            response = refuse(scope, error)
        except ClientDisconnect:
            # Gone before the request was whole: there is nobody to answer.
            return
        await response(scope, receive, send)

    def is_websocket_origin_allowed(self, request: WebSocket, origin: str) -> bool:
        # Those that are not allowed were refused before, with advice that names our settings.
        return True

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
        outline.media_type_wanted = Accept.of(request.scope).first(_ANSWERS) or JSON
        return outline

    async def parse_http_body(
        self, request: AsyncHTTPRequestAdapter
    ) -> GraphQLRequestData | list[GraphQLRequestData]:
        if request.method == "POST" and JSON not in (request.content_type or ""):
            raise HTTPException(
                400, "Send the request as JSON, with `Content-Type: application/json`."
            )
        data = await super().parse_http_body(request)
        # Batches are refused by `parse_json`.
        assert isinstance(data, GraphQLRequestData)
        if not isinstance(data.operation_name, str | None):
            raise HTTPException(400, "`operationName` must be a string or null.")
        if self.documents is not None:
            data.query = await self._document(request, data)
        return data

    def parse_json(self, data: str | bytes) -> Any:
        parsed = super().parse_json(data)
        if isinstance(parsed, list):
            raise HTTPException(400, "Send one operation a request: batches are not taken.")
        if not isinstance(parsed, dict | None):
            raise HTTPException(400, "A request must be a JSON object.")
        return {} if parsed is None else parsed

    async def _document(self, request: AsyncHTTPRequestAdapter, data: GraphQLRequestData) -> str:
        """The text of the persisted document that is meant. Raises LivemeterError."""
        assert self.documents is not None
        given: Any = request.query_params
        if request.method == "POST":
            given = self.parse_json(await request.get_body())
        return self.documents.pick(data.query, given.get("documentId"), data.extensions)

    async def execute_operation(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        request_data: GraphQLRequestData | list[GraphQLRequestData],
        context: Context,
        root_value: None,
        sub_response: Response,
    ) -> ExecutionResult | list[ExecutionResult] | SubscriptionExecutionResult:
        """A subscription becomes a stream; all else is one answer, also as an event."""
        assert isinstance(request_data, GraphQLRequestData)
        accept = Accept.of(request.scope)
        if accept.first(_ANSWERS) is None:
            reason = f"`Accept` must allow {JSON}, {GRAPHQL_RESPONSE} or {EVENT_STREAM}."
            raise HTTPException(406, reason)
        context.left = departure(request)
        try:
            return await self.execute_single(
                request, request_adapter, sub_response, context, root_value, request_data
            )
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.MUTATION:
                raise HTTPException(405, "Send mutations by POST.") from error
            if not accept.accepts(EVENT_STREAM):
                reason = f"Subscribe by WebSocket, or with `Accept: {EVENT_STREAM}`."
                raise HTTPException(406, reason) from error
        context.left = None
        request_data.protocol = _EVENTS.protocol
        return await super().execute_operation(
            request, request_adapter, request_data, context, root_value, sub_response
        )

    async def execute_single(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        sub_response: Response,
        context: Context,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        """A query, or by POST a mutation. Raises InvalidOperationTypeError for others."""
        allowed = {OperationType.QUERY}
        if request_adapter.method == "POST":
            allowed.add(OperationType.MUTATION)
        try:
            return await self.schema.execute(
                request_data.query,
                variable_values=request_data.variables,
                context_value=context,
                operation_name=request_data.operation_name,
                allowed_operation_types=allowed,
            )
        except CannotGetOperationTypeError as error:
            raise HTTPException(400, error.as_http_error_reason()) from error
        except MissingQueryError as error:
            raise HTTPException(400, "The request has no `query`.") from error

    async def process_result(
        self, request: Request, result: ExecutionResult
    ) -> GraphQLHTTPResponse:
        response = await super().process_result(request, result)
        if isinstance(result, PreExecutionError):
            # The specification: no `data` where nothing was executed.
            response.pop("data", None)
        return response

    async def create_streaming_response(
        self,
        request: Request | WebSocket,
        stream: Callable[[], AsyncIterator[str]],
        sub_response: Response,
        headers: Mapping[str, str],
    ) -> Response:
        """Raises RateLimited."""
        whose = await self.admission.whose(
            request_credential(request), client_address(request.scope)
        )
        assert isinstance(request, Request)
        request_bytes = len(await request.body())
        self.streams.check(whose)
        self.streams.check_room(whose, request_bytes)
        return StreamResponse(
            self.streams,
            whose,
            request_bytes,
            stream(),
            headers={**sub_response.headers, **headers},
        )

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        wanted = cast(_Outline, sub_response).media_type_wanted
        if wanted == EVENT_STREAM:
            only = cast(GraphQLHTTPResponse, response_data)
            events = _EVENTS.encode_next(only, self.encode_json_string) + _EVENTS.encode_complete()
            return Response(events, headers=dict(_EVENTS.headers))
        executed = isinstance(response_data, list) or "data" in response_data
        status = 200 if executed or wanted == JSON else 400
        return Response(
            self.encode_json(response_data),
            status_code=sub_response.status_code or status,
            headers=dict(sub_response.headers),
            media_type=f"{wanted}; charset=utf-8",
        )

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:
        # `*/*` is what scripts accept, and they had better be told what their request lacks.
        wants_page = Accept(request.headers.get("accept", "")).first([*_ANSWERS, HTML]) == HTML
        return wants_page and super().should_render_graphql_ide(request)

    async def render_graphql_ide(self, request: Request) -> Response:
        return graphiql_page()

    def decode_json(self, data: str | bytes) -> object:
        return decode_json(data)

    def encode_json(self, data: object) -> str | bytes:
        # WebSocket messages must be text, so everything is.
        return encode_json(data).decode()


def _refusal(error: HTTPException, request: Request) -> Response:
    """What never became a GraphQL request, as a GraphQL error all the same."""
    shown = GraphQLError(error.reason, extensions={"code": "BAD_INPUT"}).formatted
    # A GET is refused only for what it would do, so that POST remains.
    allowed = "POST" if request.method == "GET" else "GET, POST"
    return Response(
        encode_json({"errors": [shown]}),
        status_code=error.status_code,
        headers={"Allow": allowed} if error.status_code == 405 else None,
        media_type=f"{answer_type(Accept.of(request.scope))}; charset=utf-8",
    )
