"""Repricings: who asked for them, how far they came, and what the changed events cost before."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    Numeric,
    Select,
    Text,
    any_,
    bindparam,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.alert_repricing import change_buckets
from models.cost import CostStatus
from models.cube_writing import change_cubes
from models.cursor import Position
from models.event import UsageEvent
from models.event_table import EVENTS, SELECTION, from_row, lines_text, reasons_text
from models.usage_filter import UsageFilter


class RepricingRow(SQLModel, table=True):
    """A repricing that was asked for; `reached_…` is the place of the last event looked at."""

    __tablename__ = "repricings"

    workspace_id: int = Field(
        sa_column=Column(Integer, ForeignKey("workspaces.id"), primary_key=True)
    )
    id: str = Field(primary_key=True)
    request: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    requested_by: str = Field(sa_column=Column(Text, nullable=False))
    requested_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    catalogue_revision: int = Field(sa_column=Column(BigInteger, nullable=False))
    price_revision: int = Field(sa_column=Column(BigInteger, nullable=False))
    reached_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    reached_sequence: int | None = Field(default=None, sa_column=Column(BigInteger))
    events: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    changed: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class EarlierCostRow(SQLModel, table=True):
    """What an event cost before a repricing changed it."""

    __tablename__ = "earlier_costs"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "repricing_id"], ["repricings.workspace_id", "repricings.id"]
        ),
    )

    workspace_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    sequence: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    repricing_id: str = Field(sa_column=Column(Text, primary_key=True))
    cost: Decimal | None = Field(default=None, sa_column=Column(Numeric))
    cost_status: str = Field(sa_column=Column(Text, nullable=False))
    cost_lines: str = Field(sa_column=Column(JSONB, nullable=False))
    price_id: str | None = Field(default=None, sa_column=Column(Text))
    cost_reasons: str | None = Field(default=None, sa_column=Column(JSONB))
    reported_cost_status: str | None = Field(default=None, sa_column=Column(Text))
    computed_cost: Decimal | None = Field(default=None, sa_column=Column(Numeric))


REPRICINGS = RepricingRow.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time

_KEEP = """
    INSERT INTO earlier_costs (
        workspace_id, sequence, repricing_id, cost, cost_status, cost_lines, price_id,
        cost_reasons, reported_cost_status, computed_cost
    )
    SELECT workspace_id, sequence, $2, cost, cost_status, cost_lines, price_id,
        cost_reasons, reported_cost_status, computed_cost
    FROM usage_events WHERE workspace_id = $1 AND sequence = ANY($3::bigint[])
"""
_CHANGE = """
    UPDATE usage_events SET
        cost = new.cost, cost_status = new.cost_status,
        cost_lines = new.cost_lines::jsonb, price_id = new.price_id,
        cost_reasons = new.cost_reasons::jsonb,
        reported_cost_status = new.reported_cost_status, computed_cost = new.computed_cost
    FROM unnest(
        $2::bigint[], $3::numeric[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::numeric[]
    ) AS new (
        sequence, cost, cost_status, cost_lines, price_id, cost_reasons, reported_cost_status,
        computed_cost
    )
    WHERE usage_events.workspace_id = $1 AND usage_events.sequence = new.sequence
"""


@dataclass(frozen=True)
class RepricingQuery:
    """The events of a range that may be repriced: all but those whose cost was supplied."""

    workspace_id: int
    from_: datetime
    to: datetime
    filter: UsageFilter
    limit: int

    def page(self, after: Position | None) -> Select[Any]:
        place = (EVENTS.c.occurred_at, EVENTS.c.sequence)
        statement = select(*SELECTION).where(
            EVENTS.c.workspace_id == self.workspace_id,
            EVENTS.c.occurred_at >= self.from_,
            EVENTS.c.occurred_at < self.to,
            EVENTS.c.cost_status != CostStatus.SUPPLIED.value,
            *self.filter.conditions(),
        )
        if after is not None:
            statement = statement.where(tuple_(*place) > tuple_(after.occurred_at, after.sequence))
        return statement.order_by(*place).limit(self.limit)


async def read_repriceable(
    session: AsyncSession, query: RepricingQuery, after: Position | None
) -> list[UsageEvent]:
    """The next events in order of time, then of recording."""
    return [from_row(row) for row in (await session.execute(query.page(after))).all()]


async def read_by_sequence(
    session: AsyncSession, workspace_id: int, sequences: Sequence[int]
) -> list[UsageEvent]:
    """Events by their places in the log, as they stand now."""
    statement = select(*SELECTION).where(
        EVENTS.c.workspace_id == workspace_id,
        EVENTS.c.sequence == any_(bindparam("sequences", list(sequences), ARRAY(BigInteger))),
    )
    return [from_row(row) for row in (await session.execute(statement)).all()]


async def open_repricing(
    session: AsyncSession,
    workspace_id: int,
    request: bytes,
    revision: tuple[int, int],
    now: datetime,
    by: str,
) -> RepricingRow:
    """The same request's repricing that was not finished, by the same prices; or a new one."""
    catalogue_revision, price_revision = revision
    found = await session.scalar(
        select(RepricingRow)
        .where(
            REPRICINGS.c.workspace_id == workspace_id,
            REPRICINGS.c.request == request,
            REPRICINGS.c.catalogue_revision == catalogue_revision,
            REPRICINGS.c.price_revision == price_revision,
            REPRICINGS.c.finished_at.is_(None),
        )
        .order_by(REPRICINGS.c.requested_at.desc())
        .limit(1)
    )
    if found is None:
        found = RepricingRow(
            workspace_id=workspace_id,
            id="repricing_" + secrets.token_hex(8),
            request=request,
            requested_by=by,
            requested_at=now,
            catalogue_revision=catalogue_revision,
            price_revision=price_revision,
        )
        session.add(found)
        await session.flush()
    return found


async def advance_repricing(
    session: AsyncSession,
    row: RepricingRow,
    reached: Position | None,
    *,
    events: int,
    changed: int,
    finished_at: datetime | None,
) -> None:
    values: dict[str, object] = {
        "events": REPRICINGS.c.events + events,
        "changed": REPRICINGS.c.changed + changed,
        "finished_at": finished_at,
    }
    if reached is not None:
        values |= {"reached_at": reached.occurred_at, "reached_sequence": reached.sequence}
    await session.execute(
        update(REPRICINGS)
        .where(REPRICINGS.c.workspace_id == row.workspace_id, REPRICINGS.c.id == row.id)
        .values(values)
    )


async def change_costs(
    session: AsyncSession,
    workspace_id: int,
    repricing_id: str,
    before: Sequence[UsageEvent],
    after: Sequence[UsageEvent],
) -> None:
    """Give events the costs of `after`, in all sums too, and keep what they cost before.

    In a transaction that holds the workspace.
    """
    connection = await (await session.connection()).get_raw_connection()
    driver = connection.driver_connection
    assert isinstance(driver, asyncpg.Connection)
    sequences = [event.sequence for event in after]
    await driver.execute(_KEEP, workspace_id, repricing_id, sequences)
    await driver.execute(
        _CHANGE,
        workspace_id,
        sequences,
        [event.cost for event in after],
        [event.cost_status.value for event in after],
        [lines_text(event) for event in after],
        [event.price_id for event in after],
        [reasons_text(event) for event in after],
        [event.reported_cost_status for event in after],
        [event.computed_cost for event in after],
    )
    await change_cubes(driver, workspace_id, before, after)
    await change_buckets(driver, workspace_id, before, after)
