"""Where a time zone's days and hours begin, as instants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOUR = timedelta(hours=1)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, in UTC; where midnight is skipped, the end of the skip."""
    midnight = datetime.combine(day, time())
    start = midnight.replace(tzinfo=zone).astimezone(UTC)
    if start.astimezone(zone).replace(tzinfo=None) == midnight:
        return start
    # In a skip the two folds are the same wall clock, before and after it.
    before = midnight.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _change_of_offset(before, start, zone)


def is_start_of_day(moment: datetime, zone: ZoneInfo) -> bool:
    return start_of_day(local_day(moment, zone), zone) == moment


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def starts_of_hours(after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Where the local hour changes or the clock does, from then on, without end.

    So no hour is longer than one, and an hour that is repeated is two.
    """
    moment = after
    while True:
        local = moment.astimezone(zone)
        into_hour = timedelta(
            minutes=local.minute, seconds=local.second, microseconds=local.microsecond
        )
        following = moment + _HOUR - into_hour
        if following.astimezone(zone).utcoffset() != local.utcoffset():
            following = _change_of_offset(moment, following, zone)
        moment = following
        yield moment


def _change_of_offset(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant after `before`, and up to `after`, from which the zone's later offset holds."""
    later = after.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == later:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)
