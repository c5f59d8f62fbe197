"""What a workspace pays: its own price first, then the catalogue's, as of the event's time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

import msgspec

from models.event import SideCall
from models.price import Price
from pricing.cache import BoundedCache
from pricing.catalogue import Catalogue
from pricing.cost import Cost, call_cost, doubtful_cost, joined_cost
from pricing.model_name import is_regional_name_of
from pricing.provider import MAX_NAME, candidate_names, find_provider, provider_key
from pricing.rate_card import PLAIN_CALL, CallContext
from pricing.side_calls import own_quantities, side_cost
from pricing.timeline import Timeline

_MAX_NAMES = 4096
Quantities = Mapping[str, int | Decimal]
_ModelKey = tuple[str, str]


class PriceRevision(NamedTuple):
    """Which state of the catalogue and of a workspace's own prices a cost was reckoned by."""

    catalogue: int
    overrides: int


class Call(msgspec.Struct, frozen=True):
    """What a price may depend on, beside the counts: who was called, how and when.

    `model` served the call; `requested_model` is the caller's name, where it is another.
    `side_calls` are included in the counts.
    """

    provider: str | None
    model: str | None
    occurred_at: datetime
    context: CallContext = PLAIN_CALL
    requested_model: str | None = None
    side_calls: tuple[SideCall, ...] = ()


class Offer(NamedTuple):
    """A model that could be called, and its price."""

    provider: str
    model: str
    price: Price


@dataclass(frozen=True, slots=True)
class _Found:
    """The prices that a name may have: groups of own ones, the most particular name first."""

    own: tuple[tuple[Price, ...], ...]
    timeline: Timeline | None


class PriceBook:
    """Prices of one workspace. It never changes: newer prices are another book.

    A name that was seen before costs some 1 µs; what callers ask for is kept within bounds.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        overrides: Iterable[Price],
        revision: PriceRevision,
        reported_providers: Collection[str] = (),
    ) -> None:
        self.catalogue = catalogue
        self.revision = revision
        self._reported_providers = frozenset(reported_providers)
        self._counting: BoundedCache[str, bool] = BoundedCache(_MAX_NAMES)
        self._by_model: dict[_ModelKey, list[Price]] = {}
        self._by_unit: dict[str, list[Price]] = {}
        for price in overrides:
            if price.unit is not None:
                self._by_unit.setdefault(price.unit, []).append(price)
            else:
                self._by_model.setdefault(self.key(price), []).append(price)
        self._found: BoundedCache[tuple[str, ...], _Found] = BoundedCache(_MAX_NAMES)

    def price(
        self, provider: str, model: str, at: datetime, requested_model: str | None = None
    ) -> Price | None:
        """The price of a model at an aware moment; None where none is known.

        Own prices are matched by the name as it came, then by the name without its prefixes,
        then by the catalogue's name for the model. `requested_model` is what the caller asked for
        where `model` served: docs/decisions/0016-served-model.md says when its price holds.
        """
        if requested_model is None or requested_model == model:
            return _price_of(self._found.get((provider, model)) or self._find(provider, model), at)
        names = (provider, model, requested_model)
        return _price_of(self._found.get(names) or self._find_served(*names), at)

    def own_keys(self, provider: str, model: str) -> Iterable[_ModelKey]:
        """The keys of own prices that may hold for a model so named, the most particular first."""
        if len(provider) > MAX_NAME or len(model) > MAX_NAME:
            return ()
        timeline = self.catalogue.timeline(provider, model)
        return dict.fromkeys(self._keys(provider, model, timeline))

    @staticmethod
    def key(price: Price) -> _ModelKey:
        """What an own price is found by."""
        return _key(price.provider, price.model)

    def unit_price(self, unit: str, at: datetime) -> Price | None:
        """The workspace's own price of a custom unit."""
        return _holding(self._by_unit.get(unit, ()), at)

    def counts_reported(self, provider: str | None) -> bool:
        """Whether what this provider says it charged counts, rather than the price book."""
        if not provider or not self._reported_providers:
            return False
        known = self._counting.get(provider)
        if known is None:
            key = provider_key(self.catalogue.providers, provider)
            known = self._counting.put(provider, key in self._reported_providers)
        return known

    def cost(self, call: Call, quantities: Quantities) -> Cost:
        """What a call cost; quantities as for `cost_of`.

        Side calls are at their own models' prices, and the rest at the call's own.
        """
        price = self._call_price(call)
        sides = [side for side in call.side_calls if side.units]
        if not sides:
            return call_cost(price, quantities, call.context)
        own = own_quantities(quantities, sides)
        parts = [side_cost(self._side_price(call, side), side, call.context) for side in sides]
        if any(own.quantities.values()):
            parts.insert(0, call_cost(price, own.quantities, call.context))
        return doubtful_cost(joined_cost(*parts), own.reasons)

    def _call_price(self, call: Call) -> Price | None:
        model = call.model or call.requested_model
        if not call.provider or not model:
            return None
        return self.price(call.provider, model, call.occurred_at, call.requested_model)

    def _side_price(self, call: Call, side: SideCall) -> Price | None:
        if not call.provider:
            return None
        return self.price(call.provider, side.model, call.occurred_at)

    def custom_cost(self, call: Call, quantities: Quantities, unit: str, quantity: Decimal) -> Cost:
        """What a custom event cost: its unit by the unit's price, its counts by the model's.

        A unit without a price of its own is left to the model's price, which may have a rate.
        """
        price = self.unit_price(unit, call.occurred_at)
        if price is None:
            return self.cost(call, {**quantities, unit: quantity})
        of_unit = call_cost(price, {unit: quantity}, PLAIN_CALL)
        return joined_cost(of_unit, self.cost(call, quantities)) if quantities else of_unit

    def offers(self, at: datetime) -> Iterator[Offer]:
        """What each active model costs this workspace at an aware moment, where that is known.

        The catalogue's models by its own names, then those that only own prices name.
        """
        for provider, model, found in self._offered:
            price = _price_of(found, at)
            if price is not None:
                yield Offer(provider, model, price)

    @cached_property
    def _offered(self) -> tuple[tuple[str, str, _Found], ...]:
        found: dict[_ModelKey, tuple[str, str, _Found]] = {}
        for timeline in self.catalogue.active():
            provider, model = timeline.provider, timeline.model
            own = tuple(self._own(provider, model, timeline))
            found.setdefault(_key(provider, model), (provider, model, _Found(own, timeline)))
        for key, prices in self._by_model.items():
            names = prices[0].provider or "", prices[0].model or ""
            found.setdefault(key, (*names, _Found((tuple(prices),), None)))
        return tuple(found.values())

    def _find(self, provider: str, model: str) -> _Found:
        timeline = self.catalogue.timeline(provider, model)
        found = _Found(tuple(self._own(provider, model, timeline)), timeline)
        if len(provider) <= MAX_NAME and len(model) <= MAX_NAME:
            self._found.put((provider, model), found)
        return found

    def _find_served(self, provider: str, model: str, requested: str) -> _Found:
        """What may hold where another model was asked for than the one that served."""
        served, asked = self._find(provider, model), self._find(provider, requested)
        if is_regional_name_of(requested, model):
            served, asked = asked, served
        own = served.own if _are_different(served, asked) else (*served.own, *asked.own)
        found = _Found(own, served.timeline or asked.timeline)
        if all(len(name) <= MAX_NAME for name in (provider, model, requested)):
            self._found.put((provider, model, requested), found)
        return found

    def _own(
        self, provider: str, model: str, timeline: Timeline | None
    ) -> Iterable[tuple[Price, ...]]:
        if not self._by_model or len(provider) > MAX_NAME or len(model) > MAX_NAME:
            return
        for key in dict.fromkeys(self._keys(provider, model, timeline)):
            if key in self._by_model:
                yield tuple(self._by_model[key])

    def _keys(self, provider: str, model: str, timeline: Timeline | None) -> Iterable[_ModelKey]:
        named = find_provider(self.catalogue.providers, provider, model)
        providers = [provider] if named is None else [provider, named.id]
        names = list(candidate_names(self.catalogue.providers, model))
        if timeline is not None:
            names.append(timeline.model)
        for name in names:
            for each in providers:
                yield _key(each, name)


def _are_different(served: _Found, asked: _Found) -> bool:
    """Whether the catalogue knows both, and that they are not the same model."""
    one, other = served.timeline, asked.timeline
    return one is not None and other is not None and one.model != other.model


def _price_of(found: _Found, at: datetime) -> Price | None:
    for prices in found.own:
        price = _holding(prices, at)
        if price is not None:
            return price
    return None if found.timeline is None else found.timeline.at(at)


def _key(provider: str | None, model: str | None) -> _ModelKey:
    return (provider or "").strip().lower(), (model or "").strip().lower()


def _holding(prices: Iterable[Price], at: datetime) -> Price | None:
    return next((price for price in prices if price.holds(at)), None)
