"""Identities: whom a provider's subject stands for, once the provider has proved their e-mail."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, select

from models.person import Person


class Identity(SQLModel, table=True):
    __tablename__ = "identities"

    issuer: str = Field(sa_column=Column(Text, primary_key=True))
    subject: str = Field(sa_column=Column(Text, primary_key=True))
    person_id: int = Field(sa_column=Column(Integer, ForeignKey("people.id"), nullable=False))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


IDENTITIES = Identity.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time


async def find_identified(session: AsyncSession, issuer: str, subject: str) -> Person | None:
    statement = (
        select(Person)
        .join(Identity, Identity.person_id == Person.id)  # type: ignore[arg-type]  # a clause
        .where(Identity.issuer == issuer, Identity.subject == subject)
    )
    return await session.scalar(statement)


async def link_identity(session: AsyncSession, issuer: str, subject: str, person_id: int) -> None:
    """Known already is as good: another transaction may have linked them just now."""
    statement = insert(IDENTITIES).values(
        issuer=issuer, subject=subject, person_id=person_id, created_at=datetime.now(UTC)
    )
    await session.execute(statement.on_conflict_do_nothing())


async def has_identity(session: AsyncSession, issuer: str, person_id: int) -> bool:
    """Whether the provider has named this person before, under whatever subject."""
    statement = select(Identity.subject).where(
        Identity.issuer == issuer, Identity.person_id == person_id
    )
    return await session.scalar(statement.limit(1)) is not None
