"""What `usage` should say, by brute force: plain Python over all events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from models.cost import CostStatus
from models.event import Outcome, UsageEvent
from models.usage_filter import UsageFilter
from models.usage_query import Measure
from models.usage_sums import UsageSums
from resolvers.analytics.dimension import Dimension
from resolvers.analytics.points import Interval

_STEP = timedelta(minutes=15)
_EXACT = Context(prec=200)

Pair = tuple[datetime, datetime]
Values = tuple[Any, ...]


@dataclass(frozen=True)
class Oracle:
    """One question, and all events there are."""

    events: list[UsageEvent]
    range: Pair
    zone: ZoneInfo
    filter: UsageFilter

    @property
    def previous_range(self) -> Pair:
        """For zones whose midnights are never skipped."""
        from_, to = (moment.astimezone(self.zone) for moment in self.range)
        if from_.time() == time() and to.time() == time():
            day = from_.date() - (to.date() - from_.date())
            return _midnight(day, self.zone), self.range[0]
        return self.range[0] - (self.range[1] - self.range[0]), self.range[0]

    def _within(self, range: Pair) -> list[UsageEvent]:
        return [
            event
            for event in self.events
            if range[0] <= event.occurred_at < range[1] and self.filter.matches(event)
        ]

    def totals(self) -> UsageSums:
        return _sum(self._within(self.range))

    def previous(self) -> UsageSums:
        return _sum(self._within(self.previous_range))

    def timeline(
        self, interval: Interval, by: Dimension | None, top: int, measure: Measure
    ) -> list[tuple[Values | None, bool, list[tuple[Pair, UsageSums, UsageSums | None]]]]:
        """Of each series the values, whether it is the rest, and the points."""
        if by is None:
            return [(None, False, self._points(interval, lambda _: True))]
        value = _reader([by])
        best = self._best([by], top, measure)
        series: list[Any] = [
            (key, False, self._points(interval, lambda event, key=key: value(event) == key))
            for key in best
        ]
        rest = self._points(interval, lambda event: value(event) not in best)
        if any(now.events or (before and before.events) for _, now, before in rest) or any(
            value(event) not in best for event in self._within(self.previous_range)
        ):
            series.append((None, True, rest))
        return series

    def breakdown(
        self, by: Sequence[Dimension], top: int, measure: Measure
    ) -> list[tuple[Values | None, bool, UsageSums, UsageSums]]:
        value = _reader(by)
        best = self._best(by, top, measure)
        now, before = self._within(self.range), self._within(self.previous_range)
        groups: list[Any] = [
            (
                key,
                False,
                _sum(event for event in now if value(event) == key),
                _sum(event for event in before if value(event) == key),
            )
            for key in best
        ]
        rest = [[e for e in events if value(e) not in best] for events in (now, before)]
        if rest[0] or rest[1]:
            groups.append((None, True, _sum(rest[0]), _sum(rest[1])))
        return groups

    def adoption(self, interval: Interval) -> dict[str | None, list[tuple[int, int, int]]]:
        """Users, customers and new users of each feature and point."""
        first = self._first_uses()
        now = self._within(self.range)
        found: dict[str | None, list[tuple[int, int, int]]] = {}
        for feature in {event.feature_id for event in now}:
            found[feature] = []
            for point in self._cut(self.range, interval):
                there = [e for e in now if e.feature_id == feature and _is_in(e, point)]
                users = {e.user_id for e in there} - {None}
                customers = {e.customer_id for e in there} - {None}
                new = {u for u in users if u and point[0] <= first[feature, u] < point[1]}
                found[feature].append((len(users), len(customers), len(new)))
        return found

    def users_of(self, feature: str | None) -> int:
        return len(self._of_feature(feature, "user_id"))

    def new_users_of(self, feature: str | None) -> int:
        first = self._first_uses()
        users = self._of_feature(feature, "user_id")
        return sum(self.range[0] <= first[feature, user] < self.range[1] for user in users)

    def _first_uses(self) -> dict[tuple[str | None, str], datetime]:
        first: dict[tuple[str | None, str], datetime] = {}
        for event in self.events:
            if event.user_id is not None:
                key = (event.feature_id, event.user_id)
                first[key] = min(first.get(key, event.occurred_at), event.occurred_at)
        return first

    def customers_of(self, feature: str | None) -> int:
        return len(self._of_feature(feature, "customer_id"))

    def _of_feature(self, feature: str | None, column: str) -> set[str]:
        now = self._within(self.range)
        return {getattr(e, column) for e in now if e.feature_id == feature} - {None}

    def _points(
        self, interval: Interval, passes: Callable[[UsageEvent], bool]
    ) -> list[tuple[Pair, UsageSums, UsageSums | None]]:
        now = [event for event in self._within(self.range) if passes(event)]
        before = [event for event in self._within(self.previous_range) if passes(event)]
        earlier = self._cut(self.previous_range, interval)
        return [
            (
                point,
                _sum(event for event in now if _is_in(event, point)),
                _sum(event for event in before if _is_in(event, earlier[place]))
                if place < len(earlier)
                else None,
            )
            for place, point in enumerate(self._cut(self.range, interval))
        ]

    def _best(self, by: Sequence[Dimension], top: int, measure: Measure) -> list[Values]:
        value = _reader(by)
        groups: dict[Values, list[UsageEvent]] = {}
        for event in self._within(self.range):
            groups.setdefault(value(event), []).append(event)

        def place(key: Values) -> Any:
            return -measure.of(_sum(groups[key])), [(part is None, part or "") for part in key]

        return sorted(groups, key=place)[:top]

    def _cut(self, range: Pair, interval: Interval) -> list[Pair]:
        """Found by walking through the range: a point ends where the calendar says otherwise."""
        starts = [range[0]]
        for moment in _quarters(range):
            if self._label(moment, interval) != self._label(starts[-1], interval):
                starts.append(moment)
        return (
            list(zip(starts, [*starts[1:], range[1]], strict=True)) if range[0] < range[1] else []
        )

    def _label(self, moment: datetime, interval: Interval) -> Any:
        local = moment.astimezone(self.zone)
        match interval:
            case Interval.HOUR:
                return local.date(), local.hour, local.utcoffset()
            case Interval.DAY:
                return local.date()
            case Interval.WEEK:
                return local.isocalendar()[:2]
            case Interval.MONTH:
                return local.year, local.month


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _quarters(range: Pair) -> Iterator[datetime]:
    """The UTC quarters of an hour within a range."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    moment = range[0] + (start - range[0]) % _STEP
    while moment < range[1]:
        if moment > range[0]:
            yield moment
        moment += _STEP


def _is_in(event: UsageEvent, point: Pair) -> bool:
    return point[0] <= event.occurred_at < point[1]


def _reader(by: Sequence[Dimension]) -> Callable[[UsageEvent], Values]:
    return lambda event: tuple(getattr(event, dimension.column) for dimension in by)


def _sum(events: Iterable[UsageEvent]) -> UsageSums:
    found = list(events)

    def count(name: str) -> int:
        return sum(getattr(event, name) or 0 for event in found)

    cost = Decimal(0)
    for event in found:
        cost = _EXACT.add(cost, event.cost or Decimal(0))
    return UsageSums(
        events=len(found),
        input_tokens=count("input_tokens"),
        output_tokens=count("output_tokens"),
        cache_read_tokens=count("cache_read_tokens"),
        cache_write_tokens=count("cache_write_tokens"),
        reasoning_tokens=count("reasoning_tokens"),
        input_audio_tokens=count("input_audio_tokens"),
        output_audio_tokens=count("output_audio_tokens"),
        images=count("images"),
        cost=cost,
        unpriced_events=sum(
            event.cost_status in (CostStatus.PARTIAL, CostStatus.UNPRICED) for event in found
        ),
        errors=sum(event.outcome is Outcome.ERROR for event in found),
    )
