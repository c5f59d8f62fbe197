"""Which amount is an event's cost: the book's, the caller's or the provider's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from models.cost import CostReason, CostReasonCode, CostStatus
from models.event import UsageEvent
from pricing.catalogue import Catalogue
from pricing.price_book import PriceBook, PriceRevision
from pricing.priced_event import priced, with_supplied_cost
from tests.events import make_event

_CATALOGUE = Catalogue.bundled()
BOOK = PriceBook(_CATALOGUE, [], PriceRevision(1, 0))
COUNTING = PriceBook(_CATALOGUE, [], PriceRevision(1, 0), ["openrouter"])
DOUBT = CostReason(CostReasonCode.CONTRADICTION, "total_tokens")


def _call(**values: Any) -> UsageEvent:
    call = {"provider": "openrouter", "model": "openai/gpt-4o-mini", "input_tokens": 1_000_000}
    return make_event(**call | {"reported_cost": Decimal("0.2")} | values)


def test_the_books_cost_counts_and_the_reported_one_stands_beside_it() -> None:
    event = priced(BOOK, _call())
    assert (event.cost, event.cost_status) == (Decimal("0.15"), CostStatus.PRICED)
    assert (event.reported_cost, event.reported_cost_status) == (Decimal("0.2"), "DIFFERS")
    assert event.computed_cost is None


def test_the_reported_cost_counts_where_the_workspace_says_so() -> None:
    event = priced(COUNTING, _call())
    assert (event.cost, event.cost_status) == (Decimal("0.2"), CostStatus.REPORTED)
    assert (event.computed_cost, event.reported_cost_status) == (Decimal("0.15"), "DIFFERS")


def test_a_reported_cost_that_counts_has_no_lines_that_do_not_add_up_to_it() -> None:
    event = priced(COUNTING, _call())
    assert (event.cost_lines, event.price_id) == ((), None)


def test_providers_are_known_by_all_their_names() -> None:
    assert priced(COUNTING, _call(provider="Open-Router")).cost_status is CostStatus.REPORTED


def test_other_providers_reported_costs_do_not_count() -> None:
    assert priced(COUNTING, _call(provider="litellm")).cost_status is not CostStatus.REPORTED


def test_nothing_counts_where_nothing_was_reported() -> None:
    event = priced(COUNTING, _call(reported_cost=None))
    assert (event.cost_status, event.reported_cost_status) == (CostStatus.PRICED, None)


def test_the_books_cost_counts_again_once_the_setting_is_gone() -> None:
    once = priced(COUNTING, _call())
    assert priced(BOOK, once) == priced(BOOK, _call())


def test_doubt_about_the_usage_outlasts_a_cost_that_was_reported() -> None:
    doubtful = priced(COUNTING, _call(cost_reasons=(DOUBT,)))
    assert priced(BOOK, doubtful).cost_reasons == (DOUBT,)


def test_a_cost_that_the_caller_gave_is_compared_too() -> None:
    event = with_supplied_cost(_call(), Decimal("0.2"))
    assert (event.cost_status, event.reported_cost_status) == (CostStatus.SUPPLIED, "AGREES")
