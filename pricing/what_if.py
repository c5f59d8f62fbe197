"""What summed usage would cost by other rates: a what-if on price, and on nothing else.

Sums say nothing of single requests, so what hangs on them (rates for long requests, minimums) is
left out: base rates hold for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from functools import lru_cache
from operator import mul
from typing import NamedTuple

from models.price import Price, PriceSource
from pricing.arithmetic import EXACT
from pricing.cache import BoundedCache
from pricing.price_book import Offer
from pricing.purpose import Purpose, purpose_of
from pricing.rate_card import (
    PLAIN_CALL,
    CallContext,
    Charge,
    UnitRate,
    calls_of,
    nearest_rate,
    new_rate_card,
)
from pricing.split import Share, split
from pricing.units import REQUESTS, UNITS

# Usage by unit: parts stand beside their wholes, and noughts are left out.
Counts = Mapping[str, int]
Shares = tuple[Share, ...]

BATCH = CallContext("batch")
_MAX_RATES = 8_192
# By the sets of units that usage and prices have, which are few.
_MAX_SPLITS = 4_096
_ZERO = Decimal(0)
# What models of any kind may charge for beside what they read and write.
_BESIDE = ("tool_calls", REQUESTS)
_TOKENS = "tokens"
_TEXT = "text"


@dataclass(frozen=True)
class Kind:
    """What tells one kind of model from another, as far as units and names tell.

    `gives` is what comes out, and what else than tokens is counted: embeddings, chat, images and
    speech differ in it. `takes` are what may go in beside text.
    """

    gives: frozenset[str]
    takes: frozenset[str]
    purpose: Purpose = Purpose.GENERAL

    def serves(self, usage: Kind) -> bool:
        """Whether a model of this kind does what the usage is of."""
        return (
            self.purpose is usage.purpose
            and self.gives == usage.gives
            and self.takes >= usage.takes
        )


class Lines(NamedTuple):
    """What usage of some units is charged for: what is left of each, and the rate of that.

    `prices` are USD for one, where all are exact: reckoning by them is quicker.
    """

    shares: Shares
    charges: tuple[Charge, ...]
    prices: tuple[Decimal, ...] | None

    def cost(self, quantities: Sequence[Decimal], fee: Decimal) -> Decimal:
        """USD; the quantities are those of the shares. Within the context EXACT."""
        if self.prices is not None:
            return sum(map(mul, self.prices, quantities), fee)
        amounts = (charge.of(q) for charge, q in zip(self.charges, quantities, strict=True))
        return sum(amounts, fee)


class BaseRates:
    """A price's rates for requests of any size, by unit."""

    def __init__(self, rates: Mapping[str, UnitRate], *, for_any_input: bool = False) -> None:
        self._for_any_input = for_any_input
        self._rates = {unit: rate for unit, rate in rates.items() if rate.base is not None}
        self.kind = kind_of(self._rates)
        # By the names of the units that were counted, which are few.
        self._lines: dict[tuple[str, ...], Lines | None] = {}

    def charge(self, unit: str) -> Charge | None:
        """The unit's own rate, or that of the nearest unit which contains it."""
        rate = nearest_rate(unit, self._rates, for_any_input=self._for_any_input)
        return None if rate is None else rate.base

    def fee(self, events: int) -> Decimal:
        """USD for so many requests, where each has a price."""
        rate = self._rates.get(REQUESTS)
        return _ZERO if rate is None or rate.base is None else rate.base.of(Decimal(events))

    def cost(self, counts: Counts, events: int) -> Decimal | None:
        """USD of usage of so many calls.

        None where a unit has no rate, where parts that have rates of their own cannot be told
        apart, and where parts are over their whole.
        """
        lines = self.lines(tuple(counts))
        quantities = None if lines is None else _quantities(lines.shares, counts)
        if lines is None or quantities is None:
            return None
        with localcontext(EXACT):
            return lines.cost(quantities, self.fee(events))

    def lines(self, names: tuple[str, ...]) -> Lines | None:
        """For usage of these units; None where it cannot be priced."""
        if names not in self._lines:
            self._lines[names] = self._new_lines(names)
        return self._lines[names]

    def _new_lines(self, names: tuple[str, ...]) -> Lines | None:
        shares = _shares(names, frozenset(self._rates))
        charges = [self.charge(share.unit) for share in shares or ()]
        known = [charge for charge in charges if charge is not None]
        if shares is None or len(known) < len(charges):
            return None
        is_exact = all(charge.division is EXACT for charge in known)
        prices = tuple(charge.unit_price for charge in known) if is_exact else None
        return Lines(shares, tuple(known), prices)


_rates: BoundedCache[tuple[str, CallContext], BaseRates] = BoundedCache(_MAX_RATES)


def base_rates(price: Price, context: CallContext = PLAIN_CALL) -> BaseRates:
    """The rates that hold for a request of any size, of calls that are run so.

    Kept apart from the cards that recording uses, since looking for what is cheaper asks for all
    of the catalogue's.
    """
    key = (price.id, context)
    return _rates.get(key) or _rates.put(key, _new_rates(price, context))


def has_batch_rates(price: Price, counts: Counts) -> bool:
    """Whether any unit of such usage has a rate of its own for batches."""
    batch = {rate.unit for rate in price.rates if calls_of(rate) == BATCH}
    return bool(batch & counts.keys())


@dataclass(frozen=True)
class Cheaper:
    """A model at which the same usage costs less: USD of it all."""

    offer: Offer
    cost: Decimal


class Market:
    """What could be called instead, looked through for one usage after another."""

    def __init__(self, offers: Iterable[Offer]) -> None:
        self._offers = [(offer, base_rates(offer.price)) for offer in offers]
        self._serving: dict[Kind, list[tuple[Offer, BaseRates]]] = {}

    def cheaper(self, counts: Counts, events: int, than: Decimal, kind: Kind) -> list[Cheaper]:
        """Models that serve the kind and have a rate for every unit, the cheapest first.

        What costs nothing by the catalogue is left out: that is a trial with limits, or not told.
        """
        with localcontext(EXACT):
            found = list(self._cheaper(counts, events, than, kind))
        return sorted(found, key=lambda each: (each.cost, each.offer.provider, each.offer.model))

    def _cheaper(self, counts: Counts, events: int, than: Decimal, kind: Kind) -> Iterator[Cheaper]:
        names = tuple(counts)
        # By the object: most prices take usage apart in the same way, and share it.
        known: dict[int, tuple[Decimal, ...] | None] = {}
        for offer, rates in self._of_kind(kind):
            lines = rates.lines(names)
            if lines is None:
                continue
            place = id(lines.shares)
            if place not in known:
                known[place] = _quantities(lines.shares, counts)
            quantities = known[place]
            if quantities is None:
                continue
            cost = lines.cost(quantities, rates.fee(events))
            if cost < than and (cost or not _is_public(offer.price)):
                yield Cheaper(offer, cost)

    def _of_kind(self, kind: Kind) -> list[tuple[Offer, BaseRates]]:
        if kind not in self._serving:
            self._serving[kind] = [
                (offer, rates)
                for offer, rates in self._offers
                if replace(rates.kind, purpose=purpose_of(offer.model)).serves(kind)
            ]
        return self._serving[kind]


@lru_cache(maxsize=_MAX_SPLITS)
def _shares(names: tuple[str, ...], rated: frozenset[str]) -> Shares | None:
    """None where parts with rates of their own cannot be told apart."""
    parted = split(names, rated)
    return None if parted.mixed else parted.shares


def _quantities(shares: Shares, counts: Counts) -> tuple[Decimal, ...] | None:
    """None where parts are over their whole."""
    quantities = tuple(Decimal(share.of(counts)) for share in shares)
    return None if any(quantity < 0 for quantity in quantities) else quantities


def _is_public(price: Price) -> bool:
    return price.source is PriceSource.CATALOGUE


def _new_rates(price: Price, context: CallContext) -> BaseRates:
    card = new_rate_card(price)
    return BaseRates(card.rates(context), for_any_input=card.for_any_input)


def usage_kind(model: str, counts: Counts, price: Price | None) -> Kind | None:
    """The kind of model that could stand in for this one, `price` being its own.

    Usage that was all input tells nothing of what came out: the model's own rates do. None where
    these are not known.
    """
    kind = kind_of(counts)
    gives = kind.gives
    if not gives:
        if price is None:
            return None
        gives = base_rates(price).kind.gives
    return Kind(gives, kind.takes, purpose_of(model))


def kind_of(units: Iterable[str]) -> Kind:
    """Of usage, or of a price's rates."""
    gives, takes = set(), set()
    for name in units:
        unit = UNITS.get(name)
        if unit is None or unit.family not in (_TOKENS, *_BESIDE):
            gives.add(name if unit is None else unit.family)
        elif unit.family == _TOKENS:
            modality = unit.modality or _TEXT
            if dict(unit.dimensions)["direction"] == "output":
                gives |= {_TEXT, modality}
            elif modality != _TEXT:
                takes.add(modality)
    return Kind(frozenset(gives), frozenset(takes))
