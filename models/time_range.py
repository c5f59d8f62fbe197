"""A range of time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple


class TimeRange(NamedTuple):
    """Half-open, in UTC: `from_` is in, `to` is out."""

    from_: datetime
    to: datetime


# Whole days, so that cubes can answer of it.
EVER = TimeRange(datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))
