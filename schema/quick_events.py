"""The short way for long lists of events: decoded at once, or left to the long way.

graphql-core coerces field by field, which is most of what a large batch costs before it is
recorded. What is decoded here is exactly what the long way would make of it; anything else,
also anything wrong, goes the long way, which knows how to say so.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from graphql import GraphQLError, GraphQLSchema
from graphql.language import DocumentNode, OperationDefinitionNode, print_ast
from msgspec import Meta
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from models.event import EventType, Outcome
from resolvers.recording.event_input import EventInput, UnitCount
from schema.scalars import parse_datetime, parse_decimal

_LIST_OF_EVENTS = ("[UsageEventInput!]!", "[UsageEventInput!]")

Count = Annotated[int, Meta(ge=1 - (1 << 63), le=(1 << 63) - 1)] | None
Milliseconds = Annotated[int, Meta(ge=-(1 << 31), le=(1 << 31) - 1)] | None


class _SentUnitCount(msgspec.Struct, forbid_unknown_fields=True):
    unit: str
    quantity: object


class _SentEvent(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """UsageEventInput as JSON has it; null and absent are the same, but for enums."""

    id: str | None = None
    type: EventType = EventType.TOKEN_USAGE
    customer_id: str | None = None
    user_id: str | None = None
    feature_id: str | None = None
    provider: str | None = None
    model: str | None = None
    input_tokens: Count = None
    output_tokens: Count = None
    cache_read_tokens: Count = None
    cache_write_tokens: Count = None
    reasoning_tokens: Count = None
    input_audio_tokens: Count = None
    output_audio_tokens: Count = None
    images: Count = None
    units: list[_SentUnitCount] | None = None
    response: Any = None
    quantity: object = None
    unit: str | None = None
    processing: str | None = None
    service_tier: str | None = None
    speed: str | None = None
    cost: object = None
    outcome: Outcome = Outcome.SUCCESS
    error_code: str | None = None
    duration_ms: Milliseconds = None
    occurred_at: object = None
    metadata: Any = None
    region: str | None = None
    search_context_size: str | None = None
    reported_cost: object = None


class QuickEvents(list[EventInput]):
    """Events that pass through Strawberry as one item: it would look at each for what it is."""


def quick_events(sent: object) -> QuickEvents | None:
    """The events of a list in JSON; None where the long way has to look."""
    try:
        return QuickEvents(map(_event, msgspec.convert(sent, list[_SentEvent])))
    except (msgspec.ValidationError, GraphQLError, RecursionError):
        return None


def _event(sent: _SentEvent) -> EventInput:
    values = list(msgspec.structs.astuple(sent))
    for place, parse in _PARSED:
        if values[place] is not None:
            values[place] = parse(values[place])
    return EventInput(**dict(zip(_NAMES, values, strict=True)))


def _unit_counts(sent: list[_SentUnitCount]) -> tuple[UnitCount, ...]:
    return tuple(UnitCount(count.unit, parse_decimal(count.quantity)) for count in sent)


_NAMES = _SentEvent.__struct_fields__
_PARSED = tuple(
    (_NAMES.index(name), parse)
    for name, parse in (
        ("units", _unit_counts),
        ("quantity", parse_decimal),
        ("cost", parse_decimal),
        ("reported_cost", parse_decimal),
        ("occurred_at", parse_datetime),
    )
)


class QuickExecution(StrawberryGraphQLCoreExecutionContext):
    """Takes lists of events out of the variables before graphql-core coerces them."""

    @classmethod
    def build(
        cls,
        schema: GraphQLSchema,
        document: DocumentNode,
        root_value: Any = None,
        context_value: Any = None,
        raw_variable_values: dict[str, Any] | None = None,
        operation_name: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        sent = raw_variable_values or {}
        quick: dict[str, list[QuickEvents]] = {}
        for name in _event_lists(document, operation_name):
            events = quick_events(sent.get(name))
            if events is not None:
                quick[name] = [events]
        executor = super().build(
            schema,
            document,
            root_value,
            context_value,
            {**sent, **{name: [] for name in quick}} if quick else raw_variable_values,
            operation_name,
            *args,
            **kwargs,
        )
        if not isinstance(executor, list):
            executor.variable_values.coerced.update(quick)
        return executor


def _event_lists(document: DocumentNode, operation_name: str | None) -> list[str]:
    """The names of the operation's variables that are lists of events."""
    return [
        definition.variable.name.value
        for operation in document.definitions
        if isinstance(operation, OperationDefinitionNode)
        and (operation_name is None or (operation.name and operation.name.value == operation_name))
        for definition in operation.variable_definitions or ()
        if print_ast(definition.type) in _LIST_OF_EVENTS
    ]
