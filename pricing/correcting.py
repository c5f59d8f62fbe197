"""How prices of genai-prices are corrected: rates are added, replaced, copied or scaled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from genai_prices.types import (
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    StartDateConstraint,
    Tier,
    TieredPrices,
)

Rate = Decimal | TieredPrices
# By genai-prices' price keys: `input_mtok` is USD for a million input tokens.
Rates = Mapping[str, Rate]
When = Mapping[str, str]

_TOKENS = "_mtok"


class Change(Protocol):
    """A change of a model's prices from a day on. What the catalogue knows by itself stays."""

    def apply(self, model: ModelInfo, since: date) -> ModelInfo:
        """The changed model, or the same one where nothing is to be changed."""
        ...


@dataclass(frozen=True)
class Add:
    """Standard rates where the model has none, USD by price key."""

    rates: Mapping[str, str]

    def apply(self, model: ModelInfo, since: date) -> ModelInfo:
        added: Rates = {key: Decimal(rate) for key, rate in self.rates.items()}
        return _with_standard(model, since, lambda known: {**added, **known})


@dataclass(frozen=True)
class Replace:
    """A standard rate that is wrong, as long as the catalogue has it so."""

    key: str
    wrong: str
    right: str

    def apply(self, model: ModelInfo, since: date) -> ModelInfo:
        def corrected(known: Rates) -> Rates:
            is_wrong = known.get(self.key) == Decimal(self.wrong)
            return {**known, self.key: Decimal(self.right)} if is_wrong else known

        return _with_standard(model, since, corrected)


@dataclass(frozen=True)
class Copy:
    """The rate of `whole` for `part`, however a call was run: what comes out is all of one kind."""

    part: str
    whole: str

    def apply(self, model: ModelInfo, since: date) -> ModelInfo:
        def copied(known: Rates) -> Rates:
            return {self.part: known[self.whole], **known} if self.whole in known else known

        changed = _with_standard(model, since, copied)
        variants = [
            replace(each, prices=_prices(copied(_rates(each.prices))))
            for each in model.price_variants or ()
        ]
        return replace(changed, price_variants=variants) if variants else changed


@dataclass(frozen=True)
class AddVariant:
    """Rates for calls that are run in one way, where the model has none for it."""

    when: When
    rates: Mapping[str, str]

    def apply(self, model: ModelInfo, since: date) -> ModelInfo:
        if _variants(model, self.when):
            return model
        prices = _prices({key: Decimal(rate) for key, rate in self.rates.items()})
        return _with_variants(model, [PriceVariant(dict(self.when), prices, _from(since))])


@dataclass(frozen=True)
class Scale:
    """A factor on the standard rates for calls that are run in one way, where it has no rates.

    On tokens, or on all rates with `everything`; `but` are price keys that keep their rates. With
    `combined` the factor is also on the rates of calls that are run in another way as well.
    """

    when: When
    factor: str
    everything: bool = False
    but: frozenset[str] = field(default_factory=frozenset)
    combined: bool = False

    def apply(self, model: ModelInfo, since: date) -> ModelInfo:
        if _variants(model, self.when):
            return model
        found = [
            PriceVariant(dict(self.when), self._scaled(prices), _from(start))
            for start, prices in _periods(model, since)
        ]
        first = list(self._combinations(model, since)) if self.combined else []
        changed = _with_variants(model, [each for each in found if _rates(each.prices)])
        # More particular ones go first.
        return replace(changed, price_variants=[*first, *(changed.price_variants or ())])

    def _combinations(self, model: ModelInfo, since: date) -> Iterator[PriceVariant]:
        for each in model.price_variants or ():
            prices = self._scaled(each.prices)
            if _rates(prices):
                start = max(since, _start(each.constraint) or since)
                yield PriceVariant({**each.when, **self.when}, prices, _from(start))

    def _scaled(self, prices: ModelPrice) -> ModelPrice:
        return _prices(
            {
                key: _times(rate, Decimal(self.factor))
                for key, rate in _rates(prices).items()
                if key not in self.but and (self.everything or key.endswith(_TOKENS))
            }
        )


@dataclass(frozen=True)
class SameAs:
    """The rates of calls that are run in one way for those run in another that has none."""

    when: When
    other: When

    def apply(self, model: ModelInfo, since: date) -> ModelInfo:
        if _variants(model, self.when):
            return model
        same = [replace(each, when=dict(self.when)) for each in _variants(model, self.other)]
        return _with_variants(model, same)


@dataclass(frozen=True)
class Earlier:
    """The rates of calls that are run in one way, since the standard rates of that time hold.

    The catalogue dates them by the day on which it learnt them.
    """

    when: When

    def apply(self, model: ModelInfo, since: date) -> ModelInfo:
        dated = [each for each in _variants(model, self.when) if _start(each.constraint)]
        if not dated or len(dated) < len(_variants(model, self.when)):
            return model
        first = min(dated, key=lambda each: _start(each.constraint) or since)
        learnt = _start(first.constraint)
        assert learnt is not None
        starts = [start for start, _ in _standards(model) if start and start <= learnt]
        earlier = replace(first, constraint=_from(max([since, *starts])))
        if learnt <= max([since, *starts]):
            return model
        return replace(
            model,
            price_variants=[
                earlier if each is first else each for each in model.price_variants or ()
            ],
        )


def _with_standard(model: ModelInfo, since: date, change: Callable[[Rates], Rates]) -> ModelInfo:
    """The model with its standard rates changed from a day on."""
    standards = _standards(model)
    if all(change(_rates(prices)) == _rates(prices) for _, prices in standards):
        return model
    following = [start for start, _ in standards[1:]] + [None]
    prices: list[ConditionalPrice] = []
    for (start, known), end in zip(standards, following, strict=True):
        if start is None or start < since:
            prices.append(ConditionalPrice(_from(start), prices=known))
        if end is None or end > since:
            changed = _prices(change(_rates(known)))
            prices.append(ConditionalPrice(_from(max(start or since, since)), prices=changed))
    return replace(model, prices=prices)


def _periods(model: ModelInfo, since: date) -> Iterator[tuple[date, ModelPrice]]:
    """The standard prices from a day on, the latest first, each with the day it holds from."""
    for start, prices in reversed(_standards(model)):
        yield max(start or since, since), prices
        if start is None or start <= since:
            return


def _standards(model: ModelInfo) -> list[tuple[date | None, ModelPrice]]:
    if isinstance(model.prices, ModelPrice):
        return [(None, model.prices)]
    return [(_start(each.constraint), each.prices) for each in model.prices]


def _variants(model: ModelInfo, when: When) -> list[PriceVariant]:
    return [each for each in model.price_variants or () if each.when == when]


def _with_variants(model: ModelInfo, further: Sequence[PriceVariant]) -> ModelInfo:
    if not further:
        return model
    return replace(model, price_variants=[*(model.price_variants or ()), *further])


def has_hours(model: ModelInfo) -> bool:
    """Whether prices of the model follow the hours of the day: those are left as they are."""
    prices = [] if isinstance(model.prices, ModelPrice) else model.prices
    constraints = [each.constraint for each in (*prices, *(model.price_variants or ()))]
    return any(each is not None and _start(each) is None for each in constraints)


def _start(constraint: object) -> date | None:
    return constraint.start_date if isinstance(constraint, StartDateConstraint) else None


def _from(start: date | None) -> StartDateConstraint | None:
    return None if start is None else StartDateConstraint(start)


def _rates(prices: ModelPrice) -> dict[str, Rate]:
    return {key: rate for key, rate in vars(prices).items() if rate is not None}


def _prices(rates: Rates) -> ModelPrice:
    return ModelPrice(**rates)


def _times(rate: Rate, factor: Decimal) -> Rate:
    if isinstance(rate, TieredPrices):
        tiers = [Tier(tier.start, tier.price * factor) for tier in rate.tiers]
        return TieredPrices(rate.base * factor, tiers)
    return rate * factor
