"""What DeepSeek's models cost by date, hour and weekday, for a million tokens in and out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from genai_prices.data import providers as bundled_providers
from genai_prices.types import ConditionalPrice, ModelPrice

from models.cost import CostStatus
from pricing.catalogue import Catalogue
from pricing.corrections import corrected
from pricing.cost import cost_of
from pricing.schedule import model_schedule
from pricing.timeline import timeline
from tests.pricing.own_catalogue import usd

CATALOGUE = Catalogue.bundled()
MILLION = 1_000_000

AMOUNTS = [
    # No peak hours before 17 August 2026.
    ("deepseek-v4-flash", "2026-05-01T02:00", "0.42"),
    ("deepseek-v4-flash", "2026-05-01T12:00", "0.42"),
    ("deepseek-v4-flash", "2026-08-16T09:00", "0.42"),
    ("deepseek-v4-pro", "2026-05-01T02:00", "1.305"),
    ("deepseek-v4-pro", "2026-08-16T02:00", "1.305"),
    # Then they are dearer.
    ("deepseek-v4-flash", "2026-08-20T02:00", "1.76"),
    ("deepseek-v4-flash", "2026-08-20T04:00", "0.88"),
    ("deepseek-v4-flash", "2026-08-20T06:00", "1.76"),
    ("deepseek-v4-flash", "2026-08-20T10:00", "0.88"),
    ("deepseek-v4-flash", "2026-11-27T02:00", "1.5"),
    ("deepseek-v4-flash", "2026-11-27T05:00", "0.75"),
    ("deepseek-v4-pro", "2026-08-20T02:00", "5.28"),
    ("deepseek-v4-pro", "2026-11-27T00:00", "2.64"),
    # Weekends have no peak hours since 23 August 2026, a Sunday.
    ("deepseek-v4-flash", "2026-08-22T02:00", "1.76"),
    ("deepseek-v4-flash", "2026-08-23T02:00", "0.88"),
    ("deepseek-v4-flash", "2026-11-28T02:00", "0.75"),
    ("deepseek-flash", "2026-11-29T09:59", "0.75"),
    ("deepseek-flash", "2026-11-30T09:59", "1.5"),
    ("deepseek-v4-pro", "2026-11-28T07:00", "2.64"),
    # The names before V4: cheaper at night until September 2025, then one price.
    ("deepseek-chat", "2025-08-15T12:00", "1.37"),
    ("deepseek-chat", "2025-08-15T20:00", "0.685"),
    ("deepseek-chat", "2025-09-15T20:00", "2.24"),
    ("deepseek-chat", "2025-12-15T12:00", "0.7"),
    ("deepseek-chat", "2025-12-15T20:00", "0.7"),
    ("deepseek-chat", "2026-05-01T12:00", "0.42"),
    ("deepseek-reasoner", "2025-08-15T12:00", "2.74"),
    ("deepseek-reasoner", "2025-12-15T12:00", "0.7"),
    ("deepseek-reasoner", "2025-12-15T20:00", "0.7"),
]


def _amount(model: str, at: str, counts: dict[str, int]) -> Decimal | None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    used = cost_of(CATALOGUE.price("deepseek", model, moment), counts)
    return used.amount if used.status is CostStatus.PRICED else None


@pytest.mark.parametrize(("model", "at", "amount"), AMOUNTS)
def test_a_model_costs_what_it_did_at_that_hour(model: str, at: str, amount: str) -> None:
    counts = {"input_tokens": MILLION, "output_tokens": MILLION}
    assert _amount(model, at, counts) == Decimal(amount)


@pytest.mark.parametrize(
    ("model", "at", "amount"),
    [
        ("deepseek-chat", "2025-12-15T12:00", "0.028"),
        ("deepseek-v4-flash", "2026-08-20T02:00", "0.014"),
        ("deepseek-v4-pro", "2026-05-01T02:00", "0.003625"),
    ],
)
def test_cached_input_has_the_rate_of_that_hour(model: str, at: str, amount: str) -> None:
    counts = {"input_tokens": MILLION, "cache_read_tokens": MILLION}
    assert _amount(model, at, counts) == Decimal(amount)


def test_another_provider_with_hours_has_them_at_weekends_too() -> None:
    (seller,) = [each for each in bundled_providers if each.id == "deepseek"]
    (model,) = [each for each in seller.models if each.id == "deepseek-flash"]
    prices = timeline("acme", "bolt", model_schedule(model, variants=True))
    saturday = prices.at(datetime(2026, 11, 28, 2, tzinfo=UTC))
    assert saturday == prices.at(datetime(2026, 11, 27, 2, tzinfo=UTC))


def test_prices_that_are_new_in_the_catalogue_hold() -> None:
    (seller,) = [each for each in bundled_providers if each.id == "deepseek"]
    (model,) = [each for each in seller.models if each.id == "deepseek-v4-pro"]
    assert not isinstance(model.prices, ModelPrice)
    fresh = replace(
        model, prices=[*model.prices, ConditionalPrice(None, prices=usd(input_mtok="9"))]
    )
    (after,) = corrected([replace(seller, models=[fresh])])
    assert after.models == [fresh]
