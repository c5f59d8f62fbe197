"""A price's id is a hash of what it says, and the same in every version of the program."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from models.price import Price, PriceSource, Rate, new_price

START = datetime(2026, 1, 1, tzinfo=UTC)


def _price(**terms: str) -> Price:
    rates = [
        Rate("input_tokens", Decimal("2.50"), 1_000_000),
        Rate("input_tokens", Decimal(5), 1_000_000, 200_000, "batch", "flex", "fast"),
        Rate("output_tokens", Decimal(10), 1_000_000, **terms),
    ]
    return new_price("acme", "bolt", PriceSource.CATALOGUE, rates, effective_from=START)


def test_prices_that_were_kept_before_rates_told_regions_keep_their_ids() -> None:
    assert _price().id == "price_47f8c474f703be2b83c532c8d9951c4a"


def test_the_region_and_the_size_of_a_searchs_context_make_another_price() -> None:
    ids = {_price(region="us").id, _price(search_context_size="us").id, _price().id}
    assert len(ids) == 3
