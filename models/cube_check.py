"""Comparing the cubes with the events, and making good what differs: day by day, in UTC."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from models.cube_content import BUCKETED_CONTENTS, FIRST_USES_CONTENT, Content
from models.cube_gaps import OUTSIDE_GAPS, Gaps, lock_with_gaps, read_gaps
from models.cubes import ORIGIN, Tier
from models.database import Database

# A day of many events takes its time.
DAY_SECONDS = 600.0

_IN_DAY = ("occurred_at >= $2", "occurred_at < $3")
_BUCKET_IN_DAY = ("bucket >= $2", "bucket < $3")
_OUTSIDE = OUTSIDE_GAPS.format(after="$4", until="$5")
_OUTSIDE_FIRST_USES = OUTSIDE_GAPS.format(after="$2", until="$3")

_DIFFERENCES = {
    content: content.difference((*_IN_DAY, _OUTSIDE), _BUCKET_IN_DAY)
    for content in BUCKETED_CONTENTS
}
_FIRST_USES_DIFFERENCE = FIRST_USES_CONTENT.difference((_OUTSIDE_FIRST_USES,), ())
_REPAIRS = [
    (
        f"DELETE FROM {content.table} WHERE workspace_id = $1 AND bucket >= $2 AND bucket < $3",
        content.add_from_events(*_IN_DAY, _OUTSIDE),
    )
    for content in BUCKETED_CONTENTS
]
_FIRST_USES_REPAIR = (
    "DELETE FROM first_uses WHERE workspace_id = $1",
    FIRST_USES_CONTENT.add_from_events(_OUTSIDE_FIRST_USES),
)
# The first moment at or after $2 that the events or some table say something of.
_NEXT = "SELECT least({})".format(
    ", ".join(
        f"(SELECT min({column}) FROM {table} WHERE workspace_id = $1 AND {column} >= $2)"
        for table, column in (
            ("usage_events", "occurred_at"),
            *((content.table, "bucket") for content in BUCKETED_CONTENTS),
        )
    )
)


@dataclass(frozen=True)
class Difference:
    """One row that the events say otherwise than the table; None where there is no such row."""

    table: str
    key: tuple[Any, ...]
    of_events: tuple[Any, ...] | None
    of_table: tuple[Any, ...] | None


@dataclass(frozen=True)
class CheckedDay:
    """What differs of one UTC day; of first uses, which have no day, where it is None."""

    day: datetime | None
    differences: tuple[Difference, ...]


async def check_cubes(database: Database, workspace_id: int) -> AsyncIterator[CheckedDay]:
    """Every day that there is anything of, in order, all as of one moment; then first uses.

    Events in gaps are not expected in the cubes.
    """
    async with database.snapshot_as_owner() as driver:
        gaps = await read_gaps(driver, workspace_id)
        day = await _next_day(driver, workspace_id, ORIGIN)
        while day is not None:
            ends = day + Tier.DAY.length
            found = [
                difference
                for content, statement in _DIFFERENCES.items()
                for difference in _paired(
                    content,
                    await driver.fetch(
                        statement, workspace_id, day, ends, *gaps.arrays, timeout=DAY_SECONDS
                    ),
                )
            ]
            yield CheckedDay(day, tuple(found))
            day = await _next_day(driver, workspace_id, ends)
        yield CheckedDay(None, tuple(await _check_first_uses(driver, workspace_id, gaps)))


async def repair_day(database: Database, workspace_id: int, day: datetime | None) -> None:
    """Make a day's rows anew from its events, under the workspace's lock; None: first uses."""
    async with database.driver() as driver, driver.transaction():
        gaps = await lock_with_gaps(driver, workspace_id)
        ends = () if day is None else (day, day + Tier.DAY.length)
        for empty, anew in [_FIRST_USES_REPAIR] if day is None else _REPAIRS:
            await driver.execute(empty, workspace_id, *ends, timeout=DAY_SECONDS)
            await driver.execute(anew, workspace_id, *ends, *gaps.arrays, timeout=DAY_SECONDS)


async def _check_first_uses(
    driver: asyncpg.Connection[Any], workspace_id: int, gaps: Gaps
) -> list[Difference]:
    rows = await driver.fetch(
        _FIRST_USES_DIFFERENCE, workspace_id, *gaps.arrays, timeout=DAY_SECONDS
    )
    return _paired(FIRST_USES_CONTENT, rows)


async def _next_day(
    driver: asyncpg.Connection[Any], workspace_id: int, after: datetime
) -> datetime | None:
    moment: datetime | None = await driver.fetchval(_NEXT, workspace_id, after)
    return None if moment is None else Tier.DAY.floor(moment)


def _paired(content: Content, rows: list[Any]) -> list[Difference]:
    """One difference for each key, of the rows of both sides."""
    sides: dict[tuple[Any, ...], dict[bool, tuple[Any, ...]]] = {}
    width = len(content.key)
    for of_events, *values in rows:
        sides.setdefault(tuple(values[:width]), {})[of_events] = tuple(values[width:])
    return [
        Difference(content.table, key, found.get(True), found.get(False))
        for key, found in sides.items()
    ]
