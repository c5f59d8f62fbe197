"""Ranges of time: given by their ends, or by the calendar of a time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from models.errors import BadInput
from models.time_range import TimeRange
from resolvers.local_time import is_start_of_day, local_day, start_of_day

__all__ = [
    "RangePreset",
    "TimeRange",
    "chosen_range",
    "explicit_range",
    "preset_range",
    "previous_range",
    "time_zone",
]


class RangePreset(StrEnum):
    TODAY = "TODAY"
    YESTERDAY = "YESTERDAY"
    LAST_7_DAYS = "LAST_7_DAYS"
    LAST_30_DAYS = "LAST_30_DAYS"
    THIS_MONTH = "THIS_MONTH"
    LAST_MONTH = "LAST_MONTH"


def time_zone(name: str) -> ZoneInfo:
    """Raises BadInput for what is no IANA name."""
    if name not in _zone_names():
        raise BadInput(
            f"{name[:40]!r} is no IANA time zone, such as Europe/Berlin.", field="timeZone"
        )
    return ZoneInfo(name)


@cache
def _zone_names() -> frozenset[str]:
    """Without what stands beside them in the files: the server's own zone, and a placeholder."""
    return frozenset(available_timezones() - {"localtime", "Factory"})


def chosen_range(
    preset: RangePreset | None,
    from_: datetime | None,
    to: datetime | None,
    zone: ZoneInfo,
    now: datetime,
) -> TimeRange:
    """Raises BadInput where it is neither a preset nor both ends, or more than that."""
    if preset is None:
        return explicit_range(from_, to)
    if from_ is not None or to is not None:
        raise BadInput("A range has a preset or its ends, not both.", field="range")
    return preset_range(preset, zone, now)


def explicit_range(from_: datetime | None, to: datetime | None) -> TimeRange:
    """Raises BadInput where an end is missing or the ends are the wrong way round."""
    if from_ is None or to is None:
        raise BadInput("A range has a preset, or both `from` and `to`.", field="range")
    if from_ > to:
        raise BadInput("The range ends before it starts.", field="range.to")
    return TimeRange(from_, to)


def preset_range(preset: RangePreset, zone: ZoneInfo, now: datetime) -> TimeRange:
    """The calendar days of a preset, as the zone has them at that moment."""
    today = now.astimezone(zone).date()
    first, last = _days(preset, today)
    return _of_days(first, last, zone)


def _days(preset: RangePreset, today: date) -> tuple[date, date]:
    match preset:
        case RangePreset.TODAY:
            return today, today
        case RangePreset.YESTERDAY:
            return today - timedelta(days=1), today - timedelta(days=1)
        case RangePreset.LAST_7_DAYS:
            return today - timedelta(days=6), today
        case RangePreset.LAST_30_DAYS:
            return today - timedelta(days=29), today
        case RangePreset.THIS_MONTH:
            return today.replace(day=1), today
        case RangePreset.LAST_MONTH:
            end = today.replace(day=1) - timedelta(days=1)
            return end.replace(day=1), end


def previous_range(range: TimeRange, zone: ZoneInfo, preset: RangePreset | None) -> TimeRange:
    """The range that one is compared with.

    Of the presets of months, the month before, of this month as far as it has come; of what
    begins and ends with local days, as many days before; of all else, the same length before.
    Raises BadInput where there is no time before.
    """
    try:
        if preset in (RangePreset.THIS_MONTH, RangePreset.LAST_MONTH):
            return _previous_month(range, zone, whole=preset is RangePreset.LAST_MONTH)
        if is_start_of_day(range.from_, zone) and is_start_of_day(range.to, zone):
            first, end = local_day(range.from_, zone), local_day(range.to, zone)
            return TimeRange(start_of_day(first - (end - first), zone), range.from_)
        return TimeRange(range.from_ - (range.to - range.from_), range.from_)
    except (OverflowError, ValueError) as error:
        raise BadInput("The range is too early or too late.", field="range") from error


def _previous_month(range: TimeRange, zone: ZoneInfo, *, whole: bool) -> TimeRange:
    first = local_day(range.from_, zone)
    last = first - timedelta(days=1)
    if not whole:
        days = (local_day(range.to, zone) - first).days
        last = min(last, last.replace(day=1) + timedelta(days=days - 1))
    return _of_days(last.replace(day=1), last, zone)


def _of_days(first: date, last: date, zone: ZoneInfo) -> TimeRange:
    """Local days, the last one included."""
    return TimeRange(start_of_day(first, zone), start_of_day(last + timedelta(days=1), zone))
