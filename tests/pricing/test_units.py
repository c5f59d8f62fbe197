"""Units and what contains what, from genai-prices' registry and our own additions."""

from __future__ import annotations

import pytest
from genai_prices.data_units import unit_data

from pricing.units import TYPED_UNITS, UNITS, cross, depth, joint, order, wholes


def test_every_unit_of_genai_prices_is_known_by_its_name() -> None:
    assert unit_data.keys() <= UNITS.keys()


def test_images_are_a_unit_although_genai_prices_has_none() -> None:
    assert UNITS.keys() - unit_data.keys() == {"images"}


def test_every_unit_with_a_field_is_known() -> None:
    assert set(TYPED_UNITS) <= UNITS.keys()


@pytest.mark.parametrize(
    ("part", "containing"),
    [
        ("input_tokens", set()),
        ("cache_read_tokens", {"input_tokens"}),
        ("cache_write_1h_tokens", {"input_tokens", "cache_write_tokens"}),
        (
            "cache_audio_read_tokens",
            {"input_tokens", "cache_read_tokens", "input_audio_tokens"},
        ),
        ("output_reasoning_tokens", {"output_tokens"}),
        ("input_audio_seconds", {"audio_seconds"}),
        ("images", set()),
        ("pages_scanned", set()),
    ],
)
def test_a_unit_is_part_of_those_that_contain_it(part: str, containing: set[str]) -> None:
    assert wholes(part) == containing


@pytest.mark.parametrize(
    ("one", "other", "crossing"),
    [
        ("cache_read_tokens", "input_audio_tokens", True),
        ("cache_read_tokens", "input_tokens", False),  # a part and its whole
        ("cache_read_tokens", "cache_write_tokens", False),  # no token is both
        ("cache_read_tokens", "output_audio_tokens", False),
        ("input_tokens", "pages_scanned", False),
    ],
)
def test_units_cross_where_one_token_may_be_of_both(one: str, other: str, crossing: bool) -> None:
    assert (cross(one, other), cross(other, one)) == (crossing, crossing)


def test_what_is_of_two_units_is_a_unit_too() -> None:
    assert joint("cache_read_tokens", "input_audio_tokens") == "cache_audio_read_tokens"


def test_a_part_has_more_depth_than_its_whole() -> None:
    assert all(depth(whole) < depth(part) for part in UNITS for whole in wholes(part))


def test_units_come_in_the_order_of_their_fields_then_custom_ones_by_name() -> None:
    shuffled = ["zebras", "output_tokens", "apples", "web_searches", "input_tokens"]
    assert sorted(shuffled, key=order) == [
        "input_tokens",
        "output_tokens",
        "web_searches",
        "apples",
        "zebras",
    ]
