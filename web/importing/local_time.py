"""Times in files: with an offset, or as clocks showed them in some time zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from schema.scalars import write_datetime

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(\.\d+)? ?(Z|z|UTC|[+-]\d\d:?\d\d)?\Z", re.ASCII
)


def read_local_time(text: str, zone: ZoneInfo) -> str:
    """RFC 3339 in UTC. Digits below the microsecond are cut. Raises ValueError.

    An hour that a clock shows twice is taken the first time; an hour that is skipped is read
    with the offset before the skip.
    """
    match = _TIME.match(text)
    if match is None:
        raise ValueError(f"occurredAt: {text[:40]!r} is no time such as 2026-01-31 12:00:00")
    day, clock, fraction, offset = match.groups()
    offset = "+00:00" if offset in ("Z", "z", "UTC") else offset or ""
    try:
        read = datetime.fromisoformat(f"{day}T{clock}{(fraction or '')[:7]}{offset}")
        local = read if read.tzinfo is not None else read.replace(tzinfo=zone)
        return write_datetime(local.astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"occurredAt: {text[:40]!r} is no time: {error}") from None
