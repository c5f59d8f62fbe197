"""What callers send decides the keys of a cache, so none may grow without bound."""

from __future__ import annotations

from datetime import UTC, datetime

from pricing import cost, rate_card, usage
from pricing.cache import BoundedCache
from pricing.catalogue import Catalogue
from tests.pricing.own_catalogue import catalogue, usd

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_a_cache_keeps_no_more_than_its_limit() -> None:
    cache: BoundedCache[int, int] = BoundedCache(10)
    for number in range(1_000):
        cache.put(number, number)
    assert len(cache) == 10


def test_a_cache_keeps_what_was_put_in_last() -> None:
    cache: BoundedCache[int, int] = BoundedCache(2)
    for number in range(3):
        cache.put(number, number)
    assert (cache.get(0), cache.get(1), cache.get(2)) == (None, 1, 2)


def test_a_catalogue_remembers_no_more_names_than_it_has_room_for() -> None:
    prices = catalogue(usd(input_mtok="1"))
    for number in range(6_000):
        prices.price("acme", f"nobody's-{number}", NOON)
    assert prices._lookup.cache_info().currsize <= 4_096


def test_a_catalogue_makes_one_timeline_for_all_names_of_a_model() -> None:
    prices = Catalogue.bundled()
    names = ("gpt-4o", "openai/gpt-4o", "GPT-4o", "gpt-4o-2024-08-06")
    assert len({id(prices.timeline("openai", name)) for name in names}) == 1


def test_plans_of_costs_are_bounded_whatever_units_callers_name() -> None:
    price = catalogue(usd(input_mtok="1")).price("acme", "bolt", NOON)
    for number in range(20_000):
        cost.cost_of(price, {f"unit-{number}": 1})
    assert len(cost._plans) <= 16_384


def test_rate_cards_are_bounded_whatever_prices_there_are() -> None:
    for number in range(5_000):
        price = catalogue(usd(input_mtok=str(number))).price("acme", "bolt", NOON)
        cost.cost_of(price, {"input_tokens": 1})
    assert len(rate_card._cards) <= 4_096


def test_words_for_how_a_call_was_run_make_no_plans() -> None:
    price = catalogue(usd(input_mtok="1")).price("acme", "bolt", NOON)
    cost.cost_of(price, {"input_tokens": 1})
    plans = len(cost._plans)
    for number in range(100):
        cost.cost_of(price, {"input_tokens": 1}, service_tier=f"tier-{number}")
    assert len(cost._plans) == plans


def test_refused_units_leave_nothing_behind() -> None:
    checks = len(usage._plans)
    for number in range(100):
        try:
            usage.check_quantities({f"unit-{number}": 1})
        except usage.InvalidUsage:
            continue
    assert len(usage._plans) == checks
