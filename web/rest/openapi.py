"""`GET /v1/openapi.json`: the REST API described, from what it is made of."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.rest.analytics_usage import ANALYTICS_USAGE
from web.rest.endpoint import Endpoint
from web.rest.event_line import EventLine
from web.rest.events_export import EVENTS_EXPORT
from web.rest.refusal import JSON, Refusal
from web.rest.usage_report import UsageAnswer
from web.session_cookie import SESSION_COOKIE

ENDPOINTS: tuple[Endpoint, ...] = (ANALYTICS_USAGE, EVENTS_EXPORT)
_SCHEMAS = (UsageAnswer, EventLine, Refusal)
_REFUSALS = {
    "400": "BAD_INPUT: a parameter cannot be understood; `field` names it.",
    "401": "UNAUTHENTICATED: no key, or one that is wrong, expired or revoked.",
    "403": "FORBIDDEN: the key lacks the scope USAGE_READ.",
    "422": "TOO_COMPLEX: it took too long; ask for less.",
    "429": "RATE_LIMITED: too many requests; `Retry-After` says when to go on.",
    "500": "INTERNAL: a fault of the server, whose log has it.",
    "503": "UNAVAILABLE: something is away; trying again is safe.",
}


@cache
def openapi() -> dict[str, Any]:
    """The document, as OpenAPI 3.1."""
    _, components = msgspec.json.schema_components(
        _SCHEMAS, ref_template="#/components/schemas/{name}"
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Livemeter",
            "version": version("livemeter"),
            "description": "Usage by plain GET. All else is GraphQL, at /graphql.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{scheme: []} for scheme in _SECURITY],
        "paths": {endpoint.path: {"get": _operation(endpoint)} for endpoint in ENDPOINTS},
        "components": {"schemas": components, "securitySchemes": _SECURITY},
    }


async def serve_openapi(request: Request) -> Response:
    return Response(msgspec.json.encode(openapi()), media_type=JSON)


def rest_routes() -> list[Route]:
    return [*(endpoint.route for endpoint in ENDPOINTS), Route("/v1/openapi.json", serve_openapi)]


_SECURITY = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key (`om_live_…`) with the scope USAGE_READ.",
    },
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "page": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "The session of the page in a browser.",
    },
}


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    answers = {media_type: {"schema": schema} for media_type, schema in endpoint.answers.items()}
    refusal = {JSON: {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    return {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": endpoint.description,
        "parameters": [parameter.description_in_openapi() for parameter in endpoint.parameters],
        "responses": {
            "200": {"description": "What was asked for.", "content": answers},
            **{
                status: {"description": meaning, "content": refusal}
                for status, meaning in (_REFUSALS | endpoint.further_refusals).items()
            },
        },
    }
