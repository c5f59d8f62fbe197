"""A price's rates, put so that the one for a unit and a call is found at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from typing import NamedTuple

from models.cost import CostReason, CostReasonCode
from models.price import Price, PriceSource, Rate
from pricing.arithmetic import EXACT, quotients
from pricing.cache import BoundedCache
from pricing.units import REQUESTS, UNITS, depth, wholes

_MAX_CARDS = 4096
# Callers' words, of which a price sees few.
_MAX_CONTEXTS = 64
# What providers and callers write where a call was run in the standard way.
STANDARD_WORDS = frozenset(
    {
        "auto",
        "default",
        "global",
        "interactive",
        "none",
        "normal",
        "not_available",
        "null",
        "on_demand",
        "on-demand",
        "ondemand",
        "online",
        "realtime",
        "regular",
        "standard",
        "standard_only",
        "stream",
        "streaming",
        "sync",
        "synchronous",
        "traffic_type_unspecified",
        "unspecified",
    }
)
# Google publishes one price for all modalities where it has none for audio
# (https://ai.google.dev/gemini-api/docs/pricing).
_ONE_PRICE_FOR_ALL_INPUT = frozenset({"google"})


class CallContext(NamedTuple):
    """How the provider ran a call, in the words of the rates that depend on it."""

    processing: str | None = None
    service_tier: str | None = None
    speed: str | None = None
    region: str | None = None
    search_context_size: str | None = None

    @classmethod
    def told(
        cls,
        processing: str | None,
        service_tier: str | None,
        speed: str | None,
        region: str | None = None,
        search_context_size: str | None = None,
    ) -> CallContext:
        """What a caller or a provider says, in the words of prices: theirs are in small letters.

        Some report a batch as a tier. It is a way of sending requests, and priced so.
        """
        given = (processing, service_tier, speed, region, search_context_size)
        words = cls(*((word and word.strip().lower()) or None for word in given))
        if words.service_tier == "batch":
            return words._replace(processing=words.processing or "batch", service_tier=None)
        return words


PLAIN_CALL = CallContext()


def call_context(
    processing: str | None,
    service_tier: str | None,
    speed: str | None,
    region: str | None,
    search_context_size: str | None,
) -> CallContext:
    """A context of these words; most calls have none, and share one."""
    if not (processing or service_tier or speed or region or search_context_size):
        return PLAIN_CALL
    return CallContext(processing, service_tier, speed, region, search_context_size)


_SIZE = CallContext._fields.index("search_context_size")


@dataclass(frozen=True, slots=True)
class Charge:
    """`amount` USD for `per` units; `division` is exact where the quotient can be.

    `reason` says what is not known about it: that it is the standard charge, for a call that was
    not run in the standard way.
    """

    amount: Decimal
    per: Decimal
    unit_price: Decimal
    division: Context
    reason: CostReason | None = None

    def of(self, quantity: Decimal) -> Decimal:
        """USD. Multiplied first: where the quotient has no end, it is rounded once, and last."""
        return self.division.divide(EXACT.multiply(self.amount, quantity), self.per)


@dataclass(frozen=True, slots=True)
class UnitRate:
    """What a unit costs by the size of the request: the first step whose threshold is passed."""

    base: Charge | None
    steps: tuple[tuple[int, Charge], ...]

    def charge(self, input_tokens: int | Decimal) -> Charge | None:
        """The threshold must be passed: at it, the rate below still holds for all units."""
        for above, charge in self.steps:
            if input_tokens > above:
                return charge
        return self.base


class RateCard:
    """One price, indexed.

    `for_any_call`: the rates hold however a call was run. `for_any_input`: input without a rate
    of its own costs the same in all modalities.
    """

    def __init__(
        self, rates: Iterable[Rate], *, for_any_call: bool = False, for_any_input: bool = False
    ) -> None:
        groups: dict[tuple[str, CallContext], list[Rate]] = {}
        for rate in rates:
            groups.setdefault((rate.unit, calls_of(rate)), []).append(rate)
        self._rates = {key: _unit_rate(group) for key, group in groups.items()}
        # In the order of the price: of several that fit, the first holds.
        self._conditions = tuple(
            dict.fromkeys(condition for _, condition in groups if condition != PLAIN_CALL)
        )
        self._contexts: BoundedCache[CallContext, tuple[CallContext, tuple[CostReason, ...]]] = (
            BoundedCache(_MAX_CONTEXTS)
        )
        self._for_any_call = for_any_call
        self.for_any_input = for_any_input
        # Nothing else is paid for than that a request was made.
        self.is_by_request = bool(groups) and all(unit == REQUESTS for unit, _ in groups)

    def context(self, told: CallContext) -> tuple[CallContext, tuple[CostReason, ...]]:
        """The words of a call that this price has rates for, and reasons for those it lacks.

        A word for the standard way is no reason, nor is the size of a search's context where the
        price does not tell sizes apart.
        """
        if told is PLAIN_CALL or self._for_any_call:
            return PLAIN_CALL, ()
        return self._contexts.get(told) or self._contexts.put(told, self._new_context(told))

    def _new_context(self, told: CallContext) -> tuple[CallContext, tuple[CostReason, ...]]:
        fitting = [condition for condition in self._conditions if _fits(condition, told)]
        known = CallContext(
            *(
                word if any(condition[place] == word for condition in fitting) else None
                for place, word in enumerate(told)
            )
        )
        lacking = [
            word
            for place, word in enumerate(told)
            if word is not None and known[place] is None and self._matters(place, word)
        ]
        return known, tuple(CostReason(_NO_CONTEXT_RATE, word) for word in lacking)

    def _matters(self, place: int, word: str) -> bool:
        if place == _SIZE and not any(condition[_SIZE] for condition in self._conditions):
            return False
        return word not in STANDARD_WORDS

    def rates(self, context: CallContext) -> dict[str, UnitRate]:
        """The rate of each unit that has one of its own, for such a call.

        Where a rate leaves a word of the call out, or has no steps for long requests as the
        standard rate has, the charge says so.
        """
        found: dict[str, UnitRate] = {}
        covered: dict[str, set[str]] = {}
        for (unit, condition), rate in self._rates.items():
            if condition == PLAIN_CALL or not _fits(condition, context):
                continue
            if unit not in found:
                found[unit] = self._with_steps(unit, rate, condition)
                covered[unit] = _special_words(condition)
            elif missing := _special_words(condition) - covered[unit]:
                found[unit] = _lacking(found[unit], min(missing))
        for (unit, condition), rate in self._rates.items():
            if condition == PLAIN_CALL:
                found.setdefault(unit, rate)
        return found

    def _with_steps(self, unit: str, rate: UnitRate, condition: CallContext) -> UnitRate:
        """With the standard rate's steps where the rate has none, and the standard one has."""
        plain = self._rates.get((unit, PLAIN_CALL))
        if rate.steps or plain is None or not plain.steps:
            return rate
        words = _special_words(condition)
        return UnitRate(rate.base, (_lacking(plain, min(words)) if words else plain).steps)


_cards: BoundedCache[str, RateCard] = BoundedCache(_MAX_CARDS)
_NO_CONTEXT_RATE = CostReasonCode.NO_CONTEXT_RATE


def rate_card(price: Price) -> RateCard:
    """A price's card; kept by the price's id, which says all that the price does."""
    return _cards.get(price.id) or _cards.put(price.id, new_rate_card(price))


def new_rate_card(price: Price) -> RateCard:
    """A workspace's own price holds however a call was run: it replaces all rates."""
    return RateCard(
        price.rates,
        for_any_call=price.source is PriceSource.OVERRIDE,
        for_any_input=price.provider in _ONE_PRICE_FOR_ALL_INPUT,
    )


def nearest_rate(
    unit: str, rates: Mapping[str, UnitRate], *, for_any_input: bool = False
) -> UnitRate | None:
    """The unit's own rate, or that of the nearest unit that contains it.

    None where none has a rate, where two that do not contain each other are equally near, and for
    what is dearer than text everywhere where only text has a rate: audio, and images and video
    that come out. `for_any_input`: input costs the same in all modalities.
    """
    if unit in rates:
        return rates[unit]
    candidates = wholes(unit) & rates.keys()
    if not candidates:
        return None
    nearest = max(candidates, key=depth)
    if not _contained_in_all(nearest, candidates):
        return None
    if UNITS[nearest].modality is None and is_dearer_than_text(unit, for_any_input):
        return None
    return rates[nearest]


def is_dearer_than_text(unit: str, for_any_input: bool) -> bool:
    """Whether a unit of tokens cannot be taken to cost what text does.

    Images and video that go in cost as text wherever a provider has no other rate for them.
    """
    found = UNITS.get(unit)
    if found is None or found.family != "tokens" or found.modality in (None, "text"):
        return False
    if ("direction", "output") in found.dimensions:
        return True
    return found.modality == "audio" and not for_any_input


def _contained_in_all(unit: str, candidates: Collection[str]) -> bool:
    return wholes(unit) | {unit} >= set(candidates)


def calls_of(rate: Rate) -> CallContext:
    """The calls that a rate is for."""
    return CallContext(
        rate.processing, rate.service_tier, rate.speed, rate.region, rate.search_context_size
    )


def _fits(condition: CallContext, context: CallContext) -> bool:
    return all(
        wanted is None or wanted == given for wanted, given in zip(condition, context, strict=True)
    )


def _special_words(condition: CallContext) -> set[str]:
    return {word for word in condition if word is not None and word not in STANDARD_WORDS}


def _lacking(rate: UnitRate, word: str) -> UnitRate:
    """The same rate, for a call of which a word has no rate."""
    reason = CostReason(_NO_CONTEXT_RATE, word)
    base = None if rate.base is None else replace(rate.base, reason=reason)
    steps = tuple((above, replace(charge, reason=reason)) for above, charge in rate.steps)
    return UnitRate(base, steps)


def _unit_rate(group: Sequence[Rate]) -> UnitRate:
    base: Charge | None = None
    steps: list[tuple[int, Charge]] = []
    for rate in group:
        if rate.above_input_tokens is None:
            base = _charge(rate)
        else:
            steps.append((rate.above_input_tokens, _charge(rate)))
    steps.sort(key=lambda step: step[0])
    return UnitRate(base, tuple(reversed(steps)))


def _charge(rate: Rate) -> Charge:
    division = quotients(rate.per)
    per = Decimal(rate.per)
    return Charge(rate.amount, per, division.divide(rate.amount, per), division)
