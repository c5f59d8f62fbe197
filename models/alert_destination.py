"""Where alerts are sent: webhooks, chats, e-mail addresses."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, DateTime, ForeignKey, Integer, Table, Text, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

SECRET_PREFIX = "whsec_"
# As long as a receiver has to learn of a new secret.
EARLIER_SECRET_HOLDS = timedelta(days=1)


class DestinationKind(StrEnum):
    WEBHOOK = "WEBHOOK"
    SLACK = "SLACK"
    EMAIL = "EMAIL"


DESTINATIONS = Table(
    "alert_destinations",
    SQLModel.metadata,
    Column("workspace_id", Integer, ForeignKey("workspaces.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    # Kept from readers, as secrets are: who knows a chat's URL may write to it.
    Column("url", Text),
    # As much of it as may be shown.
    Column("shown_url", Text),
    Column("addresses", ARRAY(Text), nullable=False, server_default="{}"),
    Column("secret", Text),
    Column("earlier_secret", Text),
    Column("earlier_secret_until", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("deleted_at", DateTime(timezone=True)),
)
_SHOWN = [
    DESTINATIONS.c[name]
    for name in ("id", "name", "kind", "shown_url", "addresses", "created_at", "created_by")
]


def new_secret() -> str:
    """As Standard Webhooks writes it: 32 random bytes in base64, behind a prefix."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def new_destination_id() -> str:
    return "destination_" + secrets.token_hex(8)


async def read_destinations(session: AsyncSession, workspace_id: int) -> list[Row[Any]]:
    """What readers may see of those there are, the oldest first."""
    statement = (
        select(*_SHOWN)
        .where(DESTINATIONS.c.workspace_id == workspace_id, DESTINATIONS.c.deleted_at.is_(None))
        .order_by(DESTINATIONS.c.created_at, DESTINATIONS.c.id)
    )
    return list(await session.execute(statement))


async def find_destination(
    session: AsyncSession, workspace_id: int, destination_id: str, *, lock: bool = False
) -> Row[Any] | None:
    """What readers may see of it; None where it is not there, or not any more."""
    statement = select(*_SHOWN).where(*_is(workspace_id, destination_id))
    if lock:
        statement = statement.with_for_update()
    return (await session.execute(statement)).one_or_none()


async def count_destinations(session: AsyncSession, workspace_id: int) -> int:
    statement = select(func.count()).where(
        DESTINATIONS.c.workspace_id == workspace_id, DESTINATIONS.c.deleted_at.is_(None)
    )
    return int((await session.execute(statement)).scalar_one())


async def mark_deleted(
    session: AsyncSession, workspace_id: int, destination_id: str, now: datetime
) -> None:
    """It stays for its deliveries' sake, without what would be worth stealing."""
    await session.execute(
        update(DESTINATIONS)
        .where(*_is(workspace_id, destination_id))
        .values(deleted_at=now, url=None, secret=None, earlier_secret=None)
    )


async def change_secret(
    session: AsyncSession, workspace_id: int, destination_id: str, secret: str, now: datetime
) -> None:
    """Messages are signed by the earlier one too, for some time."""
    await session.execute(
        update(DESTINATIONS)
        .where(*_is(workspace_id, destination_id))
        .values(
            earlier_secret=DESTINATIONS.c.secret,
            earlier_secret_until=now + EARLIER_SECRET_HOLDS,
            secret=secret,
        )
    )


def _is(workspace_id: int, destination_id: str) -> tuple[Any, ...]:
    return (
        DESTINATIONS.c.workspace_id == workspace_id,
        DESTINATIONS.c.id == destination_id,
        DESTINATIONS.c.deleted_at.is_(None),
    )
