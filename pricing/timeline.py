"""A model's prices over time: which one holds at a moment, by date and by hour of the day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from models.price import Price, PriceSource, new_price
from pricing.schedule import Part, Schedule

# Since when a provider has no peak hours at weekends, and an hour that never is one, in UTC.
# DeepSeek: https://api-docs.deepseek.com/quick_start/pricing, read on 2026-11-29.
_WEEKENDS_OFF_PEAK = {"deepseek": date(2026, 8, 23)}
_OFF_PEAK_HOUR = 12
_SATURDAY = 5


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
    """All prices of a model, by the catalogue's own names for it.

    `starts` are the moments at which the next day's prices hold.
    """

    provider: str
    model: str
    starts: tuple[datetime, ...]
    days: tuple[Day, ...]

    def at(self, moment: datetime) -> Price | None:
        """The price at an aware moment; None where no rate was known."""
        day = self.days[bisect_right(self.starts, moment) if self.starts else 0]
        return day.at(_off_peak(self.provider, moment) if day.starts else moment)

    def prices(self) -> Iterator[Price]:
        """Every price once, the oldest first."""
        known = {price.id: price for day in self.days for price in day.prices if price is not None}
        return iter(known.values())


def _off_peak(provider: str, moment: datetime) -> datetime:
    """The moment, or one off peak of the same day where the provider has no peak hours on it."""
    since = _WEEKENDS_OFF_PEAK.get(provider)
    if since is None:
        return moment
    moment = moment.astimezone(UTC)
    if moment.date() < since or moment.weekday() < _SATURDAY:
        return moment
    return moment.replace(hour=_OFF_PEAK_HOUR)


def timeline(provider: str, model: str, schedule: Schedule) -> Timeline:
    """The prices that a schedule makes up: one that goes on unchanged is one price."""
    days = tuple(
        Day(
            tuple(hours[0] for hours, _ in day if hours is not None),
            tuple(_price(provider, model, schedule, position, part) for part in day),
        )
        for position, day in enumerate(schedule.days)
    )
    return Timeline(provider, model, schedule.starts, days)


def _price(
    provider: str, model: str, schedule: Schedule, position: int, part: Part
) -> Price | None:
    hours, rates = part
    if not rates:
        return None
    first = last = position
    while first > 0 and part in schedule.days[first - 1]:
        first -= 1
    while last + 1 < len(schedule.days) and part in schedule.days[last + 1]:
        last += 1
    starts = schedule.starts
    return new_price(
        provider,
        model,
        PriceSource.CATALOGUE,
        rates,
        effective_from=starts[first - 1] if first > 0 else None,
        effective_to=starts[last] if last < len(starts) else None,
        daily_from=None if hours is None else f"{hours[0]:%H:%M}",
        daily_to=None if hours is None else f"{hours[1]:%H:%M}",
    )
