"""Every model of the catalogue, whatever was used and however it was run, beside genai-prices.

Both reckon with the corrected prices.

The amount is genai-prices' to the digit. The status is ours, by the contract: genai-prices takes
what has no rate for free. Where a division never ends (USD an hour, for seconds) each line is
rounded once, at 28 digits; genai-prices is asked with 300.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
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
from pricing.rate_card import STANDARD_WORDS
from pricing.units import IMAGES, REQUESTS, UNIT_BY_PRICE_KEY, UNITS, depth, wholes
from tests.pricing.oracle import CORRECTED, for_size, their_model_price, with_free

# Each model under its id alone: how names are matched is told by other tests.
BY_ID = [
    replace(each, models=[replace(model, match=ClauseEquals(model.id)) for model in each.models])
    for each in CORRECTED.values()
]
MODELS = [(provider, model) for provider in BY_ID for model in provider.models]
CATALOGUE = Catalogue(BY_ID)
LEAVES = [unit for unit in UNITS if unit not in {IMAGES, REQUESTS}]
WORDS = {
    "processing": ["batch", "flex"],
    "service_tier": ["default", "standard", "flex", "priority", "fast", "batch"],
    "speed": ["fast"],
    "region": ["us", "global"],
    "search_context_size": ["low", "high"],
}
PLAIN = dict.fromkeys(WORDS)
FIRST = datetime(2023, 1, 1, tzinfo=UTC)
TODAY = datetime(2026, 11, 24, 12, tzinfo=UTC)
WEEKENDS = datetime(2026, 8, 23, tzinfo=UTC)
Context = Mapping[str, str | None]
Counts = dict[str, int | Decimal]


@dataclass(frozen=True, repr=False)
class Call:
    """A model was called. `leaves` do not overlap; they are reported within their wholes."""

    provider: Provider
    model: ModelInfo
    at: datetime
    context: Context
    leaves: Counts

    def __repr__(self) -> str:
        names = f"{self.provider.id} {self.model.id}"
        return f"<{names} at {self.at}, {self.context}, {self.leaves}>"

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

    def theirs(self, unknown: Collection[str] = ()) -> Decimal:
        """By the rates for requests of such a size, and without what is unknown."""
        model = for_size(self.model, self.counts.get("input_tokens", 0), self.at)
        model = with_free(model, {UNITS[unit].price_key for unit in unknown})
        seller = replace(self.provider, models=[model])
        counts = dict(self.counts)
        if self.provider.id == "google" and model.id.startswith(("gemini-1", "gemini-2")):
            # Grounding is billed by the request.
            counts["web_searches"] = min(1, counts.get("web_searches", 0))
        at = self.at
        if self.provider.id == "deepseek" and at >= WEEKENDS and at.weekday() >= 5:
            # Off peak all day.
            at = at.replace(hour=12)
        return their_model_price(seller, model, counts, at, **self.context)

    def is_refused(self) -> bool:
        """Whether genai-prices refuses it by the rates that there are."""
        try:
            self.theirs()
        except ValueError:
            return True
        return False

    def status(self) -> CostStatus:
        """By the contract, from the rates that genai-prices has for such a call."""
        rates = self.model.get_prices(self.at, _words(self.context))
        rated = _units(rates)
        used = [unit for unit, count in self.leaves.items() if count]
        known = [self._is_known(unit, rated) for unit in used]
        if not self.leaves and rated != {REQUESTS}:
            return CostStatus.UNPRICED
        if not rated or not (any(known) or not known or REQUESTS in rated):
            return CostStatus.UNPRICED
        if all(known) and not ((used or REQUESTS in rated) and self.lacks_words(used)):
            return CostStatus.PRICED
        return CostStatus.PARTIAL

    def _is_known(self, unit: str, rated: set[str]) -> bool:
        """Whether a unit has a rate; of what is dearer than text, one of its own kind."""
        found = {name for name in (unit, *wholes(unit)) if name in rated}
        if "tokens" in unit and not found and self._pays_by_time(unit, rated):
            return True
        if "tokens" not in unit or not _is_dearer(unit, self.provider.id):
            return bool(found)
        if self._pays_by_time(unit, rated):
            return True
        return any(UNITS[name].modality == UNITS[unit].modality for name in found)

    def paid_by_time(self) -> Iterator[str]:
        rated = _units(self.model.get_prices(self.at, _words(self.context)))
        for unit, count in self.leaves.items():
            if count and "tokens" in unit and self._pays_by_time(unit, rated):
                found = {name for name in (unit, *wholes(unit)) if name in rated}
                if all(UNITS[name].modality != "audio" for name in found):
                    yield unit

    def _pays_by_time(self, unit: str, rated: set[str]) -> bool:
        """Whether seconds that were counted pay for audio, or for all tokens."""
        is_meant = "audio" in unit or not any("tokens" in name for name in rated)
        return is_meant and any(
            "seconds" in name and count and rated & {name, *wholes(name)}
            for name, count in self.leaves.items()
        )

    def lacks_words(self, used: list[str]) -> bool:
        """Whether how the call was run has no rate, of the model or of a unit that was used."""
        told = _words(self.context)
        active = [
            (each, _units(each.prices))
            for each in self.model.price_variants or ()
            if each.constraint is None or each.constraint.active(self.at)
        ]
        fitting = [pair for pair in active if pair[0].when.items() <= told.items()]
        special = {key: word for key, word in told.items() if word not in STANDARD_WORDS}
        if not any("search_context_size" in each.when for each, _ in active):
            special.pop("search_context_size", None)
        known = {pair for each, _ in fitting for pair in each.when.items()}
        if special.items() - known:
            return True
        return any(self._lacks(unit, fitting) for unit in used)

    def _lacks(self, unit: str, fitting: list[tuple[PriceVariant, set[str]]]) -> bool:
        rated = _units(self.model.get_prices(self.at, _words(self.context)))
        owned = {name for name in (unit, *wholes(unit)) if name in rated}
        if not owned:
            return False
        own = max(owned, key=depth)
        having = [each for each, units in fitting if own in units]
        if not having:
            return False
        words = [_special(each) for each in having]
        if any(others - words[0] for others in words[1:]):
            return True
        key = UNITS[own].price_key
        flat = not isinstance(getattr(having[0].prices, key), TieredPrices)
        standard = getattr(self.model.get_prices(self.at), key)
        input_tokens = self.counts.get("input_tokens", 0)
        steps = standard.tiers if isinstance(standard, TieredPrices) else []
        return bool(words[0]) and flat and any(input_tokens > step.start for step in steps)


def _words(context: Context) -> dict[str, str]:
    return {key: word for key, word in context.items() if word}


def _units(prices: ModelPrice) -> set[str]:
    return {UNIT_BY_PRICE_KEY[key].name for key, value in vars(prices).items() if value is not None}


def _special(variant: PriceVariant) -> set[str]:
    return set(variant.when.values()) - STANDARD_WORDS


def _is_dearer(unit: str, provider: str) -> bool:
    modality = UNITS[unit].modality
    if unit.startswith("output"):
        return modality in {"audio", "image", "video"}
    return modality == "audio" and provider != "google"


def check(call: Call) -> None:
    ours = call.cost()
    unknown = {line.unit for line in ours.lines if line.amount is None}
    hidden = {reason.subject for reason in ours.reasons if reason.code == "NO_RATE"} - unknown
    try:
        theirs = call.theirs({*unknown, *(() if hidden else call.paid_by_time())})
    except ValueError:
        if not call.is_refused():
            # It is the rates of nought, put in for what is unknown or paid by time, that lack kin.
            return
        # genai-prices refuses what it cannot tell apart; then we must not know it in full.
        assert ours.status in {CostStatus.PARTIAL, CostStatus.UNPRICED}
        return
    assert ours.status is (CostStatus.PARTIAL if hidden else call.status())
    assert (ours.status is CostStatus.PRICED) == (not ours.reasons)
    if ours.amount is None:
        assert theirs == 0 or not call.leaves
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


@pytest.mark.parametrize("provider", BY_ID, ids=CORRECTED)
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
