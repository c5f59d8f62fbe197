"""Reading one event by the contract's own types, for what does not come by GraphQL."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from graphql import GraphQLError, GraphQLInputType, Undefined
from graphql.utilities import coerce_input_value, validate_input_value

from models.errors import BadInput
from resolvers.recording.event_input import EventInput
from schema.contract import build_schema
from schema.input_place import field_of_object
from schema.recording import build_event


@cache
def _event_type() -> GraphQLInputType:
    schema = cast(Any, build_schema())._schema
    return cast(GraphQLInputType, schema.get_type("UsageEventInput"))


def read_event_input(content: dict[str, object]) -> EventInput:
    """What UsageEventInput would make of the fields. Raises BadInput with the field."""
    event_type = _event_type()
    value = coerce_input_value(content, event_type)
    if value is Undefined:
        raise _refusal(content, event_type)
    return build_event(value)


def _refusal(content: dict[str, object], event_type: GraphQLInputType) -> BadInput:
    found: list[BadInput] = []

    def note(error: GraphQLError, path: list[str | int]) -> None:
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        place += field_of_object(place, error.message)
        found.append(BadInput(error.message, field=place.lstrip(".") or None))

    validate_input_value(content, event_type, note)
    return found[0]
