"""Which process evaluates a workspace's rules, how far it came, and how often firings changed.

One row for a workspace that has, or had, rules. Its lock comes after the workspace's own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    Table,
    Text,
    func,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

ALERT_PROGRESS = Table(
    "alert_progress",
    SQLModel.metadata,
    Column(
        "workspace_id",
        Integer,
        ForeignKey("workspaces.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("sequence", BigInteger, nullable=False),
    Column("reached", BigInteger, nullable=False, server_default=text("0")),
    Column("changes", BigInteger, nullable=False, server_default=text("0")),
    Column("holder", Text),
    Column("held_until", DateTime(timezone=True)),
)
# How often a workspace's rules were changed.
ALERT_REVISIONS = Table(
    "alert_revisions",
    SQLModel.metadata,
    Column(
        "workspace_id",
        Integer,
        ForeignKey("workspaces.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("rules", BigInteger, nullable=False),
)

# By Postgres' clock, which all processes share. What is locked is somebody's who is at work.
_HOLD = """
    WITH free AS (
        SELECT workspace_id FROM alert_progress
        WHERE holder = $1 OR holder IS NULL OR held_until < clock_timestamp()
        FOR UPDATE SKIP LOCKED
    )
    UPDATE alert_progress AS progress
    SET holder = $1, held_until = clock_timestamp() + $2::interval,
        reached = coalesce(evaluated.reached, sequence)
    FROM free
    JOIN workspaces ON workspaces.id = free.workspace_id
    JOIN alert_revisions AS revision ON revision.workspace_id = free.workspace_id
    LEFT JOIN unnest($3::int[], $4::bigint[]) AS evaluated (workspace_id, reached)
        ON evaluated.workspace_id = free.workspace_id
    WHERE progress.workspace_id = free.workspace_id
    RETURNING progress.workspace_id, sequence, revision.rules, last_sequence, repriced
"""
_RELEASE = "UPDATE alert_progress SET holder = NULL, held_until = NULL WHERE holder = $1"
_LOCK = """
    SELECT sequence FROM alert_progress WHERE workspace_id = $1 AND holder = $2 FOR UPDATE
"""
_EXTEND = """
    UPDATE alert_progress SET held_until = clock_timestamp() + $2::interval WHERE workspace_id = $1
"""
_REPRICED = "SELECT repriced FROM workspaces WHERE id = $1"
_ADVANCE = "UPDATE alert_progress SET sequence = $2 WHERE workspace_id = $1"
_CHANGE = """
    UPDATE alert_progress SET changes = changes + 1 WHERE workspace_id = $1 RETURNING changes
"""
# The first rule makes the row; later ones do not wait for it.
_BEGIN = """
    INSERT INTO alert_progress (workspace_id, sequence, reached)
    SELECT id, last_sequence, last_sequence FROM workspaces WHERE id = :workspace_id
    ON CONFLICT DO NOTHING
"""
_NOTE_RULES = """
    INSERT INTO alert_revisions (workspace_id, rules) VALUES (:workspace_id, 1)
    ON CONFLICT (workspace_id) DO UPDATE SET rules = alert_revisions.rules + 1
"""


class NotHeld(Exception):
    """Another process evaluates the workspace by now."""


@dataclass(frozen=True)
class Head:
    """A workspace that this process evaluates: how far it came, and how far there is to go."""

    workspace_id: int
    sequence: int
    rules_revision: int
    last_sequence: int
    repriced: int


@dataclass(frozen=True)
class Progress:
    sequence: int
    repriced: int


async def hold(
    driver: asyncpg.Connection[Any],
    holder: str,
    lease: timedelta,
    reached: Mapping[int, int] | None = None,
) -> list[Head]:
    """All workspaces that this holder evaluates from now on for the time of a lease.

    `reached`: the sequences up to which it has evaluated them, by workspace. That is only shown:
    another process goes on from what was written.
    """
    reached = reached or {}
    rows = await driver.fetch(_HOLD, holder, lease, list(reached), list(reached.values()))
    return [Head(*row) for row in rows]


async def release(driver: asyncpg.Connection[Any], holder: str) -> None:
    """Let others take over at once."""
    await driver.execute(_RELEASE, holder)


async def lock_progress(
    driver: asyncpg.Connection[Any], workspace_id: int, holder: str
) -> Progress:
    """Keep others from evaluating, and costs from changing, until the transaction ends.

    Raises NotHeld.
    """
    row = await driver.fetchrow(_LOCK, workspace_id, holder)
    if row is None:
        raise NotHeld
    # By a statement of its own: one that waited for the lock sees other rows as they were before.
    repriced = await read_repriced(driver, workspace_id)
    return Progress(row["sequence"], repriced)


async def read_repriced(driver: asyncpg.Connection[Any], workspace_id: int) -> int:
    """How often costs were changed."""
    repriced: int = await driver.fetchval(_REPRICED, workspace_id)
    return repriced


async def extend(driver: asyncpg.Connection[Any], workspace_id: int, lease: timedelta) -> None:
    """Begin a new lease. A transaction that took long may have outlived the one it began with."""
    await driver.execute(_EXTEND, workspace_id, lease)


async def advance(driver: asyncpg.Connection[Any], workspace_id: int, sequence: int) -> None:
    await driver.execute(_ADVANCE, workspace_id, sequence)


async def next_change(driver: asyncpg.Connection[Any], workspace_id: int) -> int:
    """The number of a change of firings that this transaction makes."""
    number: int = await driver.fetchval(_CHANGE, workspace_id)
    return number


async def note_change(session: AsyncSession, workspace_id: int) -> int:
    """As `next_change`, in a session; 0 where there never was a rule."""
    statement = (
        update(ALERT_PROGRESS)
        .where(ALERT_PROGRESS.c.workspace_id == workspace_id)
        .values(changes=ALERT_PROGRESS.c.changes + 1)
        .returning(ALERT_PROGRESS.c.changes)
    )
    return int(await session.scalar(statement) or 0)


async def read_changes(session: AsyncSession, workspace_ids: Collection[int]) -> dict[int, int]:
    """The number of the last change of firings of each workspace that has any rule."""
    statement = select(ALERT_PROGRESS.c.workspace_id, ALERT_PROGRESS.c.changes).where(
        ALERT_PROGRESS.c.workspace_id == func.any(list(workspace_ids))
    )
    return {id: changes for id, changes in (await session.execute(statement)).all()}


async def note_rules(session: AsyncSession, workspace_id: int) -> None:
    """In the transaction that changes rules: whoever evaluates them reads them anew."""
    await session.execute(text(_BEGIN), {"workspace_id": workspace_id})
    await session.execute(text(_NOTE_RULES), {"workspace_id": workspace_id})
