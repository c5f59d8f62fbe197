"""Page sessions: a browser that showed a key once holds a cookie in its place."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, LargeBinary, delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, select

from models.key import ApiKey, hash_secret

LIFETIME = timedelta(days=14)


class PageSession(SQLModel, table=True):
    __tablename__ = "page_sessions"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "key_id"], ["api_keys.workspace_id", "api_keys.id"]),
    )

    token_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    workspace_id: int
    key_id: str
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


def new_page_session(key: ApiKey) -> tuple[PageSession, str]:
    """A session to be added, and the token for the cookie. It ends with its key at the latest."""
    token = secrets.token_urlsafe(32)
    session = PageSession(
        token_hash=hash_secret(token),
        workspace_id=key.workspace_id,
        key_id=key.id,
        expires_at=datetime.now(UTC) + LIFETIME,
    )
    return session, token


async def find_session_key(session: AsyncSession, token: str) -> ApiKey | None:
    """The key behind a cookie's token, whether or not it still holds."""
    statement = (
        select(ApiKey)
        .join(
            PageSession,
            (PageSession.workspace_id == ApiKey.workspace_id)  # type: ignore[arg-type]  # a clause
            & (PageSession.key_id == ApiKey.id),
        )
        .where(PageSession.token_hash == hash_secret(token))
        .where(PageSession.expires_at > datetime.now(UTC))
    )
    return await session.scalar(statement)


async def end_page_session(session: AsyncSession, token: str) -> None:
    table = PageSession.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time
    await session.execute(delete(table).where(table.c.token_hash == hash_secret(token)))
