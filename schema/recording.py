"""Inputs and answers of `recordEvents`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import strawberry
from strawberry import UNSET, Parent
from strawberry.types.arguments import InputContext

from models.key import Scope
from resolvers.recording.event_input import EventInput, UnitCount
from resolvers.recording.record_events import Recording
from resolvers.recording.record_events import RecordResult as Result
from resolvers.recording.record_events import RecordStatus as Status
from schema.context import LivemeterInfo
from schema.enums import EventType, Outcome, RecordStatus
from schema.event import UsageEvent
from schema.quick_events import QuickEvents
from schema.scalars import JSON, BigInt, DateTime, Decimal


@strawberry.input(description="How much of one unit was used.")
class UnitCountInput:
    unit: str
    quantity: Decimal = strawberry.field(description="Not negative.")


@strawberry.input(description="One call to a model, or one custom event.")
class UsageEventInput:
    id: strawberry.ID | None = strawberry.field(
        default=UNSET,
        description="The caller's own id: the same id sent again records nothing twice, however "
        "late.",
    )
    type: EventType = strawberry.field(default=EventType.TOKEN_USAGE)
    customer_id: str | None = UNSET
    user_id: str | None = UNSET
    feature_id: str | None = UNSET
    provider: str | None = strawberry.field(
        default=UNSET, description="Needed for TOKEN_USAGE and IMAGE_GENERATION."
    )
    model: str | None = strawberry.field(
        default=UNSET,
        description="Needed for TOKEN_USAGE and IMAGE_GENERATION, unless `response` names it.",
    )
    input_tokens: BigInt | None = strawberry.field(
        default=UNSET, description="All input tokens, cached ones included."
    )
    output_tokens: BigInt | None = strawberry.field(
        default=UNSET, description="All output tokens, reasoning included."
    )
    cache_read_tokens: BigInt | None = UNSET
    cache_write_tokens: BigInt | None = UNSET
    reasoning_tokens: BigInt | None = UNSET
    input_audio_tokens: BigInt | None = UNSET
    output_audio_tokens: BigInt | None = UNSET
    images: BigInt | None = UNSET
    units: list[UnitCountInput] | None = strawberry.field(
        default=UNSET,
        description="Any further unit by genai-prices' name. Not one that has a field of its own.",
    )
    response: JSON | None = strawberry.field(
        default=UNSET,
        description="The provider's response body, or just its usage object, as received: the "
        "counts are read from it. Not together with counts.",
    )
    quantity: Decimal | None = strawberry.field(
        default=UNSET, description="For custom events. Not negative."
    )
    unit: str | None = UNSET
    processing: str | None = UNSET
    service_tier: str | None = UNSET
    speed: str | None = UNSET
    region: str | None = strawberry.field(
        default=UNSET, description="Where the call was run, where prices depend on it: `us`."
    )
    search_context_size: str | None = strawberry.field(
        default=UNSET, description="How much of the web a search took in: `low`, `medium`, `high`."
    )
    cost: Decimal | None = strawberry.field(
        default=UNSET, description="USD, where the caller knows the cost better. Not negative."
    )
    reported_cost: Decimal | None = strawberry.field(
        default=UNSET,
        description="USD, what the provider or gateway says it charged: kept beside our own cost. "
        "Read from `response` where it says so. Not negative.",
    )
    outcome: Outcome = strawberry.field(default=Outcome.SUCCESS)
    error_code: str | None = UNSET
    duration_ms: int | None = UNSET
    occurred_at: DateTime | None = strawberry.field(
        default=UNSET,
        description="Now, where absent. At most 5 minutes ahead of the server's clock.",
    )
    metadata: JSON | None = strawberry.field(
        default=UNSET, description="An object of at most 8 KiB as JSON."
    )


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


_FIELDS = {_camel(name): name for name in EventInput.__struct_fields__}


def build_event(value: Mapping[str, Any]) -> EventInput:
    """The resolvers' own input, from coerced values by the contract's field names."""
    given = {_FIELDS[field]: item for field, item in value.items()}
    if given.get("units") is not None:
        given["units"] = tuple(UnitCount(**unit) for unit in given["units"])
    return EventInput(**given)


def _from_input(
    cls: type, value: Mapping[str, Any] | QuickEvents, context: InputContext
) -> EventInput | QuickEvents:
    """Strawberry's hook: by way of its own class an event takes 100 µs, so 14."""
    return value if isinstance(value, QuickEvents) else build_event(value)


cast(Any, UsageEventInput).__strawberry_definition__.from_input = _from_input


def sent_events(argument: Sequence[object]) -> list[EventInput]:
    """The argument `events` as the hook left it."""
    if argument and isinstance(argument[0], QuickEvents):
        return argument[0]
    return cast(list[EventInput], argument)


# The fields of UsageEventInput, in the contract's spelling.
EVENT_FIELDS = list(_FIELDS)


@strawberry.type(description="Why an event was not recorded.")
class Problem:
    code: str = strawberry.field(description="A stable word for programs, e.g. INVALID_COUNT.")
    field: str | None = strawberry.field(
        description="The input's field, in its own spelling; null where it is the whole event."
    )
    message: str


@strawberry.type(description="What became of one event.")
class RecordResult:
    index: int = strawberry.field(description="The event's place in the request, from 0.")
    id: strawberry.ID | None = strawberry.field(
        description="Null where the id itself was not valid."
    )
    status: RecordStatus
    problem: Problem | None

    @strawberry.field(
        description="The stored event; null where REJECTED, and where it was recorded before and "
        "the key may not read."
    )
    async def event(parent: Parent[Result], info: LivemeterInfo) -> UsageEvent | None:
        if parent.status is not Status.RECORDED:
            viewer = await info.context.viewer()
            if not viewer.may(Scope.USAGE_READ):
                return None
        return cast(UsageEvent | None, parent.event)


@strawberry.type(description="What became of a request's events.")
class RecordEventsPayload:
    @strawberry.field
    def recorded(parent: Parent[Recording]) -> int:
        return parent.count(Status.RECORDED)

    @strawberry.field
    def duplicates(parent: Parent[Recording]) -> int:
        return parent.count(Status.DUPLICATE)

    @strawberry.field
    def conflicts(parent: Parent[Recording]) -> int:
        return parent.count(Status.CONFLICT)

    @strawberry.field
    def rejected(parent: Parent[Recording]) -> int:
        return parent.count(Status.REJECTED)

    @strawberry.field(description="In the order of the request.")
    def results(parent: Parent[Recording]) -> list[RecordResult]:
        return cast(list[RecordResult], parent.results)
