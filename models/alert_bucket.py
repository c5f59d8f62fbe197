"""What rules watch, summed by minute and key.

The evaluator adds what was recorded, by its place in the log; repricing changes what is in already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
)
from sqlmodel import SQLModel

from models.alert_problem import NotEvaluated
from models.time_range import TimeRange

MINUTE = timedelta(minutes=1)
# Of more the arguments alone would keep others waiting.
ROWS_AT_A_TIME = 2_000
# The value of the column that a stream is watched by; None where it is watched as a whole.
Key = str | None

ALERT_BUCKETS = Table(
    "alert_buckets",
    SQLModel.metadata,
    Column("workspace_id", Integer, nullable=False),
    Column("stream_id", Text(collation="C"), nullable=False),
    Column("minute", DateTime(timezone=True), nullable=False),
    Column("key", Text(collation="C")),
    Column("events", BigInteger, nullable=False),
    Column("tokens", Numeric, nullable=False),
    Column("cost", Numeric, nullable=False),
    Column("unpriced_events", BigInteger, nullable=False),
    Column("errors", BigInteger, nullable=False),
    UniqueConstraint(
        *("workspace_id", "stream_id", "minute", "key"),
        name="alert_buckets_key",
        postgresql_nulls_not_distinct=True,
    ),
)
_MEASURES = ("events", "tokens", "cost", "unpriced_events", "errors")


class Tally:
    """Sums of some events, changed in place. `cost` is USD of what could be priced."""

    __slots__ = _MEASURES

    def __init__(
        self,
        events: int = 0,
        tokens: int = 0,
        cost: Decimal = Decimal(0),
        unpriced_events: int = 0,
        errors: int = 0,
    ) -> None:
        self.events = events
        self.tokens = tokens
        self.cost = cost
        self.unpriced_events = unpriced_events
        self.errors = errors

    def add(self, other: Tally, sign: int = 1) -> None:
        """Exact where the caller's decimal context is."""
        if sign > 0:
            self.events += other.events
            self.tokens += other.tokens
            self.cost += other.cost
            self.unpriced_events += other.unpriced_events
            self.errors += other.errors
        else:
            self.events -= other.events
            self.tokens -= other.tokens
            self.cost -= other.cost
            self.unpriced_events -= other.unpriced_events
            self.errors -= other.errors

    def copy(self) -> Tally:
        return Tally(self.events, self.tokens, self.cost, self.unpriced_events, self.errors)


class Bucket(NamedTuple):
    minute: datetime
    key: Key
    tally: Tally


class Part(NamedTuple):
    """A part of a stream that is asked for; `place` tells the answers apart."""

    stream_id: str
    from_: datetime
    to: datetime
    place: int


_ADD = """
    INSERT INTO alert_buckets AS bucket
    SELECT $1, stream_id, to_timestamp(minute), key, events, tokens, cost, unpriced_events, errors
    FROM unnest($2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text::numeric[],
        $7::text::numeric[], $8::bigint[], $9::bigint[])
        AS added (stream_id, minute, key, events, tokens, cost, unpriced_events, errors)
    ORDER BY stream_id, minute, key
    ON CONFLICT ON CONSTRAINT alert_buckets_key DO UPDATE SET
        events = bucket.events + excluded.events,
        tokens = bucket.tokens + excluded.tokens,
        cost = bucket.cost + excluded.cost,
        unpriced_events = bucket.unpriced_events + excluded.unpriced_events,
        errors = bucket.errors + excluded.errors
"""
_SUMS = ", ".join(f"sum({measure})" for measure in _MEASURES)
_READ = f"""
    SELECT part.place, found.* FROM unnest(
        $2::text[], $3::timestamptz[], $4::timestamptz[], $5::int[]
    ) AS part (stream_id, from_, to_, place)
    CROSS JOIN LATERAL (
        SELECT key, {_SUMS} FROM alert_buckets
        WHERE workspace_id = $1 AND stream_id = part.stream_id
            AND minute >= part.from_ AND minute < part.to_
        GROUP BY key
    ) AS found
"""
_MINUTES = f"""
    SELECT key, minute, {", ".join(_MEASURES)} FROM alert_buckets
    WHERE workspace_id = $1 AND stream_id = $2 AND minute >= $3 AND minute < $4
        AND (key = ANY($5::text[]) OR key IS NULL)
"""
_BLOCKS = f"""
    SELECT key, ceil(extract(epoch FROM $4 - minute) / $5)::int, {_SUMS} FROM alert_buckets
    WHERE workspace_id = $1 AND stream_id = $2 AND minute >= $3 AND minute < $4
    GROUP BY 1, 2
"""


async def add_buckets(
    driver: asyncpg.Connection[Any],
    workspace_id: int,
    buckets: Iterable[tuple[str, Bucket]],
) -> None:
    """Add to what is there. `buckets` come with their streams' ids, each place once."""
    waiting = iter(buckets)
    while rows := list(islice(waiting, ROWS_AT_A_TIME)):
        await _add(driver, workspace_id, rows)


async def _add(
    driver: asyncpg.Connection[Any], workspace_id: int, rows: Sequence[tuple[str, Bucket]]
) -> None:
    ids, places = zip(*rows, strict=True)
    tallies = [bucket.tally for bucket in places]
    await driver.execute(
        _ADD,
        workspace_id,
        ids,
        [int(bucket.minute.timestamp()) for bucket in places],
        [bucket.key for bucket in places],
        [tally.events for tally in tallies],
        _array(tally.tokens for tally in tallies),
        _array(tally.cost for tally in tallies),
        [tally.unpriced_events for tally in tallies],
        [tally.errors for tally in tallies],
    )


async def read_parts(
    driver: asyncpg.Connection[Any], workspace_id: int, parts: Sequence[Part]
) -> Iterator[tuple[int, Key, Tally]]:
    """The sums of each key in each part, with the part's place."""
    if not parts:
        return iter(())
    columns = [list(column) for column in zip(*parts, strict=True)]
    rows = await driver.fetch(_READ, workspace_id, *columns)
    return ((row[0], row[1], read_tally(row[2:])) for row in rows)


async def read_minutes(
    driver: asyncpg.Connection[Any],
    workspace_id: int,
    stream_id: str,
    keys: Sequence[Key],
    range: TimeRange,
) -> dict[Key, dict[datetime, Tally]]:
    """The sums of some keys by minute."""
    found: dict[Key, dict[datetime, Tally]] = {}
    for row in await driver.fetch(_MINUTES, workspace_id, stream_id, *range, keys):
        found.setdefault(row[0], {})[row[1]] = read_tally(row[2:])
    return found


async def read_blocks(
    driver: asyncpg.Connection[Any],
    workspace_id: int,
    stream_id: str,
    range: TimeRange,
    length: timedelta,
) -> list[tuple[Key, int, Tally]]:
    """The sums of each key in each block of a length; 1 is the block that ends the range."""
    seconds = int(length.total_seconds())
    rows = await driver.fetch(_BLOCKS, workspace_id, stream_id, *range, seconds)
    return [(row[0], row[1], read_tally(row[2:])) for row in rows]


def read_tally(values: Sequence[Any]) -> Tally:
    """From measures as Postgres sums them. Raises NotEvaluated where the cost is no number."""
    events, tokens, cost, unpriced_events, errors = values
    if not cost.is_finite():
        raise NotEvaluated(f"It cannot be counted: the cost is {cost}.")
    return Tally(int(events), int(tokens), cost, int(unpriced_events), int(errors))


def _array(numbers: Iterable[object]) -> str:
    """As text: asyncpg takes a whole microsecond for each numeric of an array."""
    return "{" + ",".join(map(str, numbers)) + "}"
