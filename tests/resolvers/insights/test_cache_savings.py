"""How many tokens a hit rate of 50 % would move from plain input to cache reads."""

from __future__ import annotations

from decimal import Decimal

import pytest

from models.usage_sums import NOTHING, UsageSums
from resolvers.insights.cache_savings import moved_tokens
from resolvers.insights.comparison import Comparison
from resolvers.insights.model_usage import ModelUsage


@pytest.mark.parametrize(
    ("input_tokens", "read", "written", "moved"),
    [
        (1_000, 0, 0, "500"),
        (1_001, 100, 0, "400.5"),
        (1_000, 500, 0, "0"),
        (1_000, 900, 0, "0"),
        # No more than there is of plain input.
        (1_000, 100, 800, "100"),
        (1_000, 100, 900, "0"),
    ],
)
def test_half_of_the_input_lacks_so_many(
    input_tokens: int, read: int, written: int, moved: str
) -> None:
    known = UsageSums(
        events=1, input_tokens=input_tokens, cache_read_tokens=read, cache_write_tokens=written
    )
    model = ModelUsage("acme", "bolt", known, NOTHING, known)
    assert moved_tokens(Comparison(model, None, None)) == Decimal(moved)
