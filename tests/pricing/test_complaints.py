"""What users of other systems complain of loudest, each worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from genai_prices.types import (
    ConditionalPrice,
    PriceVariant,
    StartDateConstraint,
    TimeOfDateConstraint,
)

from models.cost import CostStatus
from pricing.cost import cost_of
from tests.pricing.own_catalogue import CACHING, NOON, PLAIN, catalogue, cost, tiered, usd

LONG = catalogue(
    usd(
        input_mtok=tiered("1.25", (200_000, "2.50")),
        output_mtok=tiered("10", (200_000, "15")),
        cache_read_mtok=tiered("0.125", (200_000, "0.25")),
    )
)


def test_cached_tokens_are_not_billed_twice() -> None:
    # 600 fresh * $3/M + 400 cached * $0.30/M = $0.0018 + $0.00012; twice would be $0.00312.
    used = cost(CACHING, {"input_tokens": 1000, "cache_read_tokens": 400})
    assert used.amount == Decimal("0.00192")


def test_cached_tokens_have_their_discount() -> None:
    # 1000 * $0.30/M, and nothing of the full $3/M.
    used = cost(CACHING, {"input_tokens": 1000, "cache_read_tokens": 1000})
    assert used.amount == Decimal("0.0003")


def test_past_the_threshold_the_whole_request_is_at_the_long_context_rate() -> None:
    # 200,001 * $2.50/M + 1000 * $15/M = $0.5000025 + $0.015
    used = cost(LONG, {"input_tokens": 200_001, "output_tokens": 1000})
    assert used.amount == Decimal("0.5150025")


def test_at_the_threshold_the_request_is_at_the_base_rate() -> None:
    # 200,000 * $1.25/M + 1000 * $10/M = $0.25 + $0.01
    used = cost(LONG, {"input_tokens": 200_000, "output_tokens": 1000})
    assert used.amount == Decimal("0.26")


def test_cached_tokens_count_towards_the_threshold() -> None:
    # 1 fresh * $2.50/M + 200,000 cached * $0.25/M = $0.0000025 + $0.05
    used = cost(LONG, {"input_tokens": 200_001, "cache_read_tokens": 200_000})
    assert used.amount == Decimal("0.0500025")


def test_an_unknown_model_has_no_cost_rather_than_none_to_pay() -> None:
    used = cost_of(PLAIN.price("acme", "nut", NOON), {"input_tokens": 1000})
    assert (used.amount, used.status) == (None, CostStatus.UNPRICED)


@pytest.mark.parametrize(
    ("at", "amount"),
    [
        (datetime(2025, 6, 9, 23, 59, 59, 999999, tzinfo=UTC), "0.01"),  # 1000 * $10/M
        (datetime(2025, 6, 10, tzinfo=UTC), "0.002"),  # 1000 * $2/M
        (NOON, "0.002"),
    ],
)
def test_an_earlier_event_is_at_the_price_of_its_day(at: datetime, amount: str) -> None:
    dated = catalogue(
        [
            ConditionalPrice(prices=usd(input_mtok="10")),
            ConditionalPrice(StartDateConstraint(date(2025, 6, 10)), prices=usd(input_mtok="2")),
        ]
    )
    assert cost(dated, {"input_tokens": 1000}, at).amount == Decimal(amount)


def test_cache_writes_for_an_hour_are_not_at_the_rate_for_five_minutes() -> None:
    # 100 for 5 minutes * $3.75/M + 200 for an hour * $6/M = $0.000375 + $0.0012
    writes = {"cache_write_5m_tokens": 100, "cache_write_1h_tokens": 200}
    used = cost(CACHING, {"input_tokens": 300, "cache_write_tokens": 300, **writes})
    assert used.amount == Decimal("0.001575")


def test_a_batch_is_at_half_price_where_that_is_its_rate() -> None:
    # 1000 * $1.25/M + 100 * $5/M = $0.00125 + $0.0005
    batch = PriceVariant({"processing": "batch"}, usd(input_mtok="1.25", output_mtok="5"))
    prices = catalogue(usd(input_mtok="2.50", output_mtok="10"), [batch])
    used = cost(prices, {"input_tokens": 1000, "output_tokens": 100}, processing="batch")
    assert used.amount == Decimal("0.00175")


def test_reasoning_tokens_are_not_counted_twice() -> None:
    # 500 * $10/M, of which 300 were reasoning; twice would be $0.008.
    used = cost(PLAIN, {"output_tokens": 500, "output_reasoning_tokens": 300})
    assert used.amount == Decimal("0.005")


def test_audio_tokens_are_not_at_the_price_of_text() -> None:
    # 20 text * $2.50/M + 80 audio * $40/M = $0.00005 + $0.0032
    spoken = catalogue(usd(input_mtok="2.50", input_audio_mtok="40"))
    used = cost(spoken, {"input_tokens": 100, "input_audio_tokens": 80})
    assert used.amount == Decimal("0.00325")


@pytest.mark.parametrize(
    ("clock", "amount"),
    [
        (time(0, 29, 59), "0.000135"),  # 1000 * $0.135/M, off-peak
        (time(0, 30), "0.00027"),  # 1000 * $0.27/M
        (time(16, 29, 59), "0.00027"),
        (time(16, 30), "0.000135"),
    ],
)
def test_prices_follow_the_hour_of_the_day(clock: time, amount: str) -> None:
    day = TimeOfDateConstraint(time(0, 30, tzinfo=UTC), time(16, 30, tzinfo=UTC))
    deepseek = catalogue(
        [
            ConditionalPrice(prices=usd(input_mtok="0.135")),
            ConditionalPrice(day, prices=usd(input_mtok="0.27")),
        ]
    )
    at = datetime.combine(NOON, clock, UTC)
    assert cost(deepseek, {"input_tokens": 1000}, at).amount == Decimal(amount)


def test_a_fee_for_each_request_is_added() -> None:
    # 1000 * $1/M + $12/1000 requests = $0.001 + $0.012
    sonar = catalogue(usd(input_mtok="1", requests_kcount="12"))
    assert cost(sonar, {"input_tokens": 1000}).amount == Decimal("0.013")


def test_images_without_a_price_are_unknown() -> None:
    # 1000 * $2.50/M for the tokens, and nobody knows what for the images.
    used = cost(PLAIN, {"input_tokens": 1000, "images": 2})
    assert (used.amount, used.status) == (Decimal("0.0025"), CostStatus.PARTIAL)


def test_images_alone_without_a_price_are_unpriced() -> None:
    used = cost(PLAIN, {"images": 2})
    assert (used.amount, used.status) == (None, CostStatus.UNPRICED)
