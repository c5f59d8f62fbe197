"""Which cubes there are: usage summed by time and some dimensions, kept exact as events come in.

This is the one place that says so. Tables, sums, the planner, the check and the repair follow it;
a migration makes the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class Tier(StrEnum):
    """How long a bucket is. Both begin with UTC's midnight.

    A quarter of an hour fits every time zone of today, those at :30 and :45 too.
    """

    QUARTER_HOUR = "quarter_hour"
    DAY = "day"

    @property
    def length(self) -> timedelta:
        return _LENGTHS[self]

    def floor(self, moment: datetime) -> datetime:
        """The start of the bucket that holds the moment, which must be in UTC."""
        if self is Tier.DAY:
            return moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)

    def ceiling(self, moment: datetime) -> datetime:
        """The first start of a bucket at the moment or after it."""
        start = self.floor(moment)
        return start if start == moment else start + self.length


_LENGTHS = {Tier.QUARTER_HOUR: timedelta(minutes=15), Tier.DAY: timedelta(days=1)}
# Where buckets are counted from in SQL: before it there is no time that Python can say.
ORIGIN = datetime(1, 1, 1, tzinfo=UTC)

COUNTS = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "input_audio_tokens",
    "output_audio_tokens",
    "images",
)
# `cost` is of what could be priced; `unpriced_events` are those it does not know in full.
MEASURES = ("events", *COUNTS, "cost", "unpriced_events", "errors")


@dataclass(frozen=True)
class Cube:
    """Sums of all measures for each bucket and each combination of some columns of events."""

    name: str
    columns: tuple[str, ...]
    tiers: tuple[Tier, ...]

    def table_name(self, tier: Tier) -> str:
        return f"cube_{self.name}_by_{tier}"


_BOTH = (Tier.QUARTER_HOUR, Tier.DAY)

# The smaller come first: the planner takes the first that has all that a query asks for. Columns
# stand in the order of their index: what is sought by value first.
CUBES = (
    Cube("totals", (), _BOTH),
    Cube("features", ("feature_id",), _BOTH),
    Cube("models", ("model", "provider", "type"), _BOTH),
    Cube("customers", ("customer_id",), _BOTH),
    Cube("outcomes", ("outcome", "cost_status", "model", "provider", "type"), _BOTH),
    Cube("users", ("user_id", "customer_id"), (Tier.DAY,)),
    Cube("combinations", ("customer_id", "feature_id", "model", "provider", "type"), (Tier.DAY,)),
)


@dataclass(frozen=True)
class PresenceSet:
    """Who was there: a row for each UTC day and combination, with the quarters of that day.

    `quarters` is a bit for each quarter of an hour, the first of the day first; so the days of any
    time zone can be told from the rows of UTC days. Events without `member` are in no row.
    """

    name: str
    member: str
    columns: tuple[str, ...]

    @property
    def table_name(self) -> str:
        return f"presence_of_{self.name}"


QUARTERS_A_DAY = 96
USERS = PresenceSet("users", "user_id", ("user_id", "feature_id", "customer_id"))
CUSTOMERS = PresenceSet("customers", "customer_id", ("customer_id", "feature_id"))
PRESENCE_SETS = (USERS, CUSTOMERS)
