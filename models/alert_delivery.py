"""Deliveries: each message to each destination, from its first try to its end."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import asyncpg
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Select,
    Table,
    Text,
    and_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from models.alert_destination import DESTINATIONS
from models.alert_message import AlertMessage, read_message, write_message


class DeliveryKind(StrEnum):
    OPENED = "OPENED"
    RESOLVED = "RESOLVED"
    DIGEST = "DIGEST"
    TEST = "TEST"


class DeliveryState(StrEnum):
    PENDING = "PENDING"
    SENT = "SENT"
    DEAD = "DEAD"


DELIVERIES = Table(
    "alert_deliveries",
    SQLModel.metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False),
    Column("destination_id", Text, nullable=False),
    # Of what has one, the next is not tried while an earlier one is pending.
    Column("order_key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("message", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("queued_at", DateTime(timezone=True), nullable=False),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Column("claimed_until", DateTime(timezone=True)),
    Column("accepted", ARRAY(Text), nullable=False, server_default="{}"),
    Column("last_error", Text),
    Column("last_status", Integer),
    Column("ended_at", DateTime(timezone=True)),
    ForeignKeyConstraint(
        ["workspace_id", "destination_id"],
        ["alert_destinations.workspace_id", "alert_destinations.id"],
    ),
    Index(
        "alert_deliveries_pending",
        "workspace_id",
        "destination_id",
        "order_key",
        "number",
        postgresql_where=text("state = 'PENDING'"),
    ),
    Index("alert_deliveries_order", "workspace_id", "order_key"),
    Index("alert_deliveries_number", "workspace_id", "number"),
    Index(
        "alert_deliveries_dead",
        "workspace_id",
        "number",
        postgresql_where=text("state = 'DEAD'"),
    ),
)
# Locked, so that a destination that is being deleted takes along what comes in meanwhile.
_TOLD = """
    SELECT DISTINCT destination_id FROM alert_deliveries
    WHERE workspace_id = $1 AND order_key = $2 ORDER BY 1
"""
_ENQUEUE = """
    WITH chosen AS (
        SELECT id FROM alert_destinations
        WHERE workspace_id = $1 AND id = ANY($2::text[]) AND deleted_at IS NULL FOR SHARE
    )
    INSERT INTO alert_deliveries (
        workspace_id, id, destination_id, order_key, kind, message, state,
        created_at, queued_at, next_at, claimed_until
    )
    SELECT $1, delivery.id, chosen.id, $4, $5, $6::jsonb, 'PENDING', $7, $7, $7, $8
    FROM unnest($2::text[], $3::text[]) AS delivery (destination_id, id)
    JOIN chosen ON chosen.id = delivery.destination_id
    RETURNING id
"""


@dataclass(frozen=True)
class Delivery:
    """As lists show it. `ended_at`: when it was sent, or given up."""

    workspace_id: int
    id: str
    number: int
    destination_id: str
    destination_name: str
    kind: DeliveryKind
    state: DeliveryState
    message: AlertMessage
    attempts: int
    created_at: datetime
    next_at: datetime
    ended_at: datetime | None
    last_error: str | None
    last_status: int | None


async def enqueue(
    driver: asyncpg.Connection[Any],
    workspace_id: int,
    destination_ids: Sequence[str],
    order_key: str,
    kind: DeliveryKind,
    message: AlertMessage,
    now: datetime,
    *,
    claimed_until: datetime | None = None,
) -> list[str]:
    """Put a message into the outbox, within the transaction that it tells of.

    Destinations that are not there any more are left out. Returns the ids of the deliveries.
    Those of one order key are sent in the order of their transactions, so the caller sees that
    these come one after the other. `claimed_until`: who calls sends it, and nobody else until then.
    """
    unique = list(dict.fromkeys(destination_ids))
    if not unique:
        return []
    ids = ["msg_" + secrets.token_hex(12) for _ in unique]
    rows = await driver.fetch(
        _ENQUEUE,
        workspace_id,
        unique,
        ids,
        order_key,
        kind.value,
        write_message(message),
        now,
        claimed_until,
    )
    return [row["id"] for row in rows]


async def read_told(
    driver: asyncpg.Connection[Any], workspace_id: int, order_key: str
) -> list[str]:
    """The destinations that anything of this order was put into the outbox for."""
    rows = await driver.fetch(_TOLD, workspace_id, order_key)
    return [row["destination_id"] for row in rows]


async def read_deliveries(
    session: AsyncSession,
    workspace_id: int,
    *,
    state: DeliveryState | None,
    before: int | None,
    limit: int,
) -> list[Delivery]:
    """The newest first, from below a number. Without those that this version cannot read."""
    statement = _select(workspace_id)
    if state is not None:
        statement = statement.where(DELIVERIES.c.state == state.value)
    if before is not None:
        statement = statement.where(DELIVERIES.c.number < before)
    statement = statement.order_by(DELIVERIES.c.number.desc()).limit(limit)
    found = []
    for row in await session.execute(statement):
        with suppress(ValueError):
            found.append(_delivery(row))
    return found


async def find_delivery(
    session: AsyncSession, workspace_id: int, delivery_id: str
) -> Delivery | None:
    statement = _select(workspace_id).where(DELIVERIES.c.id == delivery_id)
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else _delivery(row)


def _select(workspace_id: int) -> Select[Any]:
    columns = (
        "workspace_id",
        "id",
        "number",
        "destination_id",
        "kind",
        "state",
        "attempts",
        "created_at",
        "next_at",
        "ended_at",
        "last_error",
        "last_status",
    )
    return (
        select(
            *(DELIVERIES.c[name] for name in columns),
            DELIVERIES.c.message.cast(Text).label("message"),
            DESTINATIONS.c.name.label("destination_name"),
        )
        .join(
            DESTINATIONS,
            and_(
                DESTINATIONS.c.workspace_id == DELIVERIES.c.workspace_id,
                DESTINATIONS.c.id == DELIVERIES.c.destination_id,
            ),
        )
        .where(DELIVERIES.c.workspace_id == workspace_id)
    )


def _delivery(row: Any) -> Delivery:
    values = dict(row._mapping)
    return Delivery(
        **values
        | {
            "kind": DeliveryKind(row.kind),
            "state": DeliveryState(row.state),
            "message": read_message(row.message),
        }
    )
