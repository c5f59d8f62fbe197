"""Every model of the catalogue, whatever was used and however it was run, beside genai-prices.

The amount is genai-prices' to the digit. The status is ours, by the contract: genai-prices takes
what has no rate for free. Where a division never ends (USD an hour, for seconds) each line is
rounded once, at 28 digits; genai-prices is asked with 300.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from genai_prices.types import (
    ClauseEquals,
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    Provider,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.cost import CostStatus
from pricing.catalogue import Catalogue
from pricing.cost import Cost, cost_of
from pricing.units import IMAGES, REQUESTS, UNIT_BY_PRICE_KEY, UNITS, wholes
from tests.pricing.oracle import PROVIDERS, their_model_price

# Each model under its id alone: how names are matched is told by other tests.
BY_ID = [
    replace(each, models=[replace(model, match=ClauseEquals(model.id)) for model in each.models])
    for each in PROVIDERS.values()
]
MODELS = [(provider, model) for provider in BY_ID for model in provider.models]
CATALOGUE = Catalogue(BY_ID)
LEAVES = [unit for unit in UNITS if unit not in {IMAGES, REQUESTS}]
WORDS = {
    "processing": ["batch", "flex"],
    "service_tier": ["default", "standard", "flex", "priority", "fast", "batch"],
    "speed": ["fast"],
}
PLAIN = dict.fromkeys(WORDS)
FIRST = datetime(2023, 1, 1, tzinfo=UTC)
TODAY = datetime(2026, 11, 24, 12, tzinfo=UTC)
Context = Mapping[str, str | None]
Counts = dict[str, int | Decimal]


@dataclass(frozen=True)
class Call:
    """A model was called. `leaves` do not overlap; they are reported within their wholes."""

    provider: Provider
    model: ModelInfo
    at: datetime
    context: Context
    leaves: Counts

    @property
    def counts(self) -> Counts:
        counts: Counts = {}
        for leaf, count in self.leaves.items():
            for unit in (leaf, *wholes(leaf)):
                counts[unit] = counts.get(unit, 0) + count
        return counts

    def cost(self) -> Cost:
        price = CATALOGUE.price(self.provider.id, self.model.id, self.at)
        return cost_of(price, self.counts, **self.context)

    def theirs(self) -> Decimal:
        return their_model_price(self.provider, self.model, self.counts, self.at, **self.context)

    def status(self) -> CostStatus:
        """By the contract, from the rates that genai-prices has for such a call."""
        rates = self.model.get_prices(self.at, {k: v for k, v in self.context.items() if v})
        rated = {
            UNIT_BY_PRICE_KEY[key].name for key, value in vars(rates).items() if value is not None
        }
        known = [bool(rated & {unit, *wholes(unit)}) for unit in self.leaves if self.leaves[unit]]
        if not rated or not (any(known) or not known or REQUESTS in rated):
            return CostStatus.UNPRICED
        return CostStatus.PRICED if all(known) else CostStatus.PARTIAL


def check(call: Call) -> None:
    ours = call.cost()
    try:
        theirs = call.theirs()
    except ValueError:
        # genai-prices refuses what it cannot tell apart; then we must not know it in full.
        assert ours.status in {CostStatus.PARTIAL, CostStatus.UNPRICED}
        return
    assert ours.status is call.status()
    if ours.amount is None:
        assert theirs == 0
    elif any("seconds" in line.unit for line in ours.lines):
        assert abs(ours.amount - theirs) <= abs(theirs) * Decimal("1e-27")
    else:
        assert ours.amount == theirs


@st.composite
def calls(draw: st.DrawFn) -> Call:
    provider, model = draw(st.sampled_from(MODELS))
    context = {key: draw(st.none() | st.sampled_from(words)) for key, words in WORDS.items()}
    edges = sorted({edge + step for edge in _thresholds(model) for step in (-1, 0, 1)})
    sizes = st.integers(0, 10**6) | st.integers(0, 10**15) | st.sampled_from([0, 1, *edges])
    leaves: Counts = {}
    for unit in draw(st.lists(st.sampled_from(LEAVES), max_size=5, unique=True)):
        leaves[unit] = draw(sizes)
        if "seconds" in unit:
            leaves[unit] = draw(st.decimals(0, 10**5, places=3))
    for unit in ("input_tokens", "output_tokens"):
        if draw(st.booleans()):
            leaves[unit] = draw(sizes)
    return Call(provider, model, draw(st.sampled_from(_moments(model)) | MOMENTS), context, leaves)


MOMENTS = st.timedeltas(timedelta(0), timedelta(days=1_600)).map(lambda after: FIRST + after)


def _prices(model: ModelInfo) -> Iterator[ModelPrice | PriceVariant | ConditionalPrice]:
    yield from [model.prices] if isinstance(model.prices, ModelPrice) else model.prices
    yield from model.price_variants or ()


def _thresholds(model: ModelInfo) -> set[int]:
    return {
        tier.start
        for each in _prices(model)
        for price in vars(each if isinstance(each, ModelPrice) else each.prices).values()
        if isinstance(price, TieredPrices)
        for tier in price.tiers
    }


def _moments(model: ModelInfo) -> list[datetime]:
    """The moments at which the model's prices may change, and just before."""
    moments = {TODAY}
    for each in _prices(model):
        constraint = None if isinstance(each, ModelPrice) else each.constraint
        if isinstance(constraint, StartDateConstraint):
            moments.add(datetime.combine(constraint.start_date, time(), UTC))
        elif isinstance(constraint, TimeOfDateConstraint):
            edges = (constraint.start_time, constraint.end_time)
            moments.update(datetime.combine(TODAY, edge) for edge in edges)
    return sorted(moments | {moment - timedelta(microseconds=1) for moment in moments})


def _contexts(model: ModelInfo) -> list[Context]:
    """A plain call, and one of each kind that has prices of its own."""
    kinds = [each.when for each in model.price_variants or () if each.when.keys() <= PLAIN.keys()]
    return [PLAIN, *({**PLAIN, **kind} for kind in kinds)]


USAGES: list[Counts] = [
    {"input_tokens": 1_000, "output_tokens": 333},
    {
        "input_tokens": 300_001,
        "cache_read_tokens": 70_001,
        "cache_write_5m_tokens": 5_003,
        "cache_write_1h_tokens": 7_001,
        "output_tokens": 10_007,
        "output_reasoning_tokens": 1_009,
        "web_searches": 3,
    },
    {
        "input_text_tokens": 11,
        "input_audio_tokens": 13,
        "input_image_tokens": 17,
        "cache_audio_read_tokens": 19,
        "output_audio_tokens": 23,
        "audio_seconds": Decimal("29.5"),
        "input_characters": 31,
        "input_document_pages": 37,
    },
]


@pytest.mark.parametrize("provider", BY_ID, ids=PROVIDERS)
def test_all_models_cost_what_genai_prices_makes_of_them(provider: Provider) -> None:
    for model in provider.models:
        for at in _moments(model):
            for context in _contexts(model):
                for leaves in USAGES:
                    check(Call(provider, model, at, context, leaves))


@settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls())
def test_any_call_costs_what_genai_prices_makes_of_it(call: Call) -> None:
    check(call)


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls())
def test_any_of_very_many_calls_costs_what_genai_prices_makes_of_it(call: Call) -> None:
    check(call)
