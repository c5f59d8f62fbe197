"""Invitations: a link by which somebody joins a workspace, once, for some days."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Text,
    delete,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, select

from models.key import hash_secret
from models.membership import Role

LIFETIME = timedelta(days=7)


class Invitation(SQLModel, table=True):
    """`accepted_at`: None while it is open."""

    __tablename__ = "invitations"

    workspace_id: int = Field(
        sa_column=Column(Integer, ForeignKey("workspaces.id"), primary_key=True)
    )
    id: str = Field(sa_column=Column(Text, primary_key=True))
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    email: str = Field(sa_column=Column(Text, nullable=False))
    role: str = Field(sa_column=Column(Text, nullable=False))
    invited_by: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    accepted_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=True)
    )


INVITATIONS = Invitation.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time


def new_invitation(
    workspace_id: int, email: str, role: Role, invited_by: str
) -> tuple[Invitation, str]:
    """An invitation to be added, and its token, which is never seen again."""
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    invitation = Invitation(
        workspace_id=workspace_id,
        id="inv_" + secrets.token_hex(8),
        token_hash=hash_secret(token),
        email=email,
        role=role.value,
        invited_by=invited_by,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    return invitation, token


async def find_open_invitation(session: AsyncSession, token: str) -> Invitation | None:
    """None where it is not known, was accepted or withdrawn, or has expired."""
    statement = select(Invitation).where(INVITATIONS.c.token_hash == hash_secret(token), *_open())
    return await session.scalar(statement)


async def open_invitations(session: AsyncSession, workspace_id: int) -> list[Invitation]:
    """The newest first."""
    statement = (
        select(Invitation)
        .where(INVITATIONS.c.workspace_id == workspace_id, *_open())
        .order_by(INVITATIONS.c.created_at.desc(), INVITATIONS.c.id)
    )
    return list(await session.scalars(statement))


async def invitations_of(session: AsyncSession, email: str) -> list[Invitation]:
    """The open ones to this address, by workspace: in the order in which those are locked."""
    statement = select(Invitation).where(INVITATIONS.c.email == email, *_open())
    return list(await session.scalars(statement.order_by(INVITATIONS.c.workspace_id)))


async def take_invitation(session: AsyncSession, invitation: Invitation) -> bool:
    """Use it up; False where another transaction did so first."""
    statement = (
        update(INVITATIONS)
        .where(
            INVITATIONS.c.workspace_id == invitation.workspace_id,
            INVITATIONS.c.id == invitation.id,
            *_open(),
        )
        .values(accepted_at=datetime.now(UTC))
        .returning(INVITATIONS.c.id)
    )
    return await session.scalar(statement) is not None


async def withdraw_invitations(session: AsyncSession, workspace_id: int, email: str) -> None:
    """The open ones to an address, and all that have expired: their links end."""
    of_workspace = INVITATIONS.c.workspace_id == workspace_id
    is_past = INVITATIONS.c.expires_at <= datetime.now(UTC)
    is_open = INVITATIONS.c.accepted_at.is_(None)
    await session.execute(
        delete(INVITATIONS).where(
            of_workspace, is_past | (is_open & (INVITATIONS.c.email == email))
        )
    )


def _open() -> tuple[ColumnElement[bool], ...]:
    return (
        INVITATIONS.c.accepted_at.is_(None),
        INVITATIONS.c.expires_at > datetime.now(UTC),
    )
