"""What was done to keys, prices and members, and who signed in: kept, and never changed.

Sign-ins that failed are kept for a while: `resolvers.people.old_failures`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    delete,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel


class AuditAction(StrEnum):
    SIGN_IN = "SIGN_IN"
    SIGN_IN_FAILED = "SIGN_IN_FAILED"
    SIGN_OUT = "SIGN_OUT"
    PASSWORD_CHANGED = "PASSWORD_CHANGED"
    KEY_CREATED = "KEY_CREATED"
    KEY_REVOKED = "KEY_REVOKED"
    PRICE_SET = "PRICE_SET"
    PRICE_ENDED = "PRICE_ENDED"
    REPORTED_COSTS_SET = "REPORTED_COSTS_SET"
    EVENTS_REPRICED = "EVENTS_REPRICED"
    WORKSPACE_CREATED = "WORKSPACE_CREATED"
    MEMBER_INVITED = "MEMBER_INVITED"
    INVITATION_WITHDRAWN = "INVITATION_WITHDRAWN"
    MEMBER_ADDED = "MEMBER_ADDED"
    MEMBER_CHANGED = "MEMBER_CHANGED"
    MEMBER_REMOVED = "MEMBER_REMOVED"
    ALERT_RULE_CREATED = "ALERT_RULE_CREATED"
    ALERT_RULE_CHANGED = "ALERT_RULE_CHANGED"
    ALERT_RULE_DELETED = "ALERT_RULE_DELETED"
    DESTINATION_CREATED = "DESTINATION_CREATED"
    DESTINATION_DELETED = "DESTINATION_DELETED"
    DESTINATION_SECRET_ROTATED = "DESTINATION_SECRET_ROTATED"


@dataclass(frozen=True)
class AuditEntry:
    """`actor` as a viewer is named; `subject` is the id or name of what it was done to."""

    id: int
    at: datetime
    actor: str
    action: AuditAction
    subject: str | None
    # JSON as text.
    detail: str | None
    address: str | None


AUDIT_ENTRIES = Table(
    "audit_entries",
    SQLModel.metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    # None for what concerns no workspace: a sign-in under an unknown name.
    Column("workspace_id", Integer, ForeignKey("workspaces.id")),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text),
    Column("detail", JSONB),
    Column("address", Text),
    Index("audit_entries_workspace", "workspace_id", "id"),
)
_SELECTION = (
    *(AUDIT_ENTRIES.c[name] for name in ("id", "at", "actor", "action", "subject")),
    AUDIT_ENTRIES.c.detail.cast(Text),
    AUDIT_ENTRIES.c.address,
)


async def note(
    session: AsyncSession,
    workspace_id: int | None,
    actor: str,
    action: AuditAction,
    subject: str | None = None,
    *,
    detail: Mapping[str, Any] | None = None,
    address: str | None = None,
) -> None:
    """In the transaction that does it, so that neither is there without the other."""
    await session.execute(
        insert(AUDIT_ENTRIES).values(
            workspace_id=workspace_id,
            at=datetime.now(UTC),
            actor=actor,
            action=action.value,
            subject=subject,
            detail=detail,
            address=address,
        )
    )


async def forget_failed_sign_ins(session: AsyncSession, before: datetime) -> None:
    """Nothing else that is kept here is ever taken away."""
    is_failure = AUDIT_ENTRIES.c.action == AuditAction.SIGN_IN_FAILED.value
    await session.execute(delete(AUDIT_ENTRIES).where(is_failure, AUDIT_ENTRIES.c.at < before))


async def read_audit(
    session: AsyncSession, workspace_id: int, *, before: int | None, limit: int
) -> list[AuditEntry]:
    """The newest first, from below the id `before`."""
    statement = select(*_SELECTION).where(AUDIT_ENTRIES.c.workspace_id == workspace_id)
    if before is not None:
        statement = statement.where(AUDIT_ENTRIES.c.id < before)
    rows = await session.execute(statement.order_by(AUDIT_ENTRIES.c.id.desc()).limit(limit))
    return [
        AuditEntry(id, at, actor, AuditAction(action), subject, detail, address)
        for id, at, actor, action, subject, detail, address in rows
    ]
