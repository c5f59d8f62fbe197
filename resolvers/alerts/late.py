"""What came in late: whether it made a window that is over reach a limit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.alert_bucket import MINUTE, Key, Tally
from models.alert_rule import AlertRule
from models.time_range import TimeRange
from resolvers.alerts.condition import Reading, read
from resolvers.alerts.gauge import Gauge
from resolvers.alerts.window import MAX_LATE

# A key's sums by minute.
Minutes = Mapping[datetime, Tally]


@dataclass(frozen=True)
class LateFinding:
    """A window that is over, and what a rule makes of it by now."""

    window: TimeRange
    reading: Reading
    tally: Tally


def first_to_fire(
    rule: AlertRule, length: timedelta, minutes: Minutes, late: Minutes, edge: datetime
) -> LateFinding | None:
    """The first of the windows before the current one that fires, and would not without the late.

    `minutes` are from a window's length before the first late one on, what was late included.
    Within an exact decimal context.
    """
    sums, without, begin, added = Tally(), Tally(), 0, 0
    known = sorted(minutes)
    for end in _ends(known, length, sorted(late), edge):
        while added < len(known) and known[added] < end:
            _move(sums, without, known[added], minutes, late, 1)
            added += 1
        while begin < added and known[begin] < end - length:
            _move(sums, without, known[begin], minutes, late, -1)
            begin += 1
        reading = read(rule, sums)
        if reading.fires and not read(rule, without).fires:
            return LateFinding(TimeRange(end - length, end), reading, sums)
    return None


def _move(
    sums: Tally, without: Tally, minute: datetime, minutes: Minutes, late: Minutes, sign: int
) -> None:
    sums.add(minutes[minute], sign)
    without.add(minutes[minute], sign)
    if minute in late:
        without.add(late[minute], -sign)


def _ends(
    known: list[datetime], length: timedelta, late: list[datetime], edge: datetime
) -> Iterator[datetime]:
    """The ends of windows before the current one that have a late minute in them.

    Only right after a minute that has something: between, a window only loses.
    """
    place = 0
    for minute in known:
        end = minute + MINUTE
        while place < len(late) and late[place] < end - length:
            place += 1
        if place < len(late) and late[place] < end < edge:
            yield end


class LateKeys:
    """What came in after its minute was over, by gauge, key and minute."""

    def __init__(self) -> None:
        self._late: dict[Gauge, dict[Key, dict[datetime, Tally]]] = {}

    def __bool__(self) -> bool:
        return bool(self._late)

    def note(self, gauge: Gauge, minute: datetime, key: Key, tally: Tally) -> None:
        """Within an exact decimal context."""
        if not gauge.minds_late or gauge.edge is None:
            return
        if gauge.edge - MAX_LATE <= minute < gauge.edge - MINUTE:
            keys = self._late.setdefault(gauge, defaultdict(dict))
            keys[key].setdefault(minute, Tally()).add(tally)

    def take(self) -> Iterator[Suspects]:
        """What a look back is worth for, since the last time. Within an exact decimal context."""
        taken, self._late = self._late, {}
        for gauge, by_key in taken.items():
            for rule in gauge.limits:
                late = {
                    key: minutes
                    for key, minutes in by_key.items()
                    if any(gauge.may_have_fired(rule, key, minute) for minute in minutes)
                }
                if late:
                    yield Suspects(gauge, rule, late)


@dataclass(frozen=True)
class Suspects:
    """Keys that may have reached a rule's limit in a window that is over, with what was late."""

    gauge: Gauge
    rule: AlertRule
    late: Mapping[Key, Minutes]

    @property
    def range(self) -> TimeRange:
        """All that windows with these minutes may hold."""
        assert self.gauge.edge is not None
        first = min(minute for minutes in self.late.values() for minute in minutes)
        return TimeRange(first - self._length, self.gauge.edge)

    def finding(self, key: Key, minutes: Minutes) -> LateFinding | None:
        """`minutes` are the key's within the range. Within an exact decimal context."""
        assert self.gauge.edge is not None
        late = self.late[key]
        return first_to_fire(self.rule, self._length, minutes, late, self.gauge.edge)

    def parts(self, size: int) -> Iterable[list[Key]]:
        keys = list(self.late)
        return (keys[start : start + size] for start in range(0, len(keys), size))

    @property
    def _length(self) -> timedelta:
        return self.gauge.range.to - self.gauge.range.from_
