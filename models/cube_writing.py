"""Changing the cubes: in the transaction that changes the events, under the workspace's lock.

Names of tables and columns come from the declaration; all values are arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import asyncpg

from models.cube_gaps import read_gaps
from models.cube_sums import Sums, sum_events
from models.cubes import COUNTS, CUBES, MEASURES, Cube, Tier
from models.event import UsageEvent
from models.presence_writing import add_presence

_NUMERIC = {*COUNTS, "cost"}
_TABLES = [(cube, tier) for cube in CUBES for tier in cube.tiers]


async def add_to_cubes(
    driver: asyncpg.Connection[Any],
    workspace_id: int,
    events: Sequence[UsageEvent],
    news: Sequence[UsageEvent],
) -> None:
    """Add events that have just been written. The caller holds the workspace's lock.

    `news` are those of them that may say something new of who was there.
    """
    await _add_sums(driver, workspace_id, sum_events(events))
    await add_presence(driver, workspace_id, news)


async def change_cubes(
    driver: asyncpg.Connection[Any],
    workspace_id: int,
    before: Sequence[UsageEvent],
    after: Sequence[UsageEvent],
) -> None:
    """Follow a change of costs: the same events as they were and as they are now.

    The caller holds the workspace's lock and changes the events in the same transaction. Events
    that the cubes do not hold yet are left to the builder, which will find them changed.
    """
    gaps = await read_gaps(driver, workspace_id)
    added = [event for event in after if not gaps.hold(event.sequence)]
    removed = [event for event in before if not gaps.hold(event.sequence)]
    await _add_sums(driver, workspace_id, sum_events(added, removed))


async def _add_sums(
    driver: asyncpg.Connection[Any], workspace_id: int, sums: dict[tuple[Cube, Tier], Sums]
) -> None:
    if any(sums.values()):
        arguments = [column for table in _TABLES for column in _columns(table[0], sums[table])]
        await driver.execute(_ADD, workspace_id, *arguments)


def _columns(cube: Cube, sums: Sums) -> Iterator[Any]:
    """The rows of one table by columns, as `_add_to_table` takes them.

    Numbers as arrays in text: asyncpg takes a fifth of a microsecond for each item of an array,
    and for numeric a whole one. A measure that is zero in all rows, as most are, has none.
    """
    keys, rows = list(sums), list(sums.values())
    yield _array(_seconds(key[0] for key in keys))
    for place in range(len(cube.columns)):
        yield [key[place + 1] for key in keys]
    for measure in zip(*rows, strict=True) if rows else ((),) * len(MEASURES):
        yield _array(measure) if any(measure) else "{}"


def _array(numbers: Iterable[object]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def _seconds(buckets: Iterable[datetime]) -> Iterator[int]:
    """Since 1970; a batch has few different buckets."""
    known: dict[datetime, int] = {}
    for bucket in buckets:
        seconds = known.get(bucket)
        if seconds is None:
            seconds = known[bucket] = int(bucket.timestamp())
        yield seconds


def _add_to_table(cube: Cube, tier: Tier, first_argument: int) -> str:
    table = cube.table_name(tier)
    columns = ("bucket", *cube.columns, *MEASURES)
    casts = [
        "text::bigint[]",
        *("text[]" for _ in cube.columns),
        *(f"text::{'numeric' if measure in _NUMERIC else 'bigint'}[]" for measure in MEASURES),
    ]
    arrays = [f"${first_argument + place}::{cast}" for place, cast in enumerate(casts)]
    values = [f"coalesce({measure}, 0)" for measure in MEASURES]
    changes = [f"{measure} = cube.{measure} + excluded.{measure}" for measure in MEASURES]
    return (
        f"INSERT INTO {table} AS cube (workspace_id, {', '.join(columns)}) "
        f"SELECT $1, to_timestamp(bucket), {', '.join((*cube.columns, *values))} "
        f"FROM unnest({', '.join(arrays)}) AS added ({', '.join(columns)}) "
        f"ON CONFLICT ON CONSTRAINT {table}_key DO UPDATE SET {', '.join(changes)}"
    )


def _add_to_all() -> str:
    """One statement, for one way to Postgres and back."""
    parts, argument = [], 2
    for cube, tier in _TABLES:
        statement = _add_to_table(cube, tier, argument)
        parts.append(f"into_{cube.table_name(tier)} AS ({statement})")
        argument += 1 + len(cube.columns) + len(MEASURES)
    return f"WITH {', '.join(parts)} SELECT"


_ADD = _add_to_all()
