"""Memberships: who belongs to which workspace, and in which role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Column, DateTime, ForeignKey, Integer, Text, delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, func, select

from models.key import Scope
from models.person import PEOPLE
from models.workspace import WORKSPACES


class Role(StrEnum):
    ADMIN = "ADMIN"
    MEMBER = "MEMBER"

    @property
    def scopes(self) -> frozenset[Scope]:
        """People read and manage; events are recorded by keys alone."""
        return frozenset(
            {Scope.USAGE_READ, Scope.ADMIN} if self is Role.ADMIN else {Scope.USAGE_READ}
        )


class Membership(SQLModel, table=True):
    __tablename__ = "memberships"

    workspace_id: int = Field(
        sa_column=Column(Integer, ForeignKey("workspaces.id"), primary_key=True)
    )
    person_id: int = Field(sa_column=Column(Integer, ForeignKey("people.id"), primary_key=True))
    role: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


MEMBERSHIPS = Membership.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time


@dataclass(frozen=True)
class Seat:
    """A workspace that a person may enter, and as what."""

    workspace_id: int
    workspace_name: str
    role: Role


@dataclass(frozen=True)
class Member:
    """A person of a workspace, as its admins see them."""

    id: int
    email: str
    role: Role
    added_at: datetime


_MEMBER = (PEOPLE.c.id, PEOPLE.c.email, MEMBERSHIPS.c.role, MEMBERSHIPS.c.created_at)


async def find_seats(
    session: AsyncSession, person_ids: Collection[int]
) -> dict[int, tuple[Seat, ...]]:
    """By person, the oldest workspace first; who has none is left out."""
    statement = (
        select(MEMBERSHIPS.c.person_id, WORKSPACES.c.id, WORKSPACES.c.name, MEMBERSHIPS.c.role)
        .join_from(MEMBERSHIPS, WORKSPACES, WORKSPACES.c.id == MEMBERSHIPS.c.workspace_id)
        .where(MEMBERSHIPS.c.person_id == func.any(list(person_ids)))
        .order_by(MEMBERSHIPS.c.person_id, WORKSPACES.c.id)
    )
    seats: dict[int, list[Seat]] = defaultdict(list)
    for person_id, workspace_id, name, role in (await session.execute(statement)).all():
        seats[person_id].append(Seat(workspace_id, name, Role(role)))
    return {person_id: tuple(found) for person_id, found in seats.items()}


async def list_members(session: AsyncSession, workspace_id: int) -> list[Member]:
    """By e-mail."""
    statement = (
        select(*_MEMBER)
        .join_from(MEMBERSHIPS, PEOPLE, PEOPLE.c.id == MEMBERSHIPS.c.person_id)
        .where(MEMBERSHIPS.c.workspace_id == workspace_id)
        .order_by(PEOPLE.c.email)
    )
    return [_member(row) for row in (await session.execute(statement)).all()]


async def find_member(session: AsyncSession, workspace_id: int, person_id: int) -> Member | None:
    statement = (
        select(*_MEMBER)
        .join_from(MEMBERSHIPS, PEOPLE, PEOPLE.c.id == MEMBERSHIPS.c.person_id)
        .where(MEMBERSHIPS.c.workspace_id == workspace_id, MEMBERSHIPS.c.person_id == person_id)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else _member(row)


def _member(row: tuple[int, str, str, datetime]) -> Member:
    id, email, role, added_at = row
    return Member(id, email, Role(role), added_at)


async def add_member(session: AsyncSession, workspace_id: int, person_id: int, role: Role) -> None:
    """A person who is no member yet."""
    session.add(
        Membership(
            workspace_id=workspace_id,
            person_id=person_id,
            role=role.value,
            created_at=datetime.now(UTC),
        )
    )
    await session.flush()


async def change_role(session: AsyncSession, workspace_id: int, person_id: int, role: Role) -> None:
    await session.execute(
        update(MEMBERSHIPS)
        .where(MEMBERSHIPS.c.workspace_id == workspace_id, MEMBERSHIPS.c.person_id == person_id)
        .values(role=role.value)
    )


async def drop_member(session: AsyncSession, workspace_id: int, person_id: int) -> None:
    await session.execute(
        delete(MEMBERSHIPS).where(
            MEMBERSHIPS.c.workspace_id == workspace_id, MEMBERSHIPS.c.person_id == person_id
        )
    )


async def any_member(session: AsyncSession) -> bool:
    """Whether there is a member at all, of any workspace."""
    return await session.scalar(select(Membership.person_id).limit(1)) is not None
