"""Prices that follow the hours of the day from a date on, which genai-prices cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

from genai_prices.types import (
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    StartDateConstraint,
    TimeOfDateConstraint,
)

# Parts of a day, `[from, to)` in UTC.
Hours = Sequence[tuple[time, time]]


@dataclass
class HoursSince(TimeOfDateConstraint):
    """A part of each day, from a date on; None: since ever."""

    since: date | None = None

    def active(self, request_timestamp: datetime) -> bool:
        is_begun = self.since is None or request_timestamp.astimezone(UTC).date() >= self.since
        return is_begun and super().active(request_timestamp)


@dataclass(frozen=True)
class Tariff:
    """What a model costs from a date on, USD by price key, and in some `hours` of the day.

    `since` None: since ever.
    """

    since: date | None
    rates: Mapping[str, str]
    hours: Hours = ()
    hourly_rates: Mapping[str, str] | None = None

    def prices(self) -> Iterator[ConditionalPrice]:
        """The price of all day, then that of the hours: of several that hold the last counts."""
        start = None if self.since is None else StartDateConstraint(self.since)
        yield ConditionalPrice(start, prices=_price(self.rates))
        for begin, end in self.hours:
            hours = HoursSince(begin, end, self.since)
            yield ConditionalPrice(hours, prices=_price(self.hourly_rates or {}))


@dataclass(frozen=True)
class Tariffs:
    """All tariffs of a model, the oldest first, in place of the catalogue's prices.

    A model for which the catalogue has rates that are none of these stays as it is.
    """

    tariffs: Sequence[Tariff]

    def apply(self, model: ModelInfo, since: date) -> ModelInfo:
        if isinstance(model.prices, ModelPrice):
            return model
        ours = [price for tariff in self.tariffs for price in tariff.prices()]
        known = [each.prices for each in ours]
        if any(each.prices not in known for each in model.prices):
            return model
        return replace(model, prices=ours)


def _price(rates: Mapping[str, str]) -> ModelPrice:
    return ModelPrice(**{key: Decimal(rate) for key, rate in rates.items()})
