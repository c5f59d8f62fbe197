"""The range that a question about usage is of, and the one it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from models.errors import BadInput
from models.time_range import TimeRange
from resolvers.time_range import RangePreset, chosen_range, previous_range

MAX_YEARS = 10
# So that the range before, and a zone's days around both, can be told.
_EARLIEST = datetime(100, 1, 1, tzinfo=UTC)
_LATEST = datetime(9900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class UsageRange:
    """`now` is the moment of the question: a point that ends later is not over yet."""

    range: TimeRange
    previous: TimeRange
    zone: ZoneInfo
    now: datetime


def usage_range(
    preset: RangePreset | None,
    from_: datetime | None,
    to: datetime | None,
    zone: ZoneInfo,
    now: datetime,
) -> UsageRange:
    """Raises BadInput for a range that is none, or longer than ten years."""
    range = chosen_range(preset, from_, to, zone, now)
    _check_length(range, zone)
    return UsageRange(range, previous_range(range, zone, preset), zone, now)


def _check_length(range: TimeRange, zone: ZoneInfo) -> None:
    if range.from_ < _EARLIEST or range.to > _LATEST:
        raise BadInput("The range is too early or too late.", field="range")
    starts, ends = (moment.astimezone(zone).replace(tzinfo=None) for moment in range)
    day = (starts.year + MAX_YEARS, starts.month, starts.day)
    # Ten years after a 29th of February there is none.
    if (ends.year, ends.month, ends.day, ends.time()) > (*day, starts.time()):
        raise BadInput(f"A range has at most {MAX_YEARS} years.", field="range")
