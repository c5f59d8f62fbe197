"""How errors are shown: what is expected with its code, all else masked and logged by an id."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

import structlog
from graphql import GraphQLError
from graphql.language import DocumentNode
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from models.errors import LivemeterError
from schema.input_place import place_of

log = structlog.get_logger(__name__)

_IN_MATCH = re.compile(r"\.metadata(\[\d+\])?\.(key|value|path)\b")
_METADATA = (
    'Write metadata: [{key: "plan", value: "pro"}]; for a nested value like '
    '{"team": {"name": "a"}} write [{key: "team", path: ["name"], value: "a"}].'
)
_OF_THE_REQUEST = (CannotGetOperationTypeError, InvalidOperationTypeError, MissingQueryError)


@dataclass(frozen=True)
class Masked:
    """What a caller is told of an error that is ours: where the log has it, and no more."""

    id: str

    @property
    def message(self) -> str:
        return f"Something unexpected went wrong; the server's log has it as {self.id}."


def mask(error: Exception, place: object) -> Masked:
    """Log the error, with where it happened, under an id."""
    masked = Masked("err_" + secrets.token_hex(6))
    log.error("unexpected_error", error_id=masked.id, path=place, exc_info=error)
    return masked


def show_error(error: GraphQLError, document: DocumentNode | None = None) -> GraphQLError:
    """The error as a caller may see it, with `extensions.code` and what belongs to the code."""
    if error.extensions and "code" in error.extensions:
        return error
    cause = _cause(error)
    if isinstance(cause, LivemeterError):
        return _shown(error, cause.message, code=cause.code, field=cause.field)
    if isinstance(cause, RecursionError) and error.path is None:
        # Raised while the document was parsed, validated or coerced, by how deep it is.
        return _shown(error, "The document is nested too deeply.", code="TOO_COMPLEX")
    if cause is None or isinstance(cause, _OF_THE_REQUEST):
        # GraphQL's own: the document or its variables are at fault.
        place = place_of(error, document)
        message = f"{error.message}{_shape(error.message, place)}"
        return _shown(error, message, code="BAD_INPUT", field=place)
    masked = mask(cause, error.path)
    return _shown(error, masked.message, code="INTERNAL", id=masked.id)


def _shape(message: str, place: str | None) -> str:
    """How metadata is asked for, where that was tried in another way."""
    is_meant = "'MetadataMatch'" in message or _IN_MATCH.search(place or "") is not None
    if not is_meant:
        return ""
    return f" {_METADATA}" if message.endswith(".") else f". {_METADATA}"


def _cause(error: GraphQLError) -> Exception | None:
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _shown(error: GraphQLError, message: str, **extensions: Any) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={name: value for name, value in extensions.items() if value is not None},
    )
