"""People: whoever signs in by e-mail, on all workspaces' behalf one row."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, Identity, Integer, Text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, select

from models.errors import BadInput
from models.text import is_text

# RFC 5321: what a mail server must be able to take.
MAX_EMAIL = 254
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class Person(SQLModel, table=True):
    """`password_hash`: None for who signs in by a provider alone."""

    __tablename__ = "people"

    id: int | None = Field(
        default=None, sa_column=Column(Integer, Identity(always=True), primary_key=True)
    )
    email: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    password_hash: str | None = Field(default=None, sa_column=Column(Text))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


PEOPLE = Person.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time


def read_email(given: str) -> str:
    """The address as it is kept, lower-cased. Raises BadInput for what is none."""
    stripped = given.strip()
    email = stripped.lower()
    # A Kelvin sign in small is a plain k: such an address would be taken for somebody else's.
    is_another = email.isascii() and not stripped.isascii()
    if len(email) > MAX_EMAIL or is_another or not _EMAIL.fullmatch(email) or not _is_plain(email):
        raise BadInput("This is no e-mail address.", field="email")
    return email


def _is_plain(email: str) -> bool:
    return is_text(email) and email.isprintable()


async def find_person(session: AsyncSession, email: str) -> Person | None:
    """`email` as `read_email` returns it."""
    return await session.scalar(select(Person).where(Person.email == email))


async def add_person(
    session: AsyncSession, email: str, password_hash: str | None = None
) -> int | None:
    """Their id; None where another transaction has just added them."""
    statement = insert(PEOPLE).values(
        email=email, password_hash=password_hash, created_at=datetime.now(UTC)
    )
    added: int | None = await session.scalar(
        statement.on_conflict_do_nothing(index_elements=["email"]).returning(PEOPLE.c.id)
    )
    return added


async def set_password_hash(session: AsyncSession, person_id: int, kept: str | None) -> None:
    await session.execute(update(PEOPLE).where(PEOPLE.c.id == person_id).values(password_hash=kept))
