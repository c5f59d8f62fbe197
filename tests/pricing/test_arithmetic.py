"""Division is exact where its quotients end, and rounded at 28 digits where they do not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pricing.arithmetic import EXACT, ROUNDED, quotients


@pytest.mark.parametrize("divisor", [1, 2, 5, 8, 100, 1_000, 1_000_000])
def test_quotients_by_twos_and_fives_are_exact(divisor: int) -> None:
    assert quotients(divisor) is EXACT


@pytest.mark.parametrize("divisor", [3, 7, 60, 3_600])
def test_other_quotients_are_rounded(divisor: int) -> None:
    assert quotients(divisor) is ROUNDED


def test_the_longest_amounts_and_counts_lose_no_digit() -> None:
    longest = Decimal("9" * 80 + "." + "9" * 24)
    product = EXACT.multiply(longest, longest)
    assert EXACT.divide(product, longest) == longest
