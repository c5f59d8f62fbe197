"""An event with its cost: which amount counts, and how the others compare with it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from models.cost import CostStatus
from models.event import UsageEvent
from pricing.cost import supplied_cost
from pricing.event_cost import event_cost, with_cost
from pricing.price_book import PriceBook
from pricing.reported_cost import compare


def priced(
    book: PriceBook, event: UsageEvent, quantities: Mapping[str, int | Decimal] | None = None
) -> UsageEvent:
    """The event at its cost by the book; `quantities` are its counts, where they are at hand.

    What the provider says it charged is compared with that, and counts where the book says so.
    """
    computed = _compared(with_cost(event, event_cost(book, event, quantities)))
    if computed.reported_cost is None or not book.counts_reported(computed.provider):
        return computed
    return msgspec.structs.replace(
        computed,
        cost=computed.reported_cost,
        cost_status=CostStatus.REPORTED,
        cost_lines=(),
        price_id=None,
        computed_cost=computed.cost,
    )


def with_supplied_cost(event: UsageEvent, amount: Decimal) -> UsageEvent:
    """The event at the cost that its caller gave, in USD."""
    return _compared(with_cost(event, supplied_cost(amount)))


def _compared(event: UsageEvent) -> UsageEvent:
    if event.reported_cost is None:
        return event
    return msgspec.structs.replace(
        event,
        reported_cost_status=compare(event.reported_cost, event.cost),
        computed_cost=None,
    )
