"""What came in late: whether a window that is over would have fired, had it come in time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.alert_bucket import MINUTE, Tally
from models.alert_rule import AlertRule
from models.time_range import TimeRange
from resolvers.alerts.condition import Reading, read


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
