"""Page sessions: a browser whose person signed in, or that showed a key, holds a cookie."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    ForeignKeyConstraint,
    LargeBinary,
    case,
    delete,
    literal,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, func, select

from models.key import ApiKey, hash_secret
from models.membership import Seat, find_seats
from models.person import Person


class PageSession(SQLModel, table=True):
    """Of a person, or of a key. A person's `workspace_id` is where they last were.

    `expires_at` moves on with each use, up to `ends_at`. Ended ones stay until then: they tell
    from which addresses a person has signed in.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "key_id"], ["api_keys.workspace_id", "api_keys.id"]),
    )

    token_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    person_id: int | None = Field(default=None, foreign_key="people.id")
    workspace_id: int = Field(foreign_key="workspaces.id")
    key_id: str | None = None
    address: str | None = None
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    used_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ends_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    idle_seconds: int


SESSIONS = PageSession.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time


@dataclass(frozen=True)
class SessionSpan:
    """How long a session holds unused, and how long in all."""

    idle: timedelta = timedelta(days=7)
    whole: timedelta = timedelta(days=30)


@dataclass(frozen=True)
class HeldSession:
    """A session that has not expired, with the key or the person behind it as they are now."""

    session: PageSession
    key: ApiKey | None
    person: Person | None
    seats: tuple[Seat, ...] = ()

    def seat(self, workspace_id: int | None) -> Seat | None:
        """The person's place in that workspace; without one, where they last were or may be."""
        wanted = self.session.workspace_id if workspace_id is None else workspace_id
        for seat in self.seats:
            if seat.workspace_id == wanted:
                return seat
        return self.seats[0] if self.seats and workspace_id is None else None


@dataclass(frozen=True)
class SessionUse:
    """`workspace_id`: where a person was; None for a key's session, which is in one alone."""

    at: datetime
    workspace_id: int | None


def new_page_session(
    span: SessionSpan,
    workspace_id: int,
    *,
    person_id: int | None = None,
    key_id: str | None = None,
    address: str | None = None,
) -> tuple[PageSession, str]:
    """A session to be added, and the token for the cookie. A key's ends with it at the latest."""
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    session = PageSession(
        token_hash=hash_secret(token),
        person_id=person_id,
        workspace_id=workspace_id,
        key_id=key_id,
        address=address,
        created_at=now,
        used_at=now,
        expires_at=now + min(span.idle, span.whole),
        ends_at=now + span.whole,
        idle_seconds=int(span.idle.total_seconds()),
    )
    return session, token


async def find_sessions(session: AsyncSession, tokens: Collection[str]) -> dict[bytes, HeldSession]:
    """The sessions of the tokens of cookies by their hashes; expired ones are left out."""
    statement = (
        select(PageSession, ApiKey, Person)
        .outerjoin(
            ApiKey,
            (PageSession.workspace_id == ApiKey.workspace_id)  # type: ignore[arg-type]  # a clause
            & (PageSession.key_id == ApiKey.id),
        )
        .outerjoin(Person, PageSession.person_id == Person.id)  # type: ignore[arg-type]  # a clause
        .where(PageSession.token_hash == func.any([hash_secret(token) for token in tokens]))
        .where(PageSession.expires_at > datetime.now(UTC))
    )
    rows = (await session.execute(statement)).all()
    people = {found.person_id for found, _, _ in rows if found.person_id is not None}
    seats = await find_seats(session, people) if people else {}
    return {
        found.token_hash: HeldSession(found, key, person, seats.get(found.person_id or 0, ()))
        for found, key, person in rows
    }


async def find_session(session: AsyncSession, token: str) -> HeldSession | None:
    """None for a token that is not known, or whose session has expired."""
    return (await find_sessions(session, [token])).get(hash_secret(token))


async def last_workspace(session: AsyncSession, person_id: int) -> int | None:
    """Where the person was last, whether or not they still may be there."""
    statement = (
        select(SESSIONS.c.workspace_id)
        .where(SESSIONS.c.person_id == person_id)
        .order_by(SESSIONS.c.used_at.desc())
        .limit(1)
    )
    workspace_id: int | None = await session.scalar(statement)
    return workspace_id


async def knows_address(session: AsyncSession, person_id: int, address: str) -> bool:
    """Whether the person has signed in from there, within the longest time of a session."""
    statement = select(literal(1)).where(
        SESSIONS.c.person_id == person_id, SESSIONS.c.address == address
    )
    return await session.scalar(statement.limit(1)) is not None


async def note_session_uses(session: AsyncSession, uses: Mapping[bytes, SessionUse]) -> None:
    """Moves expiry on. What was ended meanwhile stays ended.

    A session that somebody else changes at this moment is left out, so that nobody waits for two.
    """
    table = SESSIONS
    # Not now(), which is when the transaction began: a session may have been ended since then.
    has_not_ended = table.c.expires_at > func.clock_timestamp()
    for token_hash, use in uses.items():
        idle = func.make_interval(0, 0, 0, 0, 0, 0, table.c.idle_seconds)
        at = literal(use.at, DateTime(timezone=True))
        workspace = case(
            (table.c.person_id.is_(None), table.c.workspace_id),
            else_=table.c.workspace_id if use.workspace_id is None else use.workspace_id,
        )
        free = select(table.c.token_hash).where(table.c.token_hash == token_hash)
        free = free.with_for_update(skip_locked=True)
        await session.execute(
            update(table)
            .where(table.c.token_hash == free.scalar_subquery(), has_not_ended)
            .values(
                used_at=func.greatest(table.c.used_at, at),
                expires_at=func.greatest(
                    table.c.expires_at, func.least(at + idle, table.c.ends_at)
                ),
                workspace_id=workspace,
            )
        )


async def end_session(session: AsyncSession, token: str) -> None:
    await _end(session, SESSIONS.c.token_hash == hash_secret(token))


async def end_sessions_of_person(
    session: AsyncSession, person_id: int, *, but: bytes | None = None
) -> None:
    """All of them; with `but`, the session of that hash goes on."""
    of_person = SESSIONS.c.person_id == person_id
    await _end(session, of_person if but is None else of_person & (SESSIONS.c.token_hash != but))


async def end_sessions_of_key(session: AsyncSession, workspace_id: int, key_id: str) -> None:
    await _end(session, (SESSIONS.c.workspace_id == workspace_id) & (SESSIONS.c.key_id == key_id))


async def _end(session: AsyncSession, which: ColumnElement[bool]) -> None:
    now = func.now()
    await session.execute(
        update(SESSIONS).where(which, SESSIONS.c.expires_at > now).values(expires_at=now)
    )


async def forget_past_sessions(session: AsyncSession) -> None:
    """Nothing else takes them away."""
    await session.execute(delete(SESSIONS).where(SESSIONS.c.ends_at <= func.now()))
