"""A price's rates, put so that the one for a unit and a call is found at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import NamedTuple

from models.price import Price, Rate
from pricing.arithmetic import EXACT, quotients
from pricing.cache import BoundedCache
from pricing.units import depth, wholes

_MAX_CARDS = 4096


class CallContext(NamedTuple):
    """How the provider ran a call, in the words of the rates that depend on it."""

    processing: str | None
    service_tier: str | None
    speed: str | None

    @classmethod
    def told(
        cls, processing: str | None, service_tier: str | None, speed: str | None
    ) -> CallContext:
        """What a caller or a provider says, in the words of prices: theirs are in small letters.

        Some report a batch as a tier. It is a way of sending requests, and priced so.
        """
        words = (processing, service_tier, speed)
        processing, service_tier, speed = (word and word.strip().lower() for word in words)
        if service_tier == "batch":
            return cls(processing or service_tier, None, speed or None)
        return cls(processing or None, service_tier or None, speed or None)


PLAIN_CALL = CallContext(None, None, None)


@dataclass(frozen=True, slots=True)
class Charge:
    """`amount` USD for `per` units; `division` is exact where the quotient can be."""

    amount: Decimal
    per: Decimal
    unit_price: Decimal
    division: Context

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
    """One price, indexed."""

    def __init__(self, rates: Iterable[Rate]) -> None:
        groups: dict[tuple[str, CallContext], list[Rate]] = {}
        for rate in rates:
            context = CallContext(rate.processing, rate.service_tier, rate.speed)
            groups.setdefault((rate.unit, context), []).append(rate)
        self._rates = {key: _unit_rate(group) for key, group in groups.items()}
        self._words = {word for _, context in groups for word in context if word is not None}

    def context(
        self, processing: str | None, service_tier: str | None, speed: str | None
    ) -> CallContext:
        """The call's context without the words that make no difference to this price."""
        if processing is None and service_tier is None and speed is None:
            return PLAIN_CALL
        words = self._words
        return CallContext(
            processing if processing in words else None,
            service_tier if service_tier in words else None,
            speed if speed in words else None,
        )

    def rates(self, context: CallContext) -> dict[str, UnitRate]:
        """The rate of each unit that has one of its own, for such a call."""
        fitting: dict[str, UnitRate] = {}
        for (unit, condition), rate in self._rates.items():
            if condition != PLAIN_CALL and _fits(condition, context):
                fitting.setdefault(unit, rate)
        for (unit, condition), rate in self._rates.items():
            if condition == PLAIN_CALL:
                fitting.setdefault(unit, rate)
        return fitting


NO_RATES = RateCard(())
_cards: BoundedCache[str, RateCard] = BoundedCache(_MAX_CARDS)


def rate_card(price: Price) -> RateCard:
    """A price's card; kept by the price's id, which says all that the price does."""
    return _cards.get(price.id) or _cards.put(price.id, RateCard(price.rates))


def nearest_rate(unit: str, rates: Mapping[str, UnitRate]) -> UnitRate | None:
    """The unit's own rate, or that of the nearest unit that contains it.

    None where none has a rate, or where two that do not contain each other are equally near.
    """
    if unit in rates:
        return rates[unit]
    candidates = wholes(unit) & rates.keys()
    if not candidates:
        return None
    nearest = max(candidates, key=depth)
    return rates[nearest] if _contained_in_all(nearest, candidates) else None


def _contained_in_all(unit: str, candidates: Collection[str]) -> bool:
    return wholes(unit) | {unit} >= set(candidates)


def _fits(condition: CallContext, context: CallContext) -> bool:
    return all(
        wanted is None or wanted == given for wanted, given in zip(condition, context, strict=True)
    )


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
