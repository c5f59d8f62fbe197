"""What is refused before it reaches GraphQL or REST, in the form of whichever was asked."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response
from starlette.types import Scope

from models.errors import Forbidden, LivemeterError, NotFound, RateLimited
from web.accept import Accept, answer_type
from web.json_codec import encode_json

GRAPHQL_PATH = "/graphql"
_STATUSES: dict[type[LivemeterError], int] = {Forbidden: 403, NotFound: 404}


def refusal(
    scope: Scope,
    status: int,
    code: str,
    message: str,
    headers: dict[str, str] | None = None,
    **extensions: Any,
) -> Response:
    """`{"errors": […]}` for GraphQL, `{"error": {…}}` for all else."""
    if scope["path"] != GRAPHQL_PATH:
        body: object = {"error": {"code": code, "message": message, "field": None} | extensions}
        return Response(encode_json(body), status, headers, "application/json")
    body = {"errors": [{"message": message, "extensions": {"code": code, **extensions}}]}
    media_type = answer_type(Accept.of(scope))
    return Response(encode_json(body), status, headers, f"{media_type}; charset=utf-8")


def refuse(scope: Scope, error: LivemeterError) -> Response:
    """What was refused before anything of it was run, whatever media type is accepted."""
    if isinstance(error, RateLimited):
        after = {"Retry-After": str(error.retry_after)}
        return refusal(scope, 429, error.code, error.message, after, retryAfter=error.retry_after)
    status = _STATUSES.get(type(error), 400)
    field: dict[str, Any] = {} if error.field is None else {"field": error.field}
    return refusal(scope, status, error.code, error.message, **field)
