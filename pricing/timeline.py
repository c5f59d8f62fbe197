"""A model's prices over time: which one holds at a moment, by date and by hour of the day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from genai_prices.types import (
    ModelInfo,
    ModelPrice,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

from models.price import Price, PriceSource, Rate, new_price
from pricing.units import UNIT_BY_PRICE_KEY, Unit, order

Rates = tuple[Rate, ...]
# A part of each day, `[from, to)` in UTC; None for all day. Over midnight where it ends first.
Hours = tuple[time, time] | None
Constraint = StartDateConstraint | TimeOfDateConstraint | None

_CONTEXT_KEYS = frozenset({"processing", "service_tier", "speed"})
_BEFORE_ALL_DATES = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Day:
    """The prices of any day of a span of time."""

    starts: tuple[time, ...]
    prices: tuple[Price | None, ...]

    def at(self, moment: datetime) -> Price | None:
        """The price at a moment's time of day in UTC."""
        if not self.starts:
            return self.prices[0]
        # Before the first start it is still the last part, which began the day before.
        return self.prices[bisect_right(self.starts, moment.astimezone(UTC).time()) - 1]


@dataclass(frozen=True, slots=True)
class Timeline:
    """All prices of a model. `starts` are the moments at which the next day's prices hold."""

    starts: tuple[datetime, ...]
    days: tuple[Day, ...]

    def at(self, moment: datetime) -> Price | None:
        """The price at an aware moment; None where no rate was known."""
        return self.days[bisect_right(self.starts, moment) if self.starts else 0].at(moment)

    def prices(self) -> Iterator[Price]:
        """Every price once, the oldest first."""
        known = {price.id: price for day in self.days for price in day.prices if price is not None}
        return iter(known.values())


def timeline(provider_id: str, model: ModelInfo, *, variants: bool) -> Timeline:
    """The prices of a model, sold by a provider; without `variants`, its standard ones alone."""
    constraints = list(_constraints(model, variants))
    dates = sorted({c.start_date for c in constraints if isinstance(c, StartDateConstraint)})
    times = sorted(
        {
            _utc_time(edge)
            for c in constraints
            if isinstance(c, TimeOfDateConstraint)
            for edge in (c.start_time, c.end_time)
        }
    )
    spans = [_day_rates(model, first, times, variants) for first in (_before(dates), *dates)]
    starts = tuple(datetime.combine(day, time(), UTC) for day in dates)
    return Timeline(starts, tuple(_days(provider_id, model.id, spans, starts)))


def _constraints(model: ModelInfo, variants: bool) -> Iterator[Constraint]:
    if not isinstance(model.prices, ModelPrice):
        yield from (conditional.constraint for conditional in model.prices)
    if variants:
        yield from (variant.constraint for variant in model.price_variants or ())


def _before(dates: Sequence[date]) -> date:
    return dates[0] - timedelta(days=1) if dates else _BEFORE_ALL_DATES


def _utc_time(edge: time) -> time:
    """Times without a zone are UTC, as in genai-prices."""
    if edge.tzinfo is None:
        return edge
    return datetime.combine(_BEFORE_ALL_DATES, edge).astimezone(UTC).time()


def _day_rates(
    model: ModelInfo, day: date, times: Sequence[time], variants: bool
) -> list[tuple[Hours, Rates]]:
    """The rates of a day's parts, neighbours with the same rates joined, around midnight too."""
    parts = [
        (start, _rates(model, datetime.combine(day, start, UTC), variants))
        for start in times or (time(),)
    ]
    starts = [
        (start, rates)
        for position, (start, rates) in enumerate(parts)
        if rates != parts[position - 1][1]
    ]
    if not starts:
        return [(None, parts[0][1])]
    ends = [start for start, _ in (*starts[1:], starts[0])]
    return [((start, end), rates) for (start, rates), end in zip(starts, ends, strict=True)]


def _days(
    provider_id: str,
    model_id: str,
    spans: Sequence[list[tuple[Hours, Rates]]],
    starts: Sequence[datetime],
) -> Iterator[Day]:
    """Prices for the spans of time between the starts; one that goes on unchanged is one price."""
    for position, span in enumerate(spans):
        prices: list[Price | None] = []
        for part in span:
            hours, rates = part
            first = last = position
            while first > 0 and part in spans[first - 1]:
                first -= 1
            while last + 1 < len(spans) and part in spans[last + 1]:
                last += 1
            prices.append(
                new_price(
                    provider_id,
                    model_id,
                    PriceSource.CATALOGUE,
                    rates,
                    effective_from=starts[first - 1] if first > 0 else None,
                    effective_to=starts[last] if last < len(starts) else None,
                    daily_from=None if hours is None else f"{hours[0]:%H:%M}",
                    daily_to=None if hours is None else f"{hours[1]:%H:%M}",
                )
                if rates
                else None
            )
        yield Day(tuple(hours[0] for hours, _ in span if hours is not None), tuple(prices))


def _rates(model: ModelInfo, moment: datetime, variants: bool) -> Rates:
    """All rates that hold at a moment: the standard ones, then those of kinds of calls in order."""
    rates = list(_price_rates(model.get_prices(moment), {}))
    if not variants:
        return tuple(rates)
    seen: set[tuple[frozenset[tuple[str, str]], str]] = set()
    for variant in model.price_variants or ():
        if not variant.when.keys() <= _CONTEXT_KEYS or not _active(variant.constraint, moment):
            continue
        condition = frozenset(variant.when.items())
        # Of two that hold for the same calls, the first counts, unit by unit.
        found = [
            rate
            for rate in _price_rates(variant.prices, variant.when)
            if (condition, rate.unit) not in seen
        ]
        seen.update((condition, rate.unit) for rate in found)
        rates += found
    return tuple(rates)


def _active(constraint: Constraint, moment: datetime) -> bool:
    return constraint is None or constraint.active(moment)


def _price_rates(prices: ModelPrice, when: Mapping[str, str]) -> Iterator[Rate]:
    known: list[tuple[Unit, Decimal | TieredPrices]] = [
        (UNIT_BY_PRICE_KEY[key], value)
        for key, value in vars(prices).items()
        if value is not None and key in UNIT_BY_PRICE_KEY
    ]
    for unit, value in sorted(known, key=lambda pair: order(pair[0].name)):
        if isinstance(value, TieredPrices):
            yield _rate(unit, value.base, None, when)
            for tier in value.tiers:
                yield _rate(unit, tier.price, tier.start, when)
        else:
            yield _rate(unit, value, None, when)


def _rate(unit: Unit, amount: Decimal, above: int | None, when: Mapping[str, str]) -> Rate:
    return Rate(
        unit.name,
        amount,
        unit.per,
        above,
        processing=when.get("processing"),
        service_tier=when.get("service_tier"),
        speed=when.get("speed"),
    )
