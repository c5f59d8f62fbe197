"""Adding to who was there and who was there first, in the transaction that writes the events.

Each row is looked up first: to try and insert what says nothing new would lock it and write. One
look into the index for each, as in the log, since a join may well read the whole table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg

from models.cubes import PRESENCE_SETS, QUARTERS_A_DAY, PresenceSet
from models.event import UsageEvent
from models.presence import first_uses, presence, quarters_text

_BITS = f"bit({QUARTERS_A_DAY})"


async def add_presence(
    driver: asyncpg.Connection[Any], workspace_id: int, events: Sequence[UsageEvent]
) -> None:
    """The caller holds the workspace's lock."""
    arguments: list[list[Any]] = []
    for presence_set in PRESENCE_SETS:
        found = presence(presence_set, events)
        keys = list(found)
        arguments += ([key[n] for key in keys] for n in range(len(presence_set.columns) + 1))
        arguments.append([quarters_text(quarters) for quarters in found.values()])
    uses = first_uses(events)
    arguments += ([user for user, _ in uses], [feature for _, feature in uses], [*uses.values()])
    if any(arguments):
        await driver.execute(_ADD, workspace_id, *arguments)


def _add_to_set(presence_set: PresenceSet, first_argument: int) -> str:
    table, member = presence_set.table_name, presence_set.member
    key = ", ".join(("bucket", *presence_set.columns))
    casts = ("timestamptz[]", *("text[]" for _ in range(len(presence_set.columns) + 1)))
    arrays = [f"${first_argument + place}::{cast}" for place, cast in enumerate(casts)]
    same = [f"{column} IS NOT DISTINCT FROM added.{column}" for column in presence_set.columns[1:]]
    return (
        f"INSERT INTO {table} AS known (workspace_id, {key}, quarters) "
        f"SELECT $1, {key}, added.quarters::{_BITS} "
        f"FROM unnest({', '.join(arrays)}) AS added ({key}, quarters) "
        "LEFT JOIN LATERAL ("
        f"SELECT true AS holds FROM {table} AS known "
        f"WHERE workspace_id = $1 AND bucket = added.bucket AND {member} = added.{member} "
        f"AND {' AND '.join(same)} "
        f"AND known.quarters | added.quarters::{_BITS} = known.quarters LIMIT 1"
        ") AS held ON true WHERE held.holds IS NULL "
        f"ON CONFLICT ON CONSTRAINT {table}_key "
        "DO UPDATE SET quarters = known.quarters | excluded.quarters"
    )


def _add_first_uses(first_argument: int) -> str:
    user, feature, at = (f"${first_argument + place}" for place in range(3))
    return f"""
        INSERT INTO first_uses AS known (workspace_id, user_id, feature_id, first_at)
        SELECT $1, user_id, feature_id, first_at
        FROM unnest({user}::text[], {feature}::text[], {at}::timestamptz[])
            AS added (user_id, feature_id, first_at)
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


def _add_to_all() -> str:
    """One statement, for one way to Postgres and back."""
    parts, argument = [], 2
    for presence_set in PRESENCE_SETS:
        statement = _add_to_set(presence_set, argument)
        parts.append(f"into_{presence_set.table_name} AS ({statement})")
        argument += 2 + len(presence_set.columns)
    parts.append(f"into_first_uses AS ({_add_first_uses(argument)})")
    return f"WITH {', '.join(parts)} SELECT"


_ADD = _add_to_all()
