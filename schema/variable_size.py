"""How much lists in variables hold, looked at before each item is coerced and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLSchema,
    get_named_type,
    is_list_type,
    is_non_null_type,
    type_from_ast,
)
from graphql.language import OperationDefinitionNode

from resolvers.recording.record_events import MAX_EVENTS, too_many_events
from schema.query_limits import QueryLimits, too_complex

_EVENT = "UsageEventInput"


def check_variables(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    limits: QueryLimits,
) -> None:
    """Raises GraphQLError, with TOO_COMPLEX but for too many events, which are BAD_INPUT."""
    room = limits.list_items
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        sent = variables.get(name)
        if not isinstance(sent, list | dict):
            continue
        type_ = type_from_ast(schema, definition.type)
        if get_named_type(type_).name == _EVENT:  # type: ignore[union-attr]  # validated: there is one
            # Events have a bound of their own, and are many more than any filter's values.
            if isinstance(sent, list) and len(sent) > MAX_EVENTS:
                raise GraphQLError(
                    too_many_events(len(sent)), extensions={"code": "BAD_INPUT", "field": "events"}
                )
            continue
        room = _take(sent, type_, room)
        if room < 0:
            raise too_complex(
                f"The lists in the variables hold more than {limits.list_items:,} items.",
                field=name,
            )


def _take(sent: object, type_: Any, room: int) -> int:
    """What is left of the room for items; negative where there was too little."""
    if is_non_null_type(type_):
        type_ = type_.of_type
    if is_list_type(type_):
        items = sent if isinstance(sent, list) else [sent]
        room -= len(items)
        for item in items:
            if room < 0:
                break
            if isinstance(item, list | dict):
                room = _take(item, type_.of_type, room)
    elif isinstance(type_, GraphQLInputObjectType) and isinstance(sent, dict):
        for name, value in sent.items():
            if room < 0:
                break
            if isinstance(value, list | dict) and name in type_.fields:
                room = _take(value, type_.fields[name].type, room)
    return room
