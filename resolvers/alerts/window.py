"""The windows that rules look through: minutes that move with the clock, or the calendar's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.alert_bucket import MINUTE
from models.alert_rule import AlertCondition, AlertPeriod, AlertRule
from models.time_range import TimeRange
from resolvers.local_time import local_day, start_of_day

MIN_MINUTES = 5
MAX_MINUTES = 31 * 24 * 60
# What is usual is told from so many windows before.
BASELINE_BLOCKS = 24
# What comes in later than that counts in no window that is over.
MAX_LATE = timedelta(hours=6)
MAX_LATE_MINUTES = 24 * 60
# With the windows before it, more minutes would be kept for long than any rule is worth.
MAX_SPIKE_MINUTES = 24 * 60


@dataclass(frozen=True)
class Window:
    """`edge` is the end of the current minute: what is of this minute counts already."""

    minutes: int | None
    period: AlertPeriod | None
    zone: str

    @classmethod
    def of(cls, rule: AlertRule) -> Window:
        return cls(rule.window_minutes, rule.period, rule.time_zone)

    def at(self, edge: datetime) -> TimeRange:
        return TimeRange(self._start(edge), edge)

    def before(self, edge: datetime) -> TimeRange:
        """The window that one is compared with: the one before it, as far as this has come."""
        start = self._start(edge)
        if self.minutes is not None:
            return TimeRange(start - self._length, start)
        before = self._start(start)
        return TimeRange(before, min(start, before + (edge - start)))

    def blocks(self, edge: datetime) -> TimeRange:
        """Whole windows that ended by then, by a grid that does not move."""
        since = (edge - MINUTE - _ORIGIN) // self._length
        end = _ORIGIN + since * self._length
        return TimeRange(end - BASELINE_BLOCKS * self._length, end)

    def needed_from(self, edge: datetime, condition: AlertCondition) -> datetime:
        """What is before is not looked at for such a condition."""
        match condition:
            case AlertCondition.THRESHOLD:
                start = self.at(edge).from_
                return start - MAX_LATE - self._length if self.minds_late else start
            case AlertCondition.SPIKE:
                return min(self.at(edge).from_, self.blocks(edge).from_)
            case AlertCondition.RISE | AlertCondition.NO_DATA:
                return self.before(edge).from_

    @property
    def minds_late(self) -> bool:
        """Whether what is late may have reached a limit in such a window that is over.

        A long window's sum of a while ago is as good as that of now.
        """
        return self.minutes is not None and self.minutes <= MAX_LATE_MINUTES

    @property
    def _length(self) -> timedelta:
        return timedelta(minutes=self.minutes or 0)

    def _start(self, edge: datetime) -> datetime:
        if self.period is None:
            return edge - self._length
        zone = ZoneInfo(self.zone)
        day = local_day(edge - MINUTE, zone)
        return start_of_day(_first_day(day, self.period), zone)


_ORIGIN = datetime(1970, 1, 1, tzinfo=UTC)


def edge_of(moment: datetime) -> datetime:
    """The end of the minute that holds the moment, which must be in UTC."""
    return moment.replace(second=0, microsecond=0) + MINUTE


def _first_day(day: date, period: AlertPeriod) -> date:
    match period:
        case AlertPeriod.DAY:
            return day
        case AlertPeriod.WEEK:
            return day - timedelta(days=day.weekday())
        case AlertPeriod.MONTH:
            return day.replace(day=1)
