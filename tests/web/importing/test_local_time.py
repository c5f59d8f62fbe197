"""Times in files: as clocks showed them, right across changes of clock."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from web.importing.local_time import read_local_time

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-01-31 12:00:00", "2026-01-31T11:00:00Z"),
        ("2026-07-31T12:00", "2026-07-31T10:00:00Z"),
        ("2026-01-31 12:00:00.1234567", "2026-01-31T11:00:00.123456Z"),
        ("2026-01-31 12:00:00Z", "2026-01-31T12:00:00Z"),
        ("2026-01-31 12:00:00 UTC", "2026-01-31T12:00:00Z"),
        ("2026-01-31 12:00:00+0530", "2026-01-31T06:30:00Z"),
        ("2026-10-25 02:30:00", "2026-10-25T00:30:00Z"),
        ("2026-03-29 02:30:00", "2026-03-29T01:30:00Z"),
    ],
)
def test_a_time_is_read(text: str, read: str) -> None:
    assert read_local_time(text, BERLIN) == read


@pytest.mark.parametrize(
    "text", ["", "now", "2026-13-01 00:00:00", "01/02/2026 10:00", "1767225600", "2026-01-31"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="occurredAt"):
        read_local_time(text, BERLIN)
