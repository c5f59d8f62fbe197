"""From what a caller sent to what the log takes: checked, normalised and priced."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from models.cost import CostStatus
from models.event import UsageEvent
from models.event_log import Draft
from pricing.event_cost import COUNT_FIELDS
from pricing.price_book import PriceBook
from pricing.priced_event import priced, with_supplied_cost
from pricing.rate_card import CallContext
from pricing.response import ReportedUsage, UnreadableResponse, read_response
from pricing.served_model import served_model
from pricing.usage import InvalidUsage, check_quantities
from resolvers.recording.event_input import EventInput, fingerprint
from resolvers.recording.event_rules import (
    EARLIEST_EVENT,
    check_numbers,
    check_strings,
    check_time,
    check_type,
    metadata_text,
)
from resolvers.recording.rejection import Rejected

_SPELLING = {
    unit: name.split("_")[0] + "".join(word.title() for word in name.split("_")[1:])
    for unit, name in COUNT_FIELDS.items()
}
_MAX_COUNT = (1 << 63) - 1

Quantities = Mapping[str, int | Decimal]


def new_event_id(now: datetime) -> str:
    """An id that sorts by time and cannot be guessed."""
    return f"evt_{int(now.timestamp() * 1000):012x}{secrets.token_hex(8)}"


def draft_event(
    workspace_id: int,
    event: EventInput,
    book: PriceBook,
    now: datetime,
    earliest: datetime = EARLIEST_EVENT,
) -> Draft:
    """`earliest` is the earliest time taken. Raises Rejected: the event cannot be recorded so."""
    check_strings(event)
    check_numbers(event)
    occurred_at = event.occurred_at or now
    check_time(occurred_at, earliest, now)
    metadata = metadata_text(event.metadata)
    reported = _reported(event, book)
    check_type(event, reported.model)
    _check_counts(event, reported.quantities)
    unpriced = _event(workspace_id, event, reported, occurred_at, metadata, now)
    return Draft(
        priced(book, unpriced, reported.quantities)
        if event.cost is None
        else with_supplied_cost(unpriced, event.cost),
        _fingerprint(event),
        given_id=event.id is not None,
        price_revision=book.revision,
    )


def _fingerprint(event: EventInput) -> bytes:
    try:
        return fingerprint(event)
    except UnicodeEncodeError:
        raise Rejected(
            "INVALID_STRING", "response", "The response holds unpaired surrogates."
        ) from None
    except RecursionError:
        raise Rejected(
            "UNREADABLE_RESPONSE", "response", "The response is nested too deeply."
        ) from None


def _reported(event: EventInput, book: PriceBook) -> ReportedUsage:
    """What the response says, where there is one; what the caller says of the call goes before.

    But for the model: the one that served the call counts.
    """
    counts = _given_counts(event)
    read = ReportedUsage(counts) if event.response is None else _read_response(event, counts)
    context = CallContext.told(
        event.processing or read.processing,
        event.service_tier or read.service_tier,
        event.speed or read.speed,
        event.region or read.region,
        event.search_context_size or read.search_context_size,
    )
    reported_cost = read.reported_cost if event.reported_cost is None else event.reported_cost
    return msgspec.structs.replace(
        read,
        model=served_model(book.catalogue.providers, event.provider, event.model, read.model),
        reported_cost=reported_cost,
        **context._asdict(),
    )


def _read_response(event: EventInput, counts: Quantities) -> ReportedUsage:
    if counts:
        raise Rejected(
            "RESPONSE_AND_COUNTS",
            "response",
            "Send either the provider's response or counts: the counts are read from it.",
        )
    if not event.provider:
        raise Rejected("MISSING_PROVIDER", "provider", "Reading a response needs its provider.")
    try:
        return read_response(event.provider, event.response, event.model)
    except UnreadableResponse as error:
        raise Rejected("UNREADABLE_RESPONSE", "response", str(error)) from None


def _given_counts(event: EventInput) -> dict[str, int | Decimal]:
    counts: dict[str, int | Decimal] = {}
    for unit, name in COUNT_FIELDS.items():
        value = getattr(event, name)
        if value is not None:
            counts[unit] = value
    for index, count in enumerate(event.units or ()):
        field = f"units[{index}].unit"
        if count.unit in COUNT_FIELDS:
            raise Rejected(
                "UNIT_HAS_FIELD", field, f"{count.unit} goes into {_SPELLING[count.unit]}."
            )
        if count.unit in counts:
            raise Rejected("DUPLICATE_UNIT", field, f"{count.unit} is given twice.")
        counts[count.unit] = count.quantity
    return counts


def _check_counts(event: EventInput, quantities: Quantities) -> None:
    try:
        check_quantities(quantities)
    except InvalidUsage as error:
        field = "response" if event.response is not None else _SPELLING.get(error.unit, "units")
        raise Rejected(error.code, field, error.message) from None
    if event.response is not None:
        for unit in COUNT_FIELDS:
            count = quantities.get(unit, 0)
            if count > _MAX_COUNT or count != int(count):
                raise Rejected(
                    "UNREADABLE_RESPONSE", "response", f"{unit} is no whole number up to 2^63 - 1."
                )


def _event(
    workspace_id: int,
    event: EventInput,
    reported: ReportedUsage,
    occurred_at: datetime,
    metadata: str | None,
    now: datetime,
) -> UsageEvent:
    counts: dict[str, Any] = dict.fromkeys(COUNT_FIELDS.values())
    further = {}
    for unit, quantity in reported.quantities.items():
        if unit in COUNT_FIELDS:
            counts[COUNT_FIELDS[unit]] = int(quantity)
        else:
            further[unit] = Decimal(quantity)
    return UsageEvent(
        workspace_id=workspace_id,
        sequence=0,
        id=event.id if event.id is not None else new_event_id(now),
        type=event.type,
        customer_id=event.customer_id,
        user_id=event.user_id,
        feature_id=event.feature_id,
        provider=event.provider,
        model=reported.model,
        **counts,
        units=further or None,
        quantity=event.quantity,
        unit=event.unit,
        processing=reported.processing,
        service_tier=reported.service_tier,
        speed=reported.speed,
        cost=None,
        cost_status=CostStatus.UNPRICED,
        cost_lines=(),
        price_id=None,
        outcome=event.outcome,
        error_code=event.error_code,
        duration_ms=event.duration_ms,
        occurred_at=occurred_at,
        recorded_at=now,
        metadata=metadata,
        requested_model=event.model if event.model != reported.model else None,
        region=reported.region,
        search_context_size=reported.search_context_size,
        side_calls=reported.side_calls or None,
        cost_reasons=reported.reasons,
        reported_cost=reported.reported_cost,
    )
