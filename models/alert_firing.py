"""Firings: what rules found, for one key each, from when it began until it was over."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import asyncpg
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    and_,
    func,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from models.alert_bucket import Key


class FiringState(StrEnum):
    """ACKNOWLEDGED: it goes on, and somebody knows."""

    OPEN = "OPEN"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    RESOLVED = "RESOLVED"


@dataclass(frozen=True)
class AlertFiring:
    """Values are in the unit of the rule's measure. `change` numbers all changes of firings.

    `value` is what it was at opening, within the window; `limit_value` what it took, and
    `usual_value` what it was compared with, None where there is no such thing. What is told
    together has its `order_key` in common, which is None until it was told of.
    """

    workspace_id: int
    id: str
    rule_id: str
    key: Key
    opened_at: datetime
    window_from: datetime
    window_to: datetime
    value: Decimal
    limit_value: Decimal | None
    usual_value: Decimal | None
    peak_value: Decimal
    events: int
    unpriced_events: int
    order_key: str | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    change: int

    @property
    def state(self) -> FiringState:
        if self.resolved_at is not None:
            return FiringState.RESOLVED
        return FiringState.OPEN if self.acknowledged_at is None else FiringState.ACKNOWLEDGED


ALERT_FIRINGS = Table(
    "alert_firings",
    SQLModel.metadata,
    Column("workspace_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("rule_id", Text, nullable=False),
    Column("key", Text),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("window_from", DateTime(timezone=True), nullable=False),
    Column("window_to", DateTime(timezone=True), nullable=False),
    Column("value", Numeric, nullable=False),
    Column("limit_value", Numeric),
    Column("usual_value", Numeric),
    Column("peak_value", Numeric, nullable=False),
    Column("events", Numeric, nullable=False),
    Column("unpriced_events", Numeric, nullable=False),
    Column("order_key", Text),
    Column("acknowledged_at", DateTime(timezone=True)),
    Column("acknowledged_by", Text),
    Column("resolved_at", DateTime(timezone=True)),
    Column("change", BigInteger, nullable=False),
    ForeignKeyConstraint(
        ["workspace_id", "rule_id"], ["alert_rules.workspace_id", "alert_rules.id"]
    ),
    Index(
        "alert_firings_open",
        *("workspace_id", "rule_id", "key"),
        unique=True,
        postgresql_where=text("resolved_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    ),
    Index("alert_firings_opened", "workspace_id", "opened_at", "id"),
    Index("alert_firings_change", "workspace_id", "change"),
)
_FIELDS = tuple(field.name for field in fields(AlertFiring))
_COLUMNS = ", ".join(_FIELDS)
_GOING_ON = f"""
    SELECT {_COLUMNS} FROM alert_firings WHERE workspace_id = $1 AND resolved_at IS NULL
"""
_ADD = f"""
    INSERT INTO alert_firings ({_COLUMNS})
    SELECT $1, id, rule_id, key, opened_at, window_from, window_to, value, limit_value,
        usual_value, value, events, unpriced_events, NULL, NULL, NULL, NULL, $2
    FROM unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
        $8::timestamptz[], $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[],
        $13::numeric[])
        AS found (id, rule_id, key, opened_at, window_from, window_to, value, limit_value,
            usual_value, events, unpriced_events)
    ON CONFLICT DO NOTHING
    RETURNING id
"""
_ADDED = (*_FIELDS[1:10], "events", "unpriced_events")
_RESOLVE = """
    UPDATE alert_firings SET resolved_at = $3, change = $4
    WHERE workspace_id = $1 AND id = ANY($2::text[]) AND resolved_at IS NULL
    RETURNING id, order_key
"""
_UNTOLD = f"""
    SELECT {_COLUMNS} FROM alert_firings
    WHERE workspace_id = $1 AND resolved_at IS NULL AND order_key IS NULL
"""
_PEAK = """
    UPDATE alert_firings SET peak_value = greatest(peak_value, found.value), change = $2
    FROM unnest($3::text[], $4::numeric[]) AS found (id, value)
    WHERE workspace_id = $1 AND alert_firings.id = found.id AND resolved_at IS NULL
"""
_TELL = "UPDATE alert_firings SET order_key = $3 WHERE workspace_id = $1 AND id = ANY($2::text[])"


def new_firing_id() -> str:
    return "firing_" + secrets.token_hex(8)


async def read_going_on(driver: asyncpg.Connection[Any], workspace_id: int) -> list[AlertFiring]:
    return [_firing(row) for row in await driver.fetch(_GOING_ON, workspace_id)]


async def read_untold(driver: asyncpg.Connection[Any], workspace_id: int) -> list[AlertFiring]:
    """Those that go on and were not told of."""
    return [_firing(row) for row in await driver.fetch(_UNTOLD, workspace_id)]


async def add_firings(
    driver: asyncpg.Connection[Any], firings: Sequence[AlertFiring], change: int
) -> set[str]:
    """The ids of those that were added; a key that fires already has one."""
    columns = [[getattr(firing, name) for firing in firings] for name in _ADDED]
    rows = await driver.fetch(_ADD, firings[0].workspace_id, change, *columns)
    return {row["id"] for row in rows}


async def resolve_firings(
    driver: asyncpg.Connection[Any],
    workspace_id: int,
    ids: Sequence[str],
    now: datetime,
    change: int,
) -> dict[str, str | None]:
    """The ids of those that went on until now, with their order keys."""
    rows = await driver.fetch(_RESOLVE, workspace_id, ids, now, change)
    return {row["id"]: row["order_key"] for row in rows}


async def note_peaks(
    driver: asyncpg.Connection[Any],
    workspace_id: int,
    values: dict[str, Decimal],
    change: int,
) -> None:
    """`values` by the firings' ids."""
    await driver.execute(_PEAK, workspace_id, change, list(values), list(values.values()))


async def note_told(
    driver: asyncpg.Connection[Any], workspace_id: int, ids: Sequence[str], order_key: str
) -> None:
    await driver.execute(_TELL, workspace_id, ids, order_key)


async def read_firings(
    session: AsyncSession,
    workspace_id: int,
    *,
    states: Collection[FiringState],
    rule_id: str | None,
    before: AlertFiring | None,
    limit: int,
) -> list[AlertFiring]:
    """The latest first, from before that one."""
    place = (ALERT_FIRINGS.c.opened_at, ALERT_FIRINGS.c.id)
    statement = select(ALERT_FIRINGS).where(
        ALERT_FIRINGS.c.workspace_id == workspace_id, _of_states(states)
    )
    if rule_id is not None:
        statement = statement.where(ALERT_FIRINGS.c.rule_id == rule_id)
    if before is not None:
        statement = statement.where(tuple_(*place) < tuple_(before.opened_at, before.id))
    statement = statement.order_by(*(column.desc() for column in place)).limit(limit)
    return [_firing(row) for row in (await session.execute(statement)).mappings()]


async def find_firing(session: AsyncSession, workspace_id: int, id: str) -> AlertFiring | None:
    statement = select(ALERT_FIRINGS).where(
        ALERT_FIRINGS.c.workspace_id == workspace_id, ALERT_FIRINGS.c.id == id
    )
    row = (await session.execute(statement)).mappings().first()
    return None if row is None else _firing(row)


async def count_open(session: AsyncSession, workspace_id: int) -> int:
    """How many go on that nobody has acknowledged."""
    statement = select(func.count()).where(
        ALERT_FIRINGS.c.workspace_id == workspace_id, _of_states([FiringState.OPEN])
    )
    return int(await session.scalar(statement) or 0)


async def read_changed(
    session: AsyncSession, workspace_id: int, *, after: int, limit: int
) -> list[AlertFiring]:
    """Those that were changed since, in the order of their last changes."""
    statement = (
        select(ALERT_FIRINGS)
        .where(ALERT_FIRINGS.c.workspace_id == workspace_id, ALERT_FIRINGS.c.change > after)
        .order_by(ALERT_FIRINGS.c.change, ALERT_FIRINGS.c.id)
        .limit(limit)
    )
    return [_firing(row) for row in (await session.execute(statement)).mappings()]


async def acknowledge(
    session: AsyncSession,
    workspace_id: int,
    ids: Sequence[str],
    by: str,
    now: datetime,
    change: int,
) -> list[AlertFiring]:
    """All that there are of the ids; what is acknowledged or over already stays as it is."""
    of_ids = and_(
        ALERT_FIRINGS.c.workspace_id == workspace_id, ALERT_FIRINGS.c.id == func.any(list(ids))
    )
    await session.execute(
        update(ALERT_FIRINGS)
        .where(of_ids, _of_states([FiringState.OPEN]))
        .values(acknowledged_at=now, acknowledged_by=by, change=change)
    )
    found = select(ALERT_FIRINGS).where(of_ids).order_by(ALERT_FIRINGS.c.opened_at.desc())
    return [_firing(row) for row in (await session.execute(found)).mappings()]


def _of_states(states: Collection[FiringState]) -> Any:
    resolved = ALERT_FIRINGS.c.resolved_at.is_not(None)
    known = ALERT_FIRINGS.c.acknowledged_at.is_not(None)
    conditions = {
        FiringState.OPEN: and_(~resolved, ~known),
        FiringState.ACKNOWLEDGED: and_(~resolved, known),
        FiringState.RESOLVED: resolved,
    }
    chosen = [conditions[state] for state in dict.fromkeys(states)]
    if len(chosen) == len(conditions):
        return text("true")
    found = chosen[0]
    for condition in chosen[1:]:
        found = found | condition
    return found


def _firing(row: Any) -> AlertFiring:
    values = {name: row[name] for name in _FIELDS}
    return AlertFiring(
        **values
        | {
            "events": int(values["events"]),
            "unpriced_events": int(values["unpriced_events"]),
        }
    )
