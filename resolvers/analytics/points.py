"""A range cut into hours, days, weeks or months of a time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from models.errors import BadInput
from resolvers.local_time import local_day, start_of_day, starts_of_hours
from resolvers.time_range import TimeRange

MAX_POINTS = 2_000


class Interval(StrEnum):
    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


def cut(range: TimeRange, interval: Interval, zone: ZoneInfo) -> tuple[TimeRange, ...]:
    """The range's points, without gaps; the first and the last are clipped to it.

    Raises BadInput where there are more than 2,000.
    """
    points = tuple(islice(_spans(range, interval, zone), MAX_POINTS + 1))
    if len(points) > MAX_POINTS:
        raise BadInput(
            f"A timeline has at most {MAX_POINTS:,} points; choose a longer interval or a "
            "shorter range.",
            field="interval",
        )
    return points


def _spans(range: TimeRange, interval: Interval, zone: ZoneInfo) -> Iterator[TimeRange]:
    start = range.from_
    for end in _starts(range.from_, interval, zone):
        # A day that a zone has left out begins where the next one does.
        if start < min(end, range.to):
            yield TimeRange(start, min(end, range.to))
            start = end
        if end >= range.to:
            return


def _starts(after: datetime, interval: Interval, zone: ZoneInfo) -> Iterator[datetime]:
    """Where intervals begin, from the first that begins after the moment's own."""
    if interval is Interval.HOUR:
        yield from starts_of_hours(after, zone)
    day = local_day(after, zone)
    while True:
        day = _next(day, interval)
        yield start_of_day(day, zone)


def _next(day: date, interval: Interval) -> date:
    """The first day of the following interval."""
    match interval:
        case Interval.WEEK:
            return day + timedelta(days=7 - day.weekday())
        case Interval.MONTH:
            return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        case _:
            return day + timedelta(days=1)


def is_whole(point: TimeRange, interval: Interval, zone: ZoneInfo) -> bool:
    """Whether the point begins and ends where intervals do."""
    just_before = point.from_ - timedelta(microseconds=1)
    return (
        next(_starts(just_before, interval, zone)) == point.from_
        and next(_starts(point.from_, interval, zone)) == point.to
    )
