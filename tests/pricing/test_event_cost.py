"""An event's cost, from what the event itself holds: the same when it is priced again."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from models.cost import CostReason, CostReasonCode, CostStatus
from models.event import EventType, SideCall, UsageEvent
from pricing.catalogue import Catalogue
from pricing.event_cost import event_cost, with_cost
from pricing.price_book import PriceBook, PriceRevision
from tests.events import make_event

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BOOK = PriceBook(Catalogue.bundled(), (), PriceRevision(1, 1))
DOUBT = CostReason(CostReasonCode.CONTRADICTION, "total_tokens")


def _event(**fields: Any) -> UsageEvent:
    plain = {"provider": "openai", "model": "gpt-5.5", "occurred_at": NOW}
    return make_event(**plain | {"input_tokens": 1_000} | fields)


def test_an_event_without_any_usage_has_no_cost() -> None:
    used = event_cost(BOOK, _event(input_tokens=None))
    assert (used.amount, used.status) == (None, CostStatus.UNPRICED)
    assert used.reasons == (CostReason(CostReasonCode.NO_USAGE),)


def test_a_custom_event_without_a_quantity_has_no_cost() -> None:
    empty = _event(
        type=EventType.CUSTOM, provider=None, model=None, input_tokens=None, unit="pages"
    )
    assert event_cost(BOOK, empty).reasons == (CostReason(CostReasonCode.NO_USAGE),)


def test_a_failed_call_that_says_it_used_nothing_costs_nothing() -> None:
    used = event_cost(BOOK, _event(input_tokens=0, output_tokens=0))
    assert (used.amount, used.status) == (Decimal(0), CostStatus.PRICED)


def test_evidence_survives_pricing_again() -> None:
    event = _event(cost_reasons=(DOUBT,))
    once = with_cost(event, event_cost(BOOK, event))
    again = with_cost(once, event_cost(BOOK, once))
    assert (again.cost_status, again.cost_reasons) == (CostStatus.PARTIAL, (DOUBT,))
    assert again == once


def test_reasons_of_prices_do_not_survive_pricing_again() -> None:
    event = _event(cost_reasons=(CostReason(CostReasonCode.NO_PRICE), DOUBT))
    assert event_cost(BOOK, event).reasons == (DOUBT,)


def test_what_a_provider_says_it_charged_stays() -> None:
    event = _event(reported_cost=Decimal(7))
    assert with_cost(event, event_cost(BOOK, event)).reported_cost == 7


def test_priority_past_the_long_context_threshold_is_not_known() -> None:
    event = _event(service_tier="priority", input_tokens=300_000, output_tokens=1_000)
    used = event_cost(BOOK, event)
    assert used.reasons == (CostReason(CostReasonCode.NO_CONTEXT_RATE, "priority"),)
    # 300,000 * $10/M and 1,000 * $45/M, as for a long request.
    assert (used.amount, used.status) == (Decimal("3.045"), CostStatus.PARTIAL)


def test_side_calls_and_the_model_that_was_asked_for_are_read_from_the_event() -> None:
    event = _event(
        model="deployment-7",
        requested_model="gpt-4o",
        input_tokens=1_000_000,
        side_calls=(SideCall("gpt-4o-mini", {"input_tokens": Decimal(400_000)}),),
    )
    # 600,000 * $2.5/M and 400,000 * $0.15/M
    assert event_cost(BOOK, event).amount == Decimal("1.56")
