"""Costs and their lines: what is known, what is not, and every digit of it."""

from __future__ import annotations

from datetime import timedelta, timezone
from decimal import Decimal, localcontext

import pytest
from genai_prices.types import PriceVariant

from models.cost import CostStatus
from models.price import PriceSource, Rate, new_price
from pricing.cost import Cost, cost_of, supplied_cost
from tests.pricing.own_catalogue import CACHING, NOON, PLAIN, catalogue, cost, usd


def _lines(used: Cost) -> dict[str, tuple[Decimal, Decimal | None]]:
    return {line.unit: (line.quantity, line.amount) for line in used.lines}


def test_a_part_without_a_rate_costs_what_its_whole_costs() -> None:
    # All 1000 * $2.50/M: there is no rate for cached ones.
    used = cost(PLAIN, {"input_tokens": 1000, "cache_read_tokens": 400})
    assert (used.amount, used.status) == (Decimal("0.0025"), CostStatus.PRICED)


def test_a_part_of_a_part_costs_what_the_nearest_whole_costs() -> None:
    # 100 * $3.75/M: writing for 5 minutes has no rate of its own here, writing has.
    counts = {"input_tokens": 100, "cache_write_tokens": 100, "cache_write_5m_tokens": 100}
    assert cost(CACHING, counts).amount == Decimal("0.000375")


def test_a_unit_without_any_rate_makes_the_cost_partial() -> None:
    used = cost(PLAIN, {"input_tokens": 1000, "web_searches": 3})
    assert (used.amount, used.status) == (Decimal("0.0025"), CostStatus.PARTIAL)


def test_a_unit_without_any_rate_has_a_line_without_an_amount() -> None:
    used = cost(PLAIN, {"input_tokens": 1000, "web_searches": 3})
    assert _lines(used)["web_searches"] == (Decimal(3), None)


def test_a_unit_of_which_nothing_was_used_makes_nothing_partial() -> None:
    used = cost(PLAIN, {"input_tokens": 1000, "web_searches": 0})
    assert used.status is CostStatus.PRICED


def test_nothing_used_of_a_known_model_costs_nothing() -> None:
    used = cost(PLAIN, {"input_tokens": 0, "output_tokens": 0})
    assert (used.amount, used.status) == (Decimal(0), CostStatus.PRICED)


def test_a_rate_of_nought_is_a_price() -> None:
    used = cost(catalogue(usd(input_mtok="0")), {"input_tokens": 1000})
    assert (used.amount, used.status) == (Decimal(0), CostStatus.PRICED)


def test_a_supplied_cost_is_taken_as_it_is() -> None:
    used = supplied_cost(Decimal("0.123456789"))
    assert (used.amount, used.status, used.lines) == (
        Decimal("0.123456789"),
        CostStatus.SUPPLIED,
        (),
    )


def test_the_price_that_was_applied_goes_with_the_cost() -> None:
    assert cost(PLAIN, {"input_tokens": 1}).price == PLAIN.price("acme", "bolt", NOON)


def test_an_unpriced_cost_has_no_price() -> None:
    assert cost(PLAIN, {"images": 2}).price is None


def test_lines_do_not_overlap() -> None:
    used = cost(CACHING, {"input_tokens": 1000, "cache_read_tokens": 400, "output_tokens": 10})
    assert {unit: quantity for unit, (quantity, _) in _lines(used).items()} == {
        "input_tokens": Decimal(600),
        "cache_read_tokens": Decimal(400),
        "output_tokens": Decimal(10),
    }


def test_a_line_says_what_one_unit_costs() -> None:
    (line,) = cost(PLAIN, {"input_tokens": 1000}).lines
    assert line.unit_price == Decimal("0.0000025")


def test_an_unpriced_model_has_lines_for_all_that_was_used() -> None:
    used = cost_of(None, {"input_tokens": 1000, "web_searches": 2})
    assert _lines(used) == {
        "input_tokens": (Decimal(1000), None),
        "web_searches": (Decimal(2), None),
    }


def test_a_fee_has_a_line_of_its_own() -> None:
    sonar = catalogue(usd(input_mtok="1", requests_kcount="12"))
    assert _lines(cost(sonar, {"input_tokens": 1}))["requests"] == (Decimal(1), Decimal("0.012"))


VARIED = catalogue(
    usd(input_mtok="10", output_mtok="10"),
    [
        PriceVariant({"service_tier": "flex"}, usd(input_mtok="5")),
        PriceVariant({"service_tier": "priority"}, usd(input_mtok="20", output_mtok="20")),
        PriceVariant({"speed": "fast"}, usd(input_mtok="60", output_mtok="60")),
        PriceVariant({"processing": "batch"}, usd(input_mtok="1", output_mtok="1")),
    ],
)


@pytest.mark.parametrize(
    ("context", "amount"),
    [
        ({}, "20"),
        ({"service_tier": "default"}, "20"),
        ({"service_tier": "priority"}, "40"),
        ({"service_tier": "flex"}, "15"),  # its input alone has a rate of its own
        ({"speed": "fast"}, "120"),
        ({"processing": "batch"}, "2"),
        ({"processing": "stream"}, "20"),
        # Of several that fit, the first holds, unit by unit.
        ({"service_tier": "flex", "processing": "batch"}, "6"),
        # Words hold for their own kind alone.
        ({"service_tier": "batch"}, "20"),
    ],
)
def test_a_call_is_at_the_rates_of_how_it_was_run(context: dict[str, str], amount: str) -> None:
    million = {"input_tokens": 1_000_000, "output_tokens": 1_000_000}
    assert cost(VARIED, million, **context).amount == Decimal(amount)


def test_a_custom_unit_has_the_price_that_was_set_for_it() -> None:
    # 7 pages * $15 / 100 pages
    price = new_price(None, None, PriceSource.OVERRIDE, [Rate("pages_scanned", Decimal("15"), 100)])
    assert cost_of(price, {"pages_scanned": Decimal(7)}).amount == Decimal("1.05")


def test_images_have_the_price_that_was_set_for_them() -> None:
    price = new_price("acme", "bolt", PriceSource.OVERRIDE, [Rate("images", Decimal("0.04"), 1)])
    assert cost_of(price, {"images": 3}).amount == Decimal("0.12")


def test_images_are_paid_by_the_image_tokens_that_were_reported() -> None:
    # 1056 * $40/M, and no line for the image itself.
    painted = catalogue(usd(input_mtok="5", output_mtok="10", output_image_mtok="40"))
    counts = {"output_tokens": 1056, "output_image_tokens": 1056, "images": 1}
    used = cost(painted, counts)
    assert (used.amount, used.status) == (Decimal("0.04224"), CostStatus.PRICED)


def test_no_digit_is_lost_however_large_the_count() -> None:
    # 9,223,372,036,854,775,807 * $2.50 / 1,000,000
    used = cost(PLAIN, {"input_tokens": 2**63 - 1})
    assert used.amount == Decimal("23058430092136.9395175")


def test_the_process_precision_changes_nothing() -> None:
    with localcontext(prec=3):
        used = cost(PLAIN, {"input_tokens": 123_456_789})
    assert used.amount == Decimal("308.6419725")


def test_nor_does_it_where_counts_have_fractions() -> None:
    # (1000.125 - 400.0625) s of output * $3.6 / 3600 s + 400.0625 s of input * $7.2 / 3600 s
    heard = catalogue(usd(audio_hours="3.6", input_audio_hours="7.2"))
    counts = {"audio_seconds": Decimal("1000.125"), "input_audio_seconds": Decimal("400.0625")}
    with localcontext(prec=3):
        used = cost(heard, counts)
    assert used.amount == Decimal("1.4001875")


def test_a_quotient_without_end_is_rounded_once_at_28_digits() -> None:
    # 1 s * $0.37 / 3600 s
    spoken = catalogue(usd(audio_hours="0.37"))
    used = cost(spoken, {"audio_seconds": 1})
    assert used.amount == Decimal("0.0001027777777777777777777777778")


def test_seconds_that_come_out_even_are_exact() -> None:
    # 1800 s * $0.37 / 3600 s
    spoken = catalogue(usd(audio_hours="0.37"))
    assert cost(spoken, {"audio_seconds": 1800}).amount == Decimal("0.185")


def test_a_moment_told_in_another_zone_has_the_same_cost() -> None:
    east = NOON.astimezone(timezone(timedelta(hours=14)))
    assert cost(PLAIN, {"input_tokens": 1}, east) == cost(PLAIN, {"input_tokens": 1}, NOON)
