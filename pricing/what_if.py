"""What summed usage would cost by other rates: a what-if on price, and on nothing else.

Sums say nothing of single requests, so what hangs on them (rates for long requests, minimums) is
left out: base rates hold for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.price import Price, PriceSource
from pricing.arithmetic import EXACT
from pricing.cache import BoundedCache
from pricing.price_book import Offer
from pricing.rate_card import PLAIN_CALL, CallContext, Charge, RateCard, UnitRate, nearest_rate
from pricing.split import Share, split
from pricing.units import REQUESTS, UNITS

# Usage by unit: parts stand beside their wholes, and noughts are left out.
Counts = Mapping[str, int]

BATCH = CallContext("batch", None, None)
# By the sets of units that usage and prices have, which are few.
_MAX_PLANS = 4_096
_MAX_RATES = 8_192
_ZERO = Decimal(0)
# What models of any kind may charge for beside what they read and write.
_BESIDE = ("tool_calls", REQUESTS)
_TOKENS = "tokens"
_TEXT = "text"


@dataclass(frozen=True)
class Kind:
    """What tells one kind of model from another, as far as units tell.

    `gives` is what comes out, and what else than tokens is counted: embeddings, chat, images and
    speech differ in it. `takes` are what may go in beside text.
    """

    gives: frozenset[str]
    takes: frozenset[str]

    def serves(self, usage: Kind) -> bool:
        """Whether a model of this kind does what the usage is of."""
        return self.gives == usage.gives and self.takes >= usage.takes


@dataclass(frozen=True)
class BaseRates:
    """A price's rates for requests of any size, by unit."""

    by_unit: Mapping[str, UnitRate]
    units: frozenset[str]
    kind: Kind

    def charge(self, unit: str) -> Charge | None:
        """The unit's own rate, or that of the nearest unit which contains it."""
        rate = nearest_rate(unit, self.by_unit)
        return None if rate is None else rate.base

    def cost(self, counts: Counts, events: int) -> Decimal | None:
        """USD of usage of so many calls.

        None where a unit has no rate, where parts that have rates of their own cannot be told
        apart, and where parts are over their whole.
        """
        plan = _plan(tuple(counts), self)
        if plan is None:
            return None
        fee = self.by_unit.get(REQUESTS)
        total = _ZERO if fee is None or fee.base is None else fee.base.of(Decimal(events))
        for share in plan:
            quantity = Decimal(share.of(counts))
            if quantity < 0:
                return None
            charge = self.charge(share.unit)
            if quantity and charge is not None:
                total = EXACT.add(total, charge.of(quantity))
        return total


_rates: BoundedCache[tuple[str, CallContext], BaseRates] = BoundedCache(_MAX_RATES)
_plans: BoundedCache[tuple[tuple[str, ...], frozenset[str]], tuple[Share, ...] | None] = (
    BoundedCache(_MAX_PLANS)
)
_NEVER: tuple[Share, ...] = ()


def base_rates(price: Price, context: CallContext = PLAIN_CALL) -> BaseRates:
    """The rates that hold for a request of any size, of calls that are run so.

    Kept apart from the cards that recording uses, since looking for what is cheaper asks for all
    of the catalogue's.
    """
    key = (price.id, context)
    return _rates.get(key) or _rates.put(key, _new_rates(price, context))


def has_batch_rates(price: Price, counts: Counts) -> bool:
    """Whether any unit of such usage has a rate of its own for batches."""
    batch = {rate.unit for rate in price.rates if rate.processing == BATCH.processing}
    return bool(batch & counts.keys())


@dataclass(frozen=True)
class Cheaper:
    """A model at which the same usage costs less: USD of it all."""

    offer: Offer
    cost: Decimal


def cheaper_offers(
    offers: Iterable[Offer], counts: Counts, events: int, than: Decimal
) -> list[Cheaper]:
    """Models of the same kind that have a rate for every unit of the usage, the cheapest first.

    What costs nothing by the catalogue is left out: that is a trial with limits, or not told.
    """
    kind = kind_of(counts)
    found = []
    for offer in offers:
        rates = base_rates(offer.price)
        if not rates.kind.serves(kind):
            continue
        cost = rates.cost(counts, events)
        if cost is None or cost >= than or (not cost and _is_public(offer.price)):
            continue
        found.append(Cheaper(offer, cost))
    return sorted(found, key=lambda each: (each.cost, each.offer.provider, each.offer.model))


def _is_public(price: Price) -> bool:
    return price.source is PriceSource.CATALOGUE


def _new_rates(price: Price, context: CallContext) -> BaseRates:
    known = RateCard(price.rates).rates(context)
    rates = {unit: rate for unit, rate in known.items() if rate.base is not None}
    return BaseRates(rates, frozenset(rates), kind_of(rates))


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


def _plan(names: tuple[str, ...], rates: BaseRates) -> tuple[Share, ...] | None:
    key = (names, rates.units)
    found = _plans.get(key, _NEVER)
    return _plans.put(key, _new_plan(names, rates)) if found is _NEVER else found


def _new_plan(names: tuple[str, ...], rates: BaseRates) -> tuple[Share, ...] | None:
    parted = split(names, rates.units)
    known = all(rates.charge(share.unit) is not None for share in parted.shares)
    return parted.shares if known and not parted.mixed else None
