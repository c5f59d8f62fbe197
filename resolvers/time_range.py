"""Ranges of time: given by their ends, or by the calendar of a time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.errors import BadInput


class RangePreset(StrEnum):
    TODAY = "TODAY"
    YESTERDAY = "YESTERDAY"
    LAST_7_DAYS = "LAST_7_DAYS"
    LAST_30_DAYS = "LAST_30_DAYS"
    THIS_MONTH = "THIS_MONTH"
    LAST_MONTH = "LAST_MONTH"


@dataclass(frozen=True)
class TimeRange:
    """Half-open, in UTC: `from_` is in, `to` is out."""

    from_: datetime
    to: datetime


def time_zone(name: str) -> ZoneInfo:
    """Raises BadInput for what is no IANA name."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        raise BadInput(
            f"{name!r} is no IANA time zone, such as Europe/Berlin.", field="timeZone"
        ) from error


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
    return TimeRange(_midnight(first, zone), _midnight(last + timedelta(days=1), zone))


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


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day; where midnight is skipped, the instant of the skip."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
