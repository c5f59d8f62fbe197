"""What cannot have been used is refused at the door, never clipped."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pricing.usage import (
    INVALID_COUNT,
    PART_OVER_WHOLE,
    PART_WITHOUT_WHOLE,
    UNKNOWN_UNIT,
    InvalidUsage,
    check_quantities,
)

REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"input_tokens": -1}, INVALID_COUNT, "input_tokens"),
    ({"input_tokens": Decimal("NaN")}, INVALID_COUNT, "input_tokens"),
    ({"input_tokens": 10**40}, INVALID_COUNT, "input_tokens"),
    ({"input_tokens": True}, INVALID_COUNT, "input_tokens"),
    ({"input_tokens": 1.5}, INVALID_COUNT, "input_tokens"),
    ({"audio_seconds": Decimal("1e-25")}, INVALID_COUNT, "audio_seconds"),
    ({"tokens": 5}, UNKNOWN_UNIT, "tokens"),
    ({"cache_read_tokens": 5}, PART_WITHOUT_WHOLE, "cache_read_tokens"),
    ({"input_tokens": 5, "cache_write_1h_tokens": 5}, PART_WITHOUT_WHOLE, "cache_write_1h_tokens"),
    ({"input_tokens": 5, "cache_read_tokens": 6}, PART_OVER_WHOLE, "cache_read_tokens"),
    (
        {"output_tokens": 5, "output_reasoning_tokens": 6},
        PART_OVER_WHOLE,
        "output_reasoning_tokens",
    ),
    (
        {"input_tokens": 5, "cache_read_tokens": 3, "cache_write_tokens": 3},
        PART_OVER_WHOLE,
        "cache_read_tokens",
    ),
    (
        {"audio_seconds": Decimal("1.5"), "input_audio_seconds": Decimal("1.6")},
        PART_OVER_WHOLE,
        "input_audio_seconds",
    ),
]


@pytest.mark.parametrize(("quantities", "code", "unit"), REFUSED)
def test_impossible_usage_is_refused(quantities: dict[str, Any], code: str, unit: str) -> None:
    with pytest.raises(InvalidUsage) as refused:
        check_quantities(quantities)
    assert (refused.value.code, refused.value.unit) == (code, unit)


POSSIBLE: list[dict[str, int | Decimal]] = [
    {},
    {"input_tokens": 0},
    {"input_tokens": 5, "cache_read_tokens": 5},
    {"input_tokens": 5, "cache_read_tokens": 2, "cache_write_tokens": 3},
    # Cached audio is in both: together they may be over the whole.
    {"input_tokens": 5, "cache_read_tokens": 4, "input_audio_tokens": 4},
    {"cache_read_tokens": 0},  # nothing is part of anything
    {"audio_seconds": Decimal("12.345")},
    {"images": 2},
]


@pytest.mark.parametrize("quantities", POSSIBLE)
def test_possible_usage_passes(quantities: dict[str, int | Decimal]) -> None:
    check_quantities(quantities)


def test_an_unknown_unit_is_answered_with_one_that_is_called_alike() -> None:
    with pytest.raises(InvalidUsage, match="did you mean input_tokens"):
        check_quantities({"input_token": 5})


def test_a_part_over_its_whole_is_answered_with_both_numbers() -> None:
    with pytest.raises(InvalidUsage, match=r"cache_read_tokens \(6\) is over input_tokens \(5\)"):
        check_quantities({"input_tokens": 5, "cache_read_tokens": 6})
