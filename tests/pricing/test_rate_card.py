"""Which rate holds for a unit, by the size of the request and how it was run."""

from __future__ import annotations

from decimal import Decimal

import pytest

from models.cost import CostReason, CostReasonCode
from models.price import Rate
from pricing.rate_card import PLAIN_CALL, CallContext, RateCard, UnitRate, nearest_rate

MILLION = 1_000_000
NO_CONTEXT_RATE = CostReasonCode.NO_CONTEXT_RATE


def _card(*rates: Rate) -> RateCard:
    return RateCard(rates)


def _rates(*units: str) -> dict[str, UnitRate]:
    return _card(*(Rate(unit, Decimal(1), MILLION) for unit in units)).rates(PLAIN_CALL)


STEPS = _card(
    Rate("input_tokens", Decimal(1), MILLION),
    Rate("input_tokens", Decimal(3), MILLION, 200_000),
    Rate("input_tokens", Decimal(2), MILLION, 100_000),
).rates(PLAIN_CALL)["input_tokens"]


@pytest.mark.parametrize(
    ("input_tokens", "usd"),
    [(0, 1), (100_000, 1), (100_001, 2), (200_000, 2), (200_001, 3), (10**9, 3)],
)
def test_the_highest_threshold_that_is_passed_holds(input_tokens: int, usd: int) -> None:
    charge = STEPS.charge(input_tokens)
    assert charge is not None
    assert charge.amount == usd


def test_below_the_first_threshold_there_is_no_rate_where_there_is_no_base() -> None:
    rates = _card(Rate("input_tokens", Decimal(2), MILLION, 100)).rates(PLAIN_CALL)
    assert rates["input_tokens"].charge(100) is None


def test_a_units_own_rate_goes_before_its_wholes() -> None:
    rates = _rates("input_tokens", "cache_read_tokens")
    assert nearest_rate("cache_read_tokens", rates) is rates["cache_read_tokens"]


def test_the_nearest_whole_lends_its_rate() -> None:
    rates = _rates("input_tokens", "cache_write_tokens")
    assert nearest_rate("cache_write_5m_tokens", rates) is rates["cache_write_tokens"]


def test_of_two_wholes_equally_near_neither_lends_its_rate() -> None:
    rates = _rates("input_tokens", "cache_read_tokens", "input_audio_tokens")
    assert nearest_rate("cache_audio_read_tokens", rates) is None


def test_a_unit_without_a_rated_whole_has_no_rate() -> None:
    assert nearest_rate("web_searches", _rates("input_tokens")) is None


FLEX = _card(Rate("input_tokens", Decimal(1), MILLION, service_tier="flex"))


def test_words_for_the_standard_way_are_left_out_of_a_prices_context() -> None:
    assert FLEX.context(CallContext(service_tier="auto", region="global")) == (PLAIN_CALL, ())


def test_words_that_a_price_has_no_rates_for_are_told() -> None:
    told = CallContext("batch", "flex", "fast")
    assert FLEX.context(told) == (
        CallContext(service_tier="flex"),
        (CostReason(NO_CONTEXT_RATE, "batch"), CostReason(NO_CONTEXT_RATE, "fast")),
    )
