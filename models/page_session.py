"""Page sessions: a browser that showed a key once holds a cookie in its place."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, LargeBinary, delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, func, select

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


async def find_session_keys(session: AsyncSession, tokens: Collection[str]) -> dict[bytes, ApiKey]:
    """The keys behind the tokens of cookies by their hashes, whether or not they still hold."""
    statement = (
        select(PageSession.token_hash, ApiKey)
        .join(
            ApiKey,
            (PageSession.workspace_id == ApiKey.workspace_id)  # type: ignore[arg-type]  # a clause
            & (PageSession.key_id == ApiKey.id),
        )
        .where(PageSession.token_hash == func.any([hash_secret(token) for token in tokens]))
        .where(PageSession.expires_at > datetime.now(UTC))
    )
    return {token_hash: key for token_hash, key in (await session.execute(statement)).all()}


async def end_page_session(session: AsyncSession, token: str) -> None:
    table = PageSession.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time
    await session.execute(delete(table).where(table.c.token_hash == hash_secret(token)))
