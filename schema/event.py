"""Usage events as the contract shows them, read straight from the log's own events."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal as PythonDecimal
from typing import cast

import strawberry
from strawberry import Parent

from models import event
from models.cursor import Position, encode_cursor
from models.event_query import EventPage
from models.usage_sums import sums_of
from pricing.event_cost import event_quantities
from schema.cost import Cost
from schema.enums import EventType, Outcome
from schema.page_info import PageInfo
from schema.scalars import JSON, BigInt, Cursor, DateTime, Decimal

Logged = Parent[event.UsageEvent]


@strawberry.type(
    description="What was used. Input counts include cached tokens, output counts include "
    "reasoning tokens, whatever the provider's own habit is."
)
class UsageCounts:
    """Read as it stands from UsageSums: resolvers of its fields would cost more than all else."""

    input_tokens: BigInt
    output_tokens: BigInt
    cache_read_tokens: BigInt
    cache_write_tokens: BigInt
    reasoning_tokens: BigInt
    input_audio_tokens: BigInt
    output_audio_tokens: BigInt
    images: BigInt
    total_tokens: BigInt = strawberry.field(description="Input and output together.")


@strawberry.type(description="How much of one unit was used.")
class UnitCount:
    unit: str
    quantity: Decimal


@strawberry.type(description="Usage of another model within a call.")
class SideCall:
    model: str
    units: list[UnitCount] = strawberry.field(
        description="In genai-prices' names; parts beside their wholes."
    )


@strawberry.type(description="One call to a model, or one custom event.")
class UsageEvent:
    id: strawberry.ID = strawberry.field(
        description="The caller's own id for the event, or one that the server gave."
    )
    type: EventType
    customer_id: str | None
    user_id: str | None
    feature_id: str | None
    provider: str | None
    model: str | None = strawberry.field(
        description="The model that served the call, and is priced: the response's own name for "
        "it, where it has one."
    )
    requested_model: str | None = strawberry.field(
        description="The caller's own name for the model, where the response named another."
    )
    quantity: Decimal | None = strawberry.field(
        description="For custom events: how much of which unit."
    )
    unit: str | None
    processing: str | None = strawberry.field(
        description="How the provider ran the call, where it says so and prices depend on it."
    )
    service_tier: str | None
    speed: str | None
    region: str | None = strawberry.field(
        description="Where the call was run, where the provider says so and prices depend on it."
    )
    search_context_size: str | None
    outcome: Outcome
    error_code: str | None
    duration_ms: int | None
    occurred_at: DateTime
    recorded_at: DateTime
    metadata: JSON | None

    @strawberry.field
    def cursor(parent: Logged) -> Cursor:
        return event_cursor(parent)

    @strawberry.field
    def usage(parent: Logged) -> UsageCounts:
        return cast(UsageCounts, sums_of(parent))

    @strawberry.field(
        description="All that was reported, unit by unit, in genai-prices' names; parts beside "
        "their wholes."
    )
    def units(parent: Logged) -> list[UnitCount]:
        return _unit_counts(event_quantities(parent))

    @strawberry.field(
        description="Usage of other models within the call, priced at their own prices: an "
        "advisor's, or that of the models behind a router. Included in the event's counts."
    )
    def side_calls(parent: Logged) -> list[SideCall]:
        return [
            SideCall(model=side.model, units=_unit_counts(side.units))
            for side in parent.side_calls or ()
        ]

    @strawberry.field
    def cost(parent: Logged) -> Cost:
        return cast(Cost, parent)


def _unit_counts(quantities: Mapping[str, int | PythonDecimal]) -> list[UnitCount]:
    return [
        UnitCount(unit=unit, quantity=Decimal(PythonDecimal(quantity)))
        for unit, quantity in quantities.items()
    ]


def event_cursor(logged: event.UsageEvent) -> Cursor:
    return position_cursor(logged.workspace_id, Position(logged.sequence, logged.occurred_at))


def position_cursor(workspace_id: int, position: Position) -> Cursor:
    return Cursor(encode_cursor(workspace_id, position))


@strawberry.type
class EventEdge:
    @strawberry.field
    def cursor(parent: Logged) -> Cursor:
        return event_cursor(parent)

    @strawberry.field
    def node(parent: Logged) -> UsageEvent:
        return cast(UsageEvent, parent)


@strawberry.type(description="A page of events.")
class EventConnection:
    @strawberry.field
    def edges(parent: Parent[EventPage]) -> list[EventEdge]:
        return cast(list[EventEdge], parent.events)

    @strawberry.field
    def nodes(parent: Parent[EventPage]) -> list[UsageEvent]:
        return cast(list[UsageEvent], parent.events)

    @strawberry.field
    def page_info(parent: Parent[EventPage]) -> PageInfo:
        events = parent.events
        return PageInfo(
            has_next_page=parent.has_next,
            has_previous_page=parent.has_previous,
            start_cursor=event_cursor(events[0]) if events else None,
            end_cursor=event_cursor(events[-1]) if events else None,
        )

    @strawberry.field(
        description="Where the log ended when this page was read: `activity(after: head)` goes "
        "on exactly from here, also in an empty log."
    )
    def head(parent: Parent[EventPage]) -> Cursor:
        return position_cursor(parent.workspace_id, parent.head)
