"""Why a cost is not known in full: a computed one is PRICED if and only if it has no reasons."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from genai_prices.types import PriceVariant
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cost import CostReason, CostReasonCode, CostStatus
from models.price import PriceSource, Rate, new_price
from pricing.catalogue import Catalogue
from pricing.cost import Cost, cost_of, doubtful_cost, joined_cost
from tests.pricing.own_catalogue import CACHING, NOON, PLAIN, catalogue, cost, tiered, usd

MILLION = {"input_tokens": 1_000_000, "output_tokens": 1_000_000}
TIERS = catalogue(
    usd(input_mtok=tiered("5", (272_000, "10")), output_mtok="30"),
    [
        PriceVariant({"service_tier": "priority"}, usd(input_mtok="12.5", output_mtok="75")),
        PriceVariant({"processing": "batch", "region": "us"}, usd(input_mtok="2.75")),
        PriceVariant({"processing": "batch"}, usd(input_mtok="2.5")),
    ],
)
SPEAKING = catalogue(usd(input_mtok="2", output_mtok="8", input_audio_mtok="40"))
GOOGLE = catalogue(usd(input_mtok="2", output_mtok="8"), provider="google")
SONAR = catalogue(usd(input_mtok="1", requests_kcount="12"))
BY_REQUEST = catalogue(usd(requests_kcount="12"))


def _reason(code: str, subject: str | None = None) -> CostReason:
    return CostReason(CostReasonCode(code), subject)


REASONS: list[tuple[Catalogue, Mapping[str, int], Mapping[str, str], CostReason]] = [
    (PLAIN, {}, {}, _reason("NO_USAGE")),
    (SONAR, {}, {}, _reason("NO_USAGE")),
    (PLAIN, {"input_tokens": 1, "web_searches": 1}, {}, _reason("NO_RATE", "web_searches")),
    (PLAIN, {"images": 1}, {}, _reason("NO_RATE", "images")),
    (
        catalogue(usd(input_mtok="1", cache_read_mtok="0.1", input_audio_mtok="7")),
        {"input_tokens": 9, "cache_read_tokens": 2, "input_audio_tokens": 2},
        {},
        _reason("MIXED_UNITS", "input_tokens"),
    ),
    (
        PLAIN,
        {"output_tokens": 9, "output_audio_tokens": 9},
        {},
        _reason("NO_RATE", "output_audio_tokens"),
    ),
    (
        PLAIN,
        {"input_tokens": 9, "input_audio_tokens": 9},
        {},
        _reason("NO_RATE", "input_audio_tokens"),
    ),
    (
        PLAIN,
        {"output_tokens": 9, "output_image_tokens": 9},
        {},
        _reason("NO_RATE", "output_image_tokens"),
    ),
    # Which of the cached tokens are audio was not told.
    (
        CACHING,
        {"input_tokens": 9, "cache_read_tokens": 3, "input_audio_tokens": 3},
        {},
        _reason("NO_RATE", "input_audio_tokens"),
    ),
    (PLAIN, MILLION, {"service_tier": "flex"}, _reason("NO_CONTEXT_RATE", "flex")),
    (PLAIN, MILLION, {"processing": "batch"}, _reason("NO_CONTEXT_RATE", "batch")),
    (PLAIN, MILLION, {"speed": "fast"}, _reason("NO_CONTEXT_RATE", "fast")),
    (PLAIN, MILLION, {"region": "us"}, _reason("NO_CONTEXT_RATE", "us")),
    (TIERS, MILLION, {"region": "us"}, _reason("NO_CONTEXT_RATE", "us")),
    (TIERS, MILLION, {"service_tier": "priority"}, _reason("NO_CONTEXT_RATE", "priority")),
    (
        TIERS,
        {"input_tokens": 1},
        {"service_tier": "priority", "processing": "batch"},
        _reason("NO_CONTEXT_RATE", "batch"),
    ),
    (
        PLAIN,
        {"input_tokens": 1, "cache_read_tokens": 2},
        {},
        _reason("CONTRADICTION", "input_tokens"),
    ),
]


@pytest.mark.parametrize(("prices", "counts", "context", "reason"), REASONS)
def test_what_is_not_known_has_its_reason(
    prices: Catalogue, counts: Mapping[str, int], context: Mapping[str, str], reason: CostReason
) -> None:
    used = cost_of(prices.price("acme", "bolt", NOON), counts, **context)
    assert used.reasons == (reason,)
    assert used.status is not CostStatus.PRICED


def test_a_model_without_a_price_is_the_reason() -> None:
    assert cost_of(None, {"input_tokens": 1}).reasons == (_reason("NO_PRICE"),)


def test_usage_that_nobody_reported_has_no_cost() -> None:
    used = cost(PLAIN, {})
    assert (used.amount, used.status, used.price) == (None, CostStatus.UNPRICED, None)


def test_usage_that_was_reported_as_nought_costs_nothing_however_it_was_run() -> None:
    used = cost(PLAIN, {"input_tokens": 0, "output_tokens": 0}, service_tier="flex")
    assert (used.amount, used.status, used.reasons) == (Decimal(0), CostStatus.PRICED, ())


def test_a_request_alone_is_paid_for_where_nothing_else_has_a_rate() -> None:
    used = cost(BY_REQUEST, {})
    assert (used.amount, used.status) == (Decimal("0.012"), CostStatus.PRICED)


KNOWN: list[tuple[Catalogue, Mapping[str, int], Mapping[str, str]]] = [
    (PLAIN, MILLION, {"service_tier": "default"}),
    (PLAIN, MILLION, {"service_tier": "on_demand", "speed": "standard", "region": "global"}),
    (PLAIN, MILLION, {"region": "not_available"}),
    # No price here hangs on it: other providers take the same for all sizes.
    (PLAIN, MILLION, {"search_context_size": "high"}),
    (PLAIN, {"input_tokens": 9, "cache_read_tokens": 9, "output_tokens": 0}, {}),
    (PLAIN, {"output_tokens": 9, "output_reasoning_tokens": 9}, {}),
    (PLAIN, {"input_tokens": 9, "input_image_tokens": 4, "input_video_tokens": 5}, {}),
    (SPEAKING, {"input_tokens": 9, "input_audio_tokens": 9, "cache_audio_read_tokens": 3}, {}),
    (GOOGLE, {"input_tokens": 9, "input_audio_tokens": 9}, {}),
    (TIERS, {"input_tokens": 272_000}, {"service_tier": "priority"}),
    (TIERS, {"input_tokens": 9}, {"region": "us", "processing": "batch"}),
]


@pytest.mark.parametrize(("prices", "counts", "context"), KNOWN)
def test_what_is_known_has_no_reason(
    prices: Catalogue, counts: Mapping[str, int], context: Mapping[str, str]
) -> None:
    (seller,) = prices.providers
    used = cost_of(prices.price(seller.id, "bolt", NOON), counts, **context)
    assert (used.status, used.reasons) == (CostStatus.PRICED, ())


def test_a_way_without_rates_is_at_the_standard_ones() -> None:
    used = cost(PLAIN, MILLION, service_tier="flex")
    assert (used.amount, used.status) == (Decimal("12.5"), CostStatus.PARTIAL)


def test_a_long_request_is_not_at_a_tiers_rate_for_short_ones() -> None:
    # 1M * $10/M for long requests, since the tier has no rate for them; 1M * $75/M by the tier.
    used = cost(TIERS, MILLION, service_tier="priority")
    assert used.amount == Decimal(85)


def test_an_own_price_holds_however_a_call_was_run() -> None:
    own = new_price("acme", "bolt", PriceSource.OVERRIDE, [Rate("input_tokens", Decimal(1), 1)])
    used = cost_of(own, {"input_tokens": 2}, service_tier="flex", processing="batch")
    assert (used.amount, used.status) == (Decimal(2), CostStatus.PRICED)


def test_a_reason_is_given_once() -> None:
    used = cost(PLAIN, {"input_tokens": 1, "images": 1})
    again = _reason("NO_RATE", "images")
    assert doubtful_cost(joined_cost(used, used), [again]).reasons == (again,)


def test_usage_in_doubt_is_known_in_part_at_most() -> None:
    doubt = _reason("CONTRADICTION", "total_tokens")
    used = doubtful_cost(cost(PLAIN, MILLION), [doubt])
    assert (used.amount, used.status, used.reasons) == (
        Decimal("12.5"),
        CostStatus.PARTIAL,
        (doubt,),
    )


CATALOGUES = [PLAIN, CACHING, TIERS, SPEAKING, SONAR, BY_REQUEST]
UNITS = [
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "input_audio_tokens",
    "output_audio_tokens",
    "web_searches",
    "images",
    "requests",
    "pages",
]
WORDS = st.sampled_from([None, "batch", "flex", "priority", "us", "fast", "default", "low"])


@st.composite
def _costs(draw: st.DrawFn) -> Cost:
    prices = draw(st.sampled_from(CATALOGUES))
    price = draw(st.sampled_from([prices.price("acme", "bolt", NOON), None]))
    counts = draw(st.dictionaries(st.sampled_from(UNITS), st.integers(0, 500_000)))
    words = ("processing", "service_tier", "speed", "region", "search_context_size")
    return cost_of(price, counts, **{word: draw(WORDS) for word in words})


@settings(deadline=None)
@given(_costs(), _costs())
def test_a_cost_is_priced_if_and_only_if_it_has_no_reasons(one: Cost, other: Cost) -> None:
    for used in (one, other, joined_cost(one, other)):
        assert (used.status is CostStatus.PRICED) == (used.reasons == ())
        assert (used.status is CostStatus.UNPRICED) == (used.amount is None)
