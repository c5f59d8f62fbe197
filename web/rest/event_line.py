"""An event as a line of JSON, with the names that GraphQL has."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct

from models.cost import CostStatus
from models.event import UsageEvent
from models.money import plain
from pricing.event_cost import event_quantities
from schema.event import event_cursor
from schema.scalars import write_datetime

Amount = Annotated[str, Meta(description="An exact decimal number in plain notation.")]
Count = Annotated[str, Meta(pattern="^[0-9]+$")]
Instant = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


class LineUsage(Struct, rename="camel"):
    """Counts; one that was not reported is 0 here, and not among the units."""

    input_tokens: Count
    output_tokens: Count
    total_tokens: Count
    cache_read_tokens: Count
    cache_write_tokens: Count
    reasoning_tokens: Count
    input_audio_tokens: Count
    output_audio_tokens: Count
    images: Count


class LineUnit(Struct):
    unit: str
    quantity: Amount


class LineCostLine(Struct, rename="camel"):
    """One unit's share of the cost, in USD; null where no price is known."""

    unit: str
    quantity: Amount
    unit_price: Amount | None
    amount: Amount | None
    model: Annotated[
        str | None, Meta(description="The model that used it, where it is not the event's own.")
    ]


class LineSideCall(Struct):
    """Usage of another model within the call."""

    model: str
    units: list[LineUnit]


class LineCostReason(Struct):
    """Why the cost is not known in full."""

    code: str
    subject: str | None
    message: str


class LineReportedCost(Struct):
    """What the provider or gateway says it charged, in USD, beside our own cost."""

    amount: Amount
    status: str | None
    computed: Amount | None
    counts: bool


class LinePrice(Struct):
    id: str


class LineCost(Struct):
    """USD; the amount is null where no price was known, never 0."""

    amount: Amount | None
    status: str
    lines: list[LineCostLine]
    price: LinePrice | None
    reasons: list[LineCostReason]
    reported: LineReportedCost | None


class EventLine(Struct, rename="camel"):
    """One event of an NDJSON file."""

    cursor: Annotated[str, Meta(description="Export `after` it to go on behind this event.")]
    id: str
    type: str
    customer_id: str | None
    user_id: str | None
    feature_id: str | None
    provider: str | None
    model: str | None
    requested_model: str | None
    usage: LineUsage
    units: list[LineUnit]
    quantity: Amount | None
    unit: str | None
    processing: str | None
    service_tier: str | None
    speed: str | None
    region: str | None
    search_context_size: str | None
    side_calls: list[LineSideCall]
    cost: LineCost
    outcome: str
    error_code: str | None
    duration_ms: int | None
    occurred_at: Instant
    recorded_at: Instant
    metadata: Raw | None


def event_line(event: UsageEvent) -> EventLine:
    return EventLine(
        cursor=event_cursor(event),
        id=event.id,
        type=event.type,
        customer_id=event.customer_id,
        user_id=event.user_id,
        feature_id=event.feature_id,
        provider=event.provider,
        model=event.model,
        requested_model=event.requested_model,
        usage=_usage(event),
        units=units(event),
        quantity=_amount(event.quantity),
        unit=event.unit,
        processing=event.processing,
        service_tier=event.service_tier,
        speed=event.speed,
        region=event.region,
        search_context_size=event.search_context_size,
        side_calls=side_calls(event),
        cost=LineCost(
            _amount(event.cost),
            event.cost_status,
            cost_lines(event),
            None if event.price_id is None else LinePrice(event.price_id),
            cost_reasons(event),
            _reported_cost(event),
        ),
        outcome=event.outcome,
        error_code=event.error_code,
        duration_ms=event.duration_ms,
        occurred_at=write_datetime(event.occurred_at),
        recorded_at=write_datetime(event.recorded_at),
        # As it stands, so that no number passes through a float.
        metadata=None if event.metadata is None else Raw(event.metadata.encode()),
    )


def units(event: UsageEvent) -> list[LineUnit]:
    return _units(event_quantities(event))


def side_calls(event: UsageEvent) -> list[LineSideCall]:
    return [LineSideCall(side.model, _units(side.units)) for side in event.side_calls or ()]


def cost_reasons(event: UsageEvent) -> list[LineCostReason]:
    return [
        LineCostReason(reason.code, reason.subject, reason.message) for reason in event.cost_reasons
    ]


def cost_lines(event: UsageEvent) -> list[LineCostLine]:
    return [
        LineCostLine(
            line.unit,
            plain(line.quantity),
            _amount(line.unit_price),
            _amount(line.amount),
            line.model,
        )
        for line in event.cost_lines
    ]


def _units(quantities: Mapping[str, int | Decimal]) -> list[LineUnit]:
    return [
        LineUnit(unit, str(quantity) if isinstance(quantity, int) else plain(quantity))
        for unit, quantity in quantities.items()
    ]


def _reported_cost(event: UsageEvent) -> LineReportedCost | None:
    if event.reported_cost is None:
        return None
    return LineReportedCost(
        plain(event.reported_cost),
        event.reported_cost_status,
        _amount(event.cost_beside_reported),
        event.cost_status is CostStatus.REPORTED,
    )


def _amount(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def _usage(event: UsageEvent) -> LineUsage:
    return LineUsage(
        input_tokens=str(event.input_tokens or 0),
        output_tokens=str(event.output_tokens or 0),
        total_tokens=str((event.input_tokens or 0) + (event.output_tokens or 0)),
        cache_read_tokens=str(event.cache_read_tokens or 0),
        cache_write_tokens=str(event.cache_write_tokens or 0),
        reasoning_tokens=str(event.reasoning_tokens or 0),
        input_audio_tokens=str(event.input_audio_tokens or 0),
        output_audio_tokens=str(event.output_audio_tokens or 0),
        images=str(event.images or 0),
    )


_encode = msgspec.json.Encoder().encode_lines


def encode_lines(events: list[UsageEvent]) -> bytes:
    """One object a line."""
    return _encode(map(event_line, events)) if events else b""
