"""Points of a range by the calendar of a zone, across changes of clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.errors import BadInput
from models.time_range import TimeRange
from resolvers.analytics.points import Interval, cut, is_whole
from resolvers.local_time import start_of_day


def _range(from_: str, to: str, zone: ZoneInfo) -> TimeRange:
    ends = (datetime.fromisoformat(end).replace(tzinfo=zone).astimezone(UTC) for end in (from_, to))
    return TimeRange(*ends)


def _minutes(zone_name: str, from_: str, to: str, interval: Interval) -> list[int]:
    """How long each point is."""
    zone = ZoneInfo(zone_name)
    points = cut(_range(from_, to, zone), interval, zone)
    return [(point.to - point.from_) // timedelta(minutes=1) for point in points]


@pytest.mark.parametrize(
    ("zone", "from_", "to", "hours"),
    [
        ("America/New_York", "2026-03-07", "2026-03-10", [24, 23, 24]),
        ("America/New_York", "2026-10-31", "2026-11-03", [24, 25, 24]),
        ("Australia/Lord_Howe", "2026-04-04", "2026-04-06", [24, 24.5]),
        ("Australia/Lord_Howe", "2026-10-03", "2026-10-05", [24, 23.5]),
        ("Asia/Kathmandu", "2026-03-07", "2026-03-09", [24, 24]),
    ],
)
def test_a_day_of_a_change_of_clock_is_shorter_or_longer(
    zone: str, from_: str, to: str, hours: list[float]
) -> None:
    assert _minutes(zone, from_, to, Interval.DAY) == [60 * length for length in hours]


def test_an_hour_that_is_skipped_is_no_point() -> None:
    found = _minutes("America/New_York", "2026-03-08", "2026-03-09", Interval.HOUR)
    assert found == [60] * 23


def test_an_hour_that_is_repeated_is_two_points() -> None:
    found = _minutes("America/New_York", "2026-11-01", "2026-11-02", Interval.HOUR)
    assert found == [60] * 25


@pytest.mark.parametrize(
    ("day", "next_day", "minutes"),
    [
        ("2026-04-05", "2026-04-06", [60, 60, 30, *[60] * 22]),
        ("2026-10-04", "2026-10-05", [60, 60, 30, *[60] * 21]),
    ],
)
def test_half_an_hour_that_is_repeated_or_skipped_makes_a_point_of_half_an_hour(
    day: str, next_day: str, minutes: list[int]
) -> None:
    assert _minutes("Australia/Lord_Howe", day, next_day, Interval.HOUR) == minutes


def test_weeks_begin_on_monday_and_are_clipped_to_the_range() -> None:
    found = _minutes("UTC", "2026-11-04", "2026-11-18T12:00", Interval.WEEK)
    assert found == [24 * 60 * days for days in (5, 7, 2.5)]


def test_months_have_their_own_lengths() -> None:
    found = _minutes("Asia/Kolkata", "2028-01-31", "2028-04-01", Interval.MONTH)
    assert found == [24 * 60 * days for days in (1, 29, 31)]


def test_points_are_clipped_to_the_microsecond() -> None:
    utc = ZoneInfo("UTC")
    range = _range("2026-11-01T10:59:59.999999", "2026-11-01T11:00:00.000001", utc)
    points = cut(range, Interval.HOUR, utc)
    assert [point.to - point.from_ for point in points] == [timedelta(microseconds=1)] * 2


def test_a_day_that_a_zone_left_out_is_no_point() -> None:
    """Samoa had no 30 December 2011."""
    assert _minutes("Pacific/Apia", "2011-12-29", "2012-01-01", Interval.DAY) == [24 * 60] * 2


def test_a_day_whose_midnight_lies_within_a_skip_begins_at_its_end() -> None:
    """Toronto's clocks went from 23:30 to 00:30 on 30 March 1919."""
    toronto = ZoneInfo("America/Toronto")
    start = start_of_day(datetime(1919, 3, 31, tzinfo=UTC).date(), toronto)
    assert start == datetime(1919, 3, 31, 4, 30, tzinfo=UTC)


def test_an_empty_range_has_no_points() -> None:
    assert _minutes("UTC", "2026-11-04", "2026-11-04", Interval.HOUR) == []


def test_two_thousand_points_are_allowed_and_one_more_is_not() -> None:
    utc = ZoneInfo("UTC")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    whole = TimeRange(start, start + timedelta(hours=2000))
    assert len(cut(whole, Interval.HOUR, utc)) == 2000
    with pytest.raises(BadInput) as refused:
        cut(TimeRange(start, whole.to + timedelta(microseconds=1)), Interval.HOUR, utc)
    assert refused.value.field == "interval"


@pytest.mark.parametrize(
    ("from_", "to", "whole"),
    [
        ("2026-11-01", "2026-11-02", True),
        ("2026-11-01", "2026-11-01T23:59", False),
        ("2026-11-01T00:01", "2026-11-02", False),
    ],
)
def test_a_point_that_is_clipped_is_not_whole(from_: str, to: str, whole: bool) -> None:
    zone = ZoneInfo("America/New_York")
    assert is_whole(_range(from_, to, zone), Interval.DAY, zone) is whole
