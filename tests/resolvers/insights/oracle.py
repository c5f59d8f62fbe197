"""What insights should say, by brute force: plain Python over all events, with its own rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Context, Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

from models.event import UsageEvent
from models.usage_filter import UsageFilter
from tests.resolvers.insights.own_prices import Name, Rates, prices_at

_EXACT = Context(prec=250)
_MILLION = Decimal(1_000_000)
Names = tuple[str | None, str | None]


@dataclass(frozen=True)
class Oracle:
    """One question, and all events there are."""

    events: list[UsageEvent]
    range: tuple[datetime, datetime]
    zone: ZoneInfo
    filter: UsageFilter

    def cheaper(self) -> dict[Names, list[tuple[Name, Decimal, Decimal]]]:
        """Of each model the other models, what the usage costs there, and what that saves."""
        found = {}
        for names, events in self._known().items():
            others = self._others(names, events)
            if others:
                found[names] = others
        return found

    def cache_saved(self) -> dict[Names, Decimal]:
        return {
            names: gain * sum(e.cache_read_tokens or 0 for e in events)
            for names, gain, events in self._caching()
            if any(e.cache_read_tokens for e in events)
        }

    def cache_at_half(self) -> dict[Names, Decimal]:
        found = {}
        for names, gain, events in self._caching():
            read = sum(e.cache_read_tokens or 0 for e in events)
            given = sum(e.input_tokens or 0 for e in events)
            plain = given - read - sum(e.cache_write_tokens or 0 for e in events)
            moved = min(Decimal(given) / 2 - read, Decimal(plain))
            if moved > 0:
                found[names] = moved * gain
        return found

    def batch(self) -> dict[Names, Decimal]:
        found = {}
        for names, events in self._known().items():
            rates = self._rates(names)
            if rates is None or not any(unit.startswith("batch") for unit in rates):
                continue
            has_output = any(e.output_tokens for e in events)
            if "batch_output" not in rates and not any(e.input_tokens for e in events):
                continue
            assert has_output or any(e.input_tokens for e in events)
            batch = rates | {
                unit.removeprefix("batch_"): rate
                for unit, rate in rates.items()
                if unit.startswith("batch_")
            }
            saved = self._base(names, events) - sum(_cost(event, batch) for event in events)
            if saved > 0:
                found[names] = saved
        return found

    def failed(self) -> dict[Names, Decimal]:
        found: dict[Names, Decimal] = defaultdict(Decimal)
        for event in self._within(*self.range):
            if event.outcome == "ERROR":
                found[event.provider, event.model] += event.cost or 0
        return {names: cost for names, cost in found.items() if cost > 0}

    def unpriced(self) -> dict[Names, tuple[int, int]]:
        """Of each model the events without a price, and those priced in part."""
        found: dict[Names, list[int]] = defaultdict(lambda: [0, 0])
        for event in self._within(*self.range):
            if _is_unknown(event):
                found[event.provider, event.model][event.cost_status == "PARTIAL"] += 1
        return {names: (counts[0], counts[1]) for names, counts in found.items()}

    def unusual(self, column: str) -> dict[str, tuple[Decimal, Decimal, int]]:
        """Of each value the excess, the median, and how many days stand out."""
        from_, to = (moment.astimezone(self.zone) for moment in self.range)
        last = (to - timedelta(microseconds=1)).date()
        length = min((last - from_.date()).days + 1, 92)
        if self.range[0] >= self.range[1]:
            return {}
        first = last - timedelta(days=length - 1)
        before = first - timedelta(days=max(length, 28))
        days: dict[str, dict[date, list[UsageEvent]]] = defaultdict(lambda: defaultdict(list))
        for event in self.events:
            day = event.occurred_at.astimezone(self.zone).date()
            is_past = before <= day < first
            is_now = first <= day and self.range[0] <= event.occurred_at < self.range[1]
            value = getattr(event, column)
            if self.filter.matches(event) and value is not None and (is_past or is_now):
                days[value][day].append(event)
        found = {}
        for value, by_day in days.items():
            costs = {day: _total(events) for day, events in by_day.items()}
            past = {
                day: cost
                for day, cost in costs.items()
                if day < first and not any(_is_unknown(event) for event in by_day[day])
            }
            now = {day: cost for day, cost in costs.items() if day >= first}
            unusual = _unusual(past, now)
            if unusual is not None:
                found[value] = unusual
        return found

    def _within(self, from_: datetime, to: datetime) -> Iterable[UsageEvent]:
        return (e for e in self.events if from_ <= e.occurred_at < to and self.filter.matches(e))

    def _known(self) -> dict[Names, list[UsageEvent]]:
        """Calls of known cost, by model."""
        found: dict[Names, list[UsageEvent]] = defaultdict(list)
        for event in self._within(*self.range):
            if event.cost_status in ("PRICED", "SUPPLIED", "REPORTED") and event.type != "CUSTOM":
                found[event.provider, event.model].append(event)
        return found

    @property
    def _prices(self) -> dict[Name, Rates]:
        return prices_at(self.range[1] - timedelta(microseconds=1))

    def _rates(self, names: Names) -> Rates | None:
        provider, model = names
        return self._prices.get((provider or "", model or ""))

    def _base(self, names: Names, events: list[UsageEvent]) -> Decimal:
        recorded, rates = _total(events), self._rates(names)
        if rates is None or not _serves(rates, events):
            return recorded
        return min(recorded, sum((_cost(event, rates) for event in events), Decimal(0)))

    def _others(
        self, names: Names, events: list[UsageEvent]
    ) -> list[tuple[Name, Decimal, Decimal]]:
        base = self._base(names, events)
        best: dict[str, tuple[Decimal, Name]] = {}
        for name, rates in self._prices.items():
            if name == names or not _serves(rates, events):
                continue
            if not _is_alike(rates, events, self._rates(names)):
                continue
            cost = sum((_cost(event, rates) for event in events), Decimal(0))
            if cost < base and names[1] is not None:
                best[name[0]] = min(best.get(name[0], (cost, name)), (cost, name))
        order = sorted(best.values(), key=lambda each: (each[1][0] != names[0], each))
        return [(name, cost, base - cost) for cost, name in order[:3]]

    def _caching(self) -> Iterable[tuple[Names, Decimal, list[UsageEvent]]]:
        for names, events in self._known().items():
            rates = self._rates(names)
            if rates is not None and rates.get("read", rates["input"]) < rates["input"]:
                yield names, (rates["input"] - rates["read"]) / _MILLION, events


def _cost(event: UsageEvent, rates: Rates) -> Decimal:
    """Unit by unit, as the provider's price page has it."""
    read, write = event.cache_read_tokens or 0, event.cache_write_tokens or 0
    heard, spoken = event.input_audio_tokens or 0, event.output_audio_tokens or 0
    plain = (event.input_tokens or 0) - read - write - heard
    written = (event.output_tokens or 0) - spoken
    amount = (
        plain * rates["input"]
        + read * rates.get("read", rates["input"])
        + write * rates.get("write", rates["input"])
        + heard * rates.get("audio_input", rates["input"])
        + written * rates.get("output", Decimal(0))
        + spoken * rates.get("audio_output", rates.get("output", Decimal(0)))
    )
    return amount / _MILLION + rates.get("fee", Decimal(0)) / 1000


def _serves(rates: Rates, events: list[UsageEvent]) -> bool:
    """Whether every unit has a rate, its own or its whole's."""
    has_images = any(event.images for event in events)
    return not has_images and ("output" in rates or not any(e.output_tokens for e in events))


def _is_alike(rates: Rates, events: list[UsageEvent], own: Rates | None) -> bool:
    """Whether a model with such rates gives what these events got, and takes what they gave.

    Where nothing came out, what the model could have given by its own rates counts.
    """
    if not any((e.input_tokens or 0) + (e.output_tokens or 0) for e in events):
        return False
    if not any(e.output_tokens for e in events):
        return (
            own is not None
            and all((unit in rates) == (unit in own) for unit in ("output", "audio_output"))
            and ("audio_input" in rates or not any(e.input_audio_tokens for e in events))
        )
    return (
        ("output" in rates) == any(e.output_tokens for e in events)
        and ("audio_output" in rates) == any(e.output_audio_tokens for e in events)
        and ("audio_input" in rates or not any(e.input_audio_tokens for e in events))
    )


def _is_unknown(event: UsageEvent) -> bool:
    return event.cost_status in ("UNPRICED", "PARTIAL")


def _total(events: Iterable[UsageEvent]) -> Decimal:
    with localcontext(_EXACT):
        return sum((event.cost or Decimal(0) for event in events), Decimal(0))


def _unusual(
    past: dict[date, Decimal], now: dict[date, Decimal]
) -> tuple[Decimal, Decimal, int] | None:
    if len(past) < 7:
        return None
    middle = _middle(past.values())
    off = Decimal("1.4826") * _middle(abs(cost - middle) for cost in past.values())
    deviation = max(off, middle / 10)
    out = []
    for day, cost in now.items():
        same = [c for d, c in past.items() if d.weekday() == day.weekday()]
        if (
            cost >= middle + 1
            and cost > middle + 6 * deviation
            and 2 * cost > 3 * middle
            and all(2 * cost > 3 * other for other in same)
        ):
            out.append(cost)
    if not out or middle <= 0:
        return None
    return sum(out) - len(out) * middle, middle, len(out)


def _middle(values: Any) -> Decimal:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
