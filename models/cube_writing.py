"""Changing the cubes: in the transaction that changes the events, under the workspace's lock.

Names of tables and columns come from the declaration; all values are arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg

from models.cube_gaps import read_gaps
from models.cube_sums import Sums, sum_events
from models.cubes import (
    COUNTS,
    CUBES,
    MEASURES,
    PRESENCE_SETS,
    QUARTERS_A_DAY,
    Cube,
    PresenceSet,
    Tier,
)
from models.event import UsageEvent
from models.presence import first_uses, presence, quarters_text

# Sent as text, which is exact and four times as quick to encode as asyncpg's numeric.
_AS_TEXT = {*COUNTS, "cost"}


async def add_to_cubes(
    driver: asyncpg.Connection[Any], workspace_id: int, events: Sequence[UsageEvent]
) -> None:
    """Add events that have just been written. The caller holds the workspace's lock."""
    await _add_sums(driver, workspace_id, sum_events(events))
    await _add_presence(driver, workspace_id, events)


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
        arguments = [column for key in _TABLES for column in _columns(*key, sums[key])]
        await driver.execute(_ADD_SUMS, workspace_id, *arguments)


def _columns(cube: Cube, tier: Tier, sums: Sums) -> Iterable[list[Any]]:
    """The rows of one cube's table as an array for each column."""
    keys, rows = list(sums), list(sums.values())
    for place in range(len(cube.columns) + 1):
        yield [key[place] for key in keys]
    for place, measure in enumerate(MEASURES):
        if measure in _AS_TEXT:
            yield [str(row[place]) for row in rows]
        else:
            yield [row[place] for row in rows]


async def _add_presence(
    driver: asyncpg.Connection[Any], workspace_id: int, events: Sequence[UsageEvent]
) -> None:
    arguments: list[list[Any]] = []
    for presence_set in PRESENCE_SETS:
        found = presence(presence_set, events)
        keys = list(found)
        arguments += ([key[n] for key in keys] for n in range(len(presence_set.columns) + 1))
        arguments.append([quarters_text(quarters) for quarters in found.values()])
    uses = first_uses(events)
    arguments += ([user for user, _ in uses], [feature for _, feature in uses], [*uses.values()])
    if any(arguments):
        await driver.execute(_ADD_PRESENCE, workspace_id, *arguments)


class _Parameters:
    """Numbers the arguments of a statement; $1 is the workspace."""

    def __init__(self) -> None:
        self.count = 1

    def next(self, cast: str) -> str:
        self.count += 1
        return f"${self.count}::{cast}[]"


def _type(measure: str) -> str:
    return "text" if measure in _AS_TEXT else "bigint"


def _add_to_table(cube: Cube, tier: Tier, parameters: _Parameters) -> str:
    name = cube.table_name(tier)
    key = ["bucket", *cube.columns]
    arrays = [
        parameters.next("timestamptz"),
        *(parameters.next("text") for _ in cube.columns),
        *(parameters.next(_type(measure)) for measure in MEASURES),
    ]
    measures = [f"{name}::numeric" if name in _AS_TEXT else name for name in MEASURES]
    changes = [f"{name} = cube.{name} + excluded.{name}" for name in MEASURES]
    return f"""
        INSERT INTO {name} AS cube (workspace_id, {", ".join([*key, *MEASURES])})
        SELECT $1, {", ".join([*key, *measures])}
        FROM unnest({", ".join(arrays)}) AS added ({", ".join([*key, *MEASURES])})
        ON CONFLICT ON CONSTRAINT {name}_key DO UPDATE SET {", ".join(changes)}
    """


def _add_to_presence(presence_set: PresenceSet, parameters: _Parameters) -> str:
    """Rows that say nothing new are left alone: to try and insert them would lock them.

    One look into the index for each, as in the log: a join may well read the whole table.
    """
    name, member = presence_set.table_name, presence_set.member
    key = ["bucket", *presence_set.columns]
    arrays = [
        parameters.next("timestamptz"),
        *(parameters.next("text") for _ in range(len(key))),
    ]
    same = [f"{column} IS NOT DISTINCT FROM added.{column}" for column in presence_set.columns[1:]]
    return f"""
        INSERT INTO {name} AS known (workspace_id, {", ".join(key)}, quarters)
        SELECT $1, {", ".join(key)}, added.quarters::bit({QUARTERS_A_DAY})
        FROM unnest({", ".join(arrays)}) AS added ({", ".join(key)}, quarters)
        LEFT JOIN LATERAL (
            SELECT true AS holds FROM {name} AS known
            WHERE workspace_id = $1 AND bucket = added.bucket AND {member} = added.{member}
            AND {" AND ".join(same)}
            AND known.quarters | added.quarters::bit({QUARTERS_A_DAY}) = known.quarters
            LIMIT 1
        ) AS held ON true
        WHERE held.holds IS NULL
        ON CONFLICT ON CONSTRAINT {name}_key
        DO UPDATE SET quarters = known.quarters | excluded.quarters
    """


def _add_first_uses(parameters: _Parameters) -> str:
    arrays = [parameters.next("text"), parameters.next("text"), parameters.next("timestamptz")]
    return f"""
        INSERT INTO first_uses AS known (workspace_id, user_id, feature_id, first_at)
        SELECT $1, user_id, feature_id, first_at
        FROM unnest({", ".join(arrays)}) AS added (user_id, feature_id, first_at)
        LEFT JOIN LATERAL (
            SELECT true AS holds FROM first_uses AS known
            WHERE workspace_id = $1 AND user_id = added.user_id
            AND feature_id IS NOT DISTINCT FROM added.feature_id
            AND first_at <= added.first_at
            LIMIT 1
        ) AS held ON true
        WHERE held.holds IS NULL
        ON CONFLICT ON CONSTRAINT first_uses_key
        DO UPDATE SET first_at = least(known.first_at, excluded.first_at)
    """


def _together(statements: dict[str, str]) -> str:
    """One statement, for one way to Postgres and back."""
    parts = ",\n".join(f"{name} AS ({statement})" for name, statement in statements.items())
    return f"WITH {parts}\nSELECT"


_TABLES = [(cube, tier) for cube in CUBES for tier in cube.tiers]
_of_sums, _of_presence = _Parameters(), _Parameters()
_ADD_SUMS = _together(
    {f"into_{cube.table_name(tier)}": _add_to_table(cube, tier, _of_sums) for cube, tier in _TABLES}
)
_ADD_PRESENCE = _together(
    {
        f"into_{presence_set.table_name}": _add_to_presence(presence_set, _of_presence)
        for presence_set in PRESENCE_SETS
    }
    | {"into_first_uses": _add_first_uses(_of_presence)}
)
