"""What a usage event cost by a price book, from what the event itself holds."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from models.event import EventType, UsageEvent
from pricing.cost import Cost, doubtful_cost
from pricing.price_book import Call, PriceBook
from pricing.rate_card import call_context

# The fields for counts, by genai-prices' name of the unit.
COUNT_FIELDS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_tokens": "cache_read_tokens",
    "cache_write_tokens": "cache_write_tokens",
    "output_reasoning_tokens": "reasoning_tokens",
    "input_audio_tokens": "input_audio_tokens",
    "output_audio_tokens": "output_audio_tokens",
    "images": "images",
}


def event_cost(
    book: PriceBook, event: UsageEvent, quantities: Mapping[str, int | Decimal] | None = None
) -> Cost:
    """The cost as of the event's time; `quantities` are its counts, where they are at hand.

    Where the event's reasons say that its usage is in doubt, the cost's do, too.
    """
    counts = event_quantities(event) if quantities is None else quantities
    cost = _cost(book, event, counts)
    if not event.cost_reasons:
        return cost
    return doubtful_cost(cost, [reason for reason in event.cost_reasons if reason.is_evidence])


def _cost(book: PriceBook, event: UsageEvent, counts: Mapping[str, int | Decimal]) -> Cost:
    call = Call(
        event.provider,
        event.model,
        event.occurred_at,
        call_context(
            event.processing,
            event.service_tier,
            event.speed,
            event.region,
            event.search_context_size,
        ),
        event.requested_model,
        event.side_calls or (),
    )
    if event.type is EventType.CUSTOM and event.unit and event.quantity is not None:
        return book.custom_cost(call, counts, event.unit, event.quantity)
    return book.cost(call, counts)


def with_cost(event: UsageEvent, cost: Cost) -> UsageEvent:
    """The event at that cost. What the provider says it charged stays as it is."""
    return msgspec.structs.replace(
        event,
        cost=cost.amount,
        cost_status=cost.status,
        cost_lines=cost.lines,
        price_id=None if cost.price is None else cost.price.id,
        cost_reasons=cost.reasons,
    )


def event_quantities(event: UsageEvent) -> dict[str, int | Decimal]:
    """What an event reports, by unit, parts beside their wholes."""
    named = ((unit, getattr(event, field)) for unit, field in COUNT_FIELDS.items())
    counts: dict[str, int | Decimal] = {unit: count for unit, count in named if count is not None}
    return counts | (event.units or {})
