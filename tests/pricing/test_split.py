"""Reported units, parts beside their wholes, come apart into shares that do not overlap."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from pricing.split import split
from pricing.units import UNITS, depth, order, wholes


def _shares(counts: Mapping[str, int], rated: set[str] | None = None) -> dict[str, int]:
    parted = split(counts, counts.keys() if rated is None else rated)
    return {
        share.unit: counts[share.unit]
        - sum(counts[name] for name in share.minus)
        + sum(counts[name] for name in share.plus)
        for share in parted.shares
    }


def test_a_whole_is_left_without_its_parts() -> None:
    assert _shares({"input_tokens": 100, "cache_read_tokens": 40}) == {
        "input_tokens": 60,
        "cache_read_tokens": 40,
    }


def test_a_part_of_a_part_is_taken_off_once() -> None:
    counts = {"input_tokens": 100, "cache_write_tokens": 40, "cache_write_1h_tokens": 10}
    assert _shares(counts) == {
        "input_tokens": 60,
        "cache_write_tokens": 30,
        "cache_write_1h_tokens": 10,
    }


def test_what_two_parts_share_is_taken_off_once_where_it_is_reported() -> None:
    counts = {
        "input_tokens": 100,
        "cache_read_tokens": 40,
        "input_audio_tokens": 30,
        "cache_audio_read_tokens": 10,
    }
    assert _shares(counts) == {
        "input_tokens": 40,
        "cache_read_tokens": 30,
        "input_audio_tokens": 20,
        "cache_audio_read_tokens": 10,
    }


def test_of_parts_that_cannot_be_told_apart_the_one_without_a_rate_stays_in_its_whole() -> None:
    counts = {"input_tokens": 100, "cache_read_tokens": 40, "input_text_tokens": 100}
    shares = _shares(counts, {"input_tokens", "cache_read_tokens"})
    assert shares == {"input_tokens": 60, "cache_read_tokens": 40}


def test_parts_with_rates_that_cannot_be_told_apart_are_mixed_in_their_whole() -> None:
    counts = {"input_tokens": 100, "cache_read_tokens": 40, "input_audio_tokens": 30}
    parted = split(counts, counts.keys())
    assert ([share.unit for share in parted.shares], parted.mixed) == (
        ["input_tokens"],
        {"input_tokens"},
    )


def test_custom_units_stand_for_themselves() -> None:
    assert _shares({"pages_scanned": 7}) == {"pages_scanned": 7}


def test_parts_are_taken_off_in_the_order_of_units_in_every_process() -> None:
    parts = sorted((unit for unit in UNITS if "input_tokens" in wholes(unit)), key=order)
    plain = [unit for unit in parts if depth(unit) == depth("cache_read_tokens")]
    (share,) = (each for each in split(UNITS, ()).shares if each.unit == "input_tokens")
    assert [unit for unit in share.minus if unit in plain] == plain


@given(st.dictionaries(st.sampled_from(sorted(UNITS)), st.integers(1, 10**6), max_size=5))
def test_shares_add_up_to_the_wholes(leaves: dict[str, int]) -> None:
    counts: dict[str, int] = {}
    for leaf, count in leaves.items():
        for unit in (leaf, *wholes(leaf)):
            counts[unit] = counts.get(unit, 0) + count
    outermost = sum(count for unit, count in counts.items() if not wholes(unit))
    assert sum(_shares(counts).values()) == outermost
