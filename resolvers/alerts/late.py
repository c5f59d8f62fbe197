"""What came in late: whether a window that is over would have fired, had it come in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.alert_bucket import MINUTE, Key, Tally
from models.alert_rule import AlertRule
from models.time_range import TimeRange
from resolvers.alerts.condition import Reading, read
from resolvers.alerts.gauge import Gauge


@dataclass(frozen=True)
class LateFinding:
    """A window that is over, and what a rule makes of it by now."""

    window: TimeRange
    reading: Reading
    tally: Tally


def first_to_fire(
    rule: AlertRule,
    length: timedelta,
    minutes: Mapping[datetime, Tally],
    late: Iterable[datetime],
    edge: datetime,
) -> LateFinding | None:
    """The first of the windows before the current one that has a late minute in it and fires.

    `minutes` are a key's sums by minute, from a window's length before the first late one on.
    Within an exact decimal context.
    """
    ends = _ends(length, sorted(late), edge)
    sums, begin = Tally(), 0
    known = sorted(minutes)
    added = 0
    for end in ends:
        while added < len(known) and known[added] < end:
            sums.add(minutes[known[added]])
            added += 1
        while begin < added and known[begin] < end - length:
            sums.add(minutes[known[begin]], -1)
            begin += 1
        reading = read(rule, sums)
        if reading.fires:
            return LateFinding(TimeRange(end - length, end), reading, sums)
    return None


def _ends(length: timedelta, late: list[datetime], edge: datetime) -> Iterable[datetime]:
    """The ends of all windows with a late minute in them that end before the current one."""
    end = datetime.min.replace(tzinfo=edge.tzinfo)
    for minute in late:
        end = max(end, minute + MINUTE)
        while end < min(edge, minute + MINUTE + length):
            yield end
            end += MINUTE


class LateKeys:
    """The keys that something came in for after its minute was over, by gauge."""

    def __init__(self) -> None:
        self._minutes: dict[Gauge, dict[Key, set[datetime]]] = {}

    def note(self, gauge: Gauge, minute: datetime, key: Key) -> None:
        if gauge.minds_late and gauge.edge is not None and minute < gauge.edge - MINUTE:
            self._minutes.setdefault(gauge, {}).setdefault(key, set()).add(minute)

    def take(self) -> list[Suspects]:
        """What a look back is worth for, since the last time. Within an exact decimal context."""
        taken, self._minutes = self._minutes, {}
        suspects = [
            Suspects(gauge, rule, _suspects(gauge, rule, by_key))
            for gauge, by_key in taken.items()
            for rule in gauge.limits
        ]
        return [one for one in suspects if one.minutes]


@dataclass(frozen=True)
class Suspects:
    """Keys that may have reached a rule's limit in a window that is over, with late minutes."""

    gauge: Gauge
    rule: AlertRule
    minutes: dict[Key, set[datetime]]

    @property
    def range(self) -> TimeRange:
        """All that windows with these minutes may hold."""
        assert self.gauge.edge is not None
        first = min(minute for minutes in self.minutes.values() for minute in minutes)
        return TimeRange(first - self._length, self.gauge.edge)

    def findings(
        self, sums: Mapping[Key, Mapping[datetime, Tally]]
    ) -> Iterator[tuple[Key, LateFinding]]:
        """`sums` are the keys' by minute. Within an exact decimal context."""
        assert self.gauge.edge is not None
        for key, minutes in self.minutes.items():
            found = first_to_fire(
                self.rule, self._length, sums.get(key, {}), minutes, self.gauge.edge
            )
            if found is not None:
                yield key, found

    @property
    def _length(self) -> timedelta:
        return self.gauge.range.to - self.gauge.range.from_


def _suspects(
    gauge: Gauge, rule: AlertRule, late: Mapping[Key, set[datetime]]
) -> dict[Key, set[datetime]]:
    return {
        key: minutes
        for key, minutes in late.items()
        if gauge.may_have_fired(rule, key, min(minutes))
    }
