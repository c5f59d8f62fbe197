"""Ranges by the calendar of a time zone, right across changes of clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.errors import BadInput
from resolvers.time_range import (
    RangePreset,
    TimeRange,
    explicit_range,
    preset_range,
    previous_range,
    time_zone,
)

KATHMANDU = time_zone("Asia/Kathmandu")
BERLIN = time_zone("Europe/Berlin")


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("preset", "from_", "to"),
    [
        (RangePreset.TODAY, "2026-03-14T18:15", "2026-03-15T18:15"),
        (RangePreset.YESTERDAY, "2026-03-13T18:15", "2026-03-14T18:15"),
        (RangePreset.LAST_7_DAYS, "2026-03-08T18:15", "2026-03-15T18:15"),
        (RangePreset.LAST_30_DAYS, "2026-02-13T18:15", "2026-03-15T18:15"),
        (RangePreset.THIS_MONTH, "2026-02-28T18:15", "2026-03-15T18:15"),
        (RangePreset.LAST_MONTH, "2026-01-31T18:15", "2026-02-28T18:15"),
    ],
)
def test_presets_are_days_of_the_zone(preset: RangePreset, from_: str, to: str) -> None:
    """In Kathmandu, at :45, it is the 15th already while it is the 14th in London."""
    now = _utc("2026-03-14T20:00")
    assert preset_range(preset, KATHMANDU, now) == TimeRange(_utc(from_), _utc(to))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_of_a_change_of_clock_has_its_own_length(day: str, hours: int) -> None:
    found = preset_range(RangePreset.TODAY, BERLIN, _utc(f"{day}T12:00"))
    assert found.to - found.from_ == timedelta(hours=hours)


def test_the_first_of_march_follows_the_last_of_february() -> None:
    found = preset_range(RangePreset.LAST_MONTH, time_zone("UTC"), _utc("2028-03-31T00:00"))
    assert found == TimeRange(_utc("2028-02-01T00:00"), _utc("2028-03-01T00:00"))


def test_a_day_whose_midnight_is_skipped_starts_with_the_skip() -> None:
    found = preset_range(RangePreset.TODAY, time_zone("Africa/Cairo"), _utc("2026-04-24T12:00"))
    assert found.from_ == _utc("2026-04-23T22:00")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mars",
        "../etc/passwd",
        "/etc/localtime",
        "\x00",
        # Files that stand beside the zones; `right` counts leap seconds and is off by them.
        "localtime",
        "Factory",
        "posixrules",
        "posix/Europe/Berlin",
        "right/America/New_York",
    ],
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        time_zone(name)


def test_a_long_name_is_not_repeated_whole() -> None:
    with pytest.raises(BadInput) as raised:
        time_zone("a" * 300_000)
    assert len(raised.value.message) < 200


def test_a_range_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(BadInput):
        explicit_range(_utc("2026-01-02T00:00"), _utc("2026-01-01T00:00"))


NOW = _utc("2026-03-30T12:00")


def _local(text: str, zone_name: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=time_zone(zone_name)).astimezone(UTC)


@pytest.mark.parametrize(
    ("preset", "from_", "to"),
    [
        (RangePreset.TODAY, "2026-03-29", "2026-03-30"),
        (RangePreset.YESTERDAY, "2026-03-28", "2026-03-29"),
        (RangePreset.LAST_7_DAYS, "2026-03-17", "2026-03-24"),
        (RangePreset.LAST_30_DAYS, "2026-01-30", "2026-03-01"),
        (RangePreset.THIS_MONTH, "2026-02-01", "2026-03-01"),
        (RangePreset.LAST_MONTH, "2026-01-01", "2026-02-01"),
    ],
)
def test_the_range_before_a_preset_is_one_of_the_calendar(
    preset: RangePreset, from_: str, to: str
) -> None:
    """In Berlin, where the day before has 23 hours; February has no 29th or 30th."""
    found = previous_range(preset_range(preset, BERLIN, NOW), BERLIN, preset)
    assert found == TimeRange(_local(from_, "Europe/Berlin"), _local(to, "Europe/Berlin"))


def test_the_range_before_this_month_is_as_many_days_of_the_last() -> None:
    range = preset_range(RangePreset.THIS_MONTH, BERLIN, _utc("2026-03-10T12:00"))
    found = previous_range(range, BERLIN, RangePreset.THIS_MONTH)
    assert found.to == _local("2026-02-11", "Europe/Berlin")


def test_the_range_before_local_days_is_as_many_local_days() -> None:
    range = TimeRange(_local("2026-03-29", "Europe/Berlin"), _local("2026-03-31", "Europe/Berlin"))
    found = previous_range(range, BERLIN, None)
    assert found == TimeRange(_local("2026-03-27", "Europe/Berlin"), range.from_)


def test_the_range_before_any_other_has_the_same_length() -> None:
    range = TimeRange(_utc("2026-03-29T00:00"), _utc("2026-03-30T00:00"))
    assert previous_range(range, BERLIN, None).from_ == _utc("2026-03-28T00:00")


def test_before_the_first_of_days_there_is_no_range() -> None:
    with pytest.raises(BadInput):
        previous_range(TimeRange(_utc("0001-01-02T00:00"), _utc("0002-01-02T00:00")), BERLIN, None)
