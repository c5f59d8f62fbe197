"""Errors as `{"error": {"code", "message", "field"}}` with the fitting status."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from starlette.responses import Response

from models.errors import (
    BadInput,
    Conflict,
    Forbidden,
    LivemeterError,
    NotFound,
    TooComplex,
    Unauthenticated,
)
from models.errors import Unavailable as Away
from schema.errors import mask

JSON = "application/json"


class OldProtocol(BadInput):
    """Asked in a version of HTTP that has no way to tell the answer."""


_STATUSES: dict[type[LivemeterError], int] = {
    BadInput: 400,
    OldProtocol: 426,
    TooComplex: 422,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Away: 503,
}
_HEADERS = {
    401: {"WWW-Authenticate": "Bearer"},
    426: {"Upgrade": "HTTP/1.1"},
    503: {"Retry-After": "1"},
}
# Resolvers name the places of the contract.
_PARAMETERS = {"range": "startDate", "range.to": "endDate", "interval": "groupBy"}


class Problem(Struct):
    """Why there is no answer."""

    code: Annotated[str, Meta(description="A stable word for programs.", examples=["BAD_INPUT"])]
    message: Annotated[str, Meta(description="What is wrong, and what to do, for people.")]
    field: Annotated[str | None, Meta(description="The parameter at fault, where it is one.")]


class Refusal(Struct):
    """An answer that says why there is none."""

    error: Problem


def refuse(error: LivemeterError) -> Response:
    field = error.field and _PARAMETERS.get(error.field, error.field)
    status = _STATUSES.get(type(error), 500)
    return _response(status, Problem(error.code, error.message, field))


def refuse_unexpected(error: Exception, path: str) -> Response:
    """For what is our own fault: masked, and in the log under an id."""
    return _response(500, Problem("INTERNAL", mask(error, path).message, None))


def _response(status: int, problem: Problem) -> Response:
    body = msgspec.json.encode(Refusal(problem))
    return Response(body, status, headers=_HEADERS.get(status), media_type=JSON)
