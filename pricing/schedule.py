"""What a model costs and when, by date and by hour of the day, and how what is learnt joins in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from genai_prices.types import (
    ModelInfo,
    ModelPrice,
    PriceVariant,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

from models.price import Price, Rate
from pricing.rate_card import STANDARD_WORDS, CallContext
from pricing.units import UNIT_BY_PRICE_KEY, Unit, order

Rates = tuple[Rate, ...]
# A part of each day, `[from, to)` in UTC; None for all day. Over midnight where it ends first.
Hours = tuple[time, time] | None
# The parts of a day cover all of it; no rates where no price is known.
Part = tuple[Hours, Rates]
Constraint = StartDateConstraint | TimeOfDateConstraint | None

_CONTEXT_KEYS = frozenset(CallContext._fields)
_BEFORE_ALL_DATES = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Rates over time. `starts` are the moments at which the next of `days` holds."""

    starts: tuple[datetime, ...]
    days: tuple[tuple[Part, ...], ...]

    def day(self, moment: datetime | None) -> tuple[Part, ...]:
        """The parts of the day at a moment; None: before all starts."""
        return self.days[0 if moment is None else bisect_right(self.starts, moment)]

    def start(self, moment: datetime) -> datetime | None:
        """Since when what holds at a moment does; None: since ever."""
        position = bisect_right(self.starts, moment)
        return self.starts[position - 1] if position else None


def merged(known: Schedule, fresh: Schedule, learnt_at: datetime) -> Schedule:
    """What is known of the past, and what was learnt, each for the time that it speaks of.

    From the moment of learning on, what was learnt holds. Before, it holds only from a date that
    it names and that was not known: a price that changes without one leaves the past as it was.
    """
    starts = sorted({learnt_at, *known.starts, *fresh.starts})
    days = [known.day(None)]
    for start in starts:
        since = fresh.start(start)
        is_told = start >= learnt_at or (since is not None and since not in known.starts)
        days.append((fresh if is_told else known).day(start))
    return _joined(starts, days)


def _joined(starts: Sequence[datetime], days: Sequence[tuple[Part, ...]]) -> Schedule:
    """Without starts at which nothing changes."""
    kept = [
        (start, day)
        for start, before, day in zip(starts, days, days[1:], strict=False)
        if day != before
    ]
    return Schedule(tuple(start for start, _ in kept), (days[0], *(day for _, day in kept)))


def kept_schedule(prices: Sequence[Price]) -> Schedule:
    """The schedule that a model's prices make up."""
    edges = {edge for p in prices for edge in (p.effective_from, p.effective_to) if edge}
    starts = sorted(edges)
    moments = [starts[0] - timedelta(days=1) if starts else datetime.now(UTC), *starts]
    days = [_parts([price for price in prices if price.holds(moment)]) for moment in moments]
    return _joined(starts, days)


def _parts(prices: Sequence[Price]) -> tuple[Part, ...]:
    """The day that prices make up, hours without any included."""
    if not prices or prices[0].daily_from is None:
        return ((None, prices[0].rates if prices else ()),)
    timed = sorted((*_hours(price), price.rates) for price in prices)
    parts: list[Part] = []
    for (start, end, rates), (following, *_) in zip(timed, timed[1:] + timed[:1], strict=True):
        parts.append(((start, end), rates))
        if end != following:
            parts.append(((end, following), ()))
    return tuple(sorted(parts, key=lambda part: part[0] or ()))


def _hours(price: Price) -> tuple[time, time]:
    assert price.daily_from is not None
    assert price.daily_to is not None
    return time.fromisoformat(price.daily_from), time.fromisoformat(price.daily_to)


def model_schedule(model: ModelInfo, *, variants: bool) -> Schedule:
    """The prices of a model of genai-prices; without `variants`, its standard ones alone."""
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
    days = [tuple(_day_rates(model, day, times, variants)) for day in (_before(dates), *dates)]
    return _joined([datetime.combine(day, time(), UTC) for day in dates], days)


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


def _day_rates(model: ModelInfo, day: date, times: Sequence[time], variants: bool) -> list[Part]:
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


def _rates(model: ModelInfo, moment: datetime, variants: bool) -> Rates:
    """All rates that hold at a moment: the standard ones, then those of kinds of calls in order."""
    standard = model.get_prices(moment)
    rates = list(_price_rates(standard, {}))
    if not variants:
        return tuple(rates)
    seen: set[tuple[frozenset[tuple[str, str]], str]] = set()
    for variant in model.price_variants or ():
        if not variant.when.keys() <= _CONTEXT_KEYS or not _active(variant.constraint, moment):
            continue
        condition = frozenset(variant.when.items())
        # Of two that hold for the same calls, the first counts, unit by unit.
        found = [
            rate for rate in _variant_rates(variant, standard) if (condition, rate.unit) not in seen
        ]
        seen.update((condition, rate.unit) for rate in found)
        rates += found
    return tuple(rates)


def _variant_rates(variant: PriceVariant, standard: ModelPrice) -> Iterator[Rate]:
    """One without rates says that the standard ones hold; of standard calls that goes unsaid."""
    rates = list(_price_rates(variant.prices, variant.when))
    if rates or STANDARD_WORDS.issuperset(variant.when.values()):
        yield from rates
    else:
        yield from _price_rates(standard, variant.when)


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
        region=when.get("region"),
        search_context_size=when.get("search_context_size"),
    )
