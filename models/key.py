"""API keys: only a hash is kept, so a stolen database opens nothing."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    bindparam,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, func, select, update

KEY_PREFIX = "om_live_"
ID_PREFIX = "key_"
MAX_KEYS = 1_000
SHOWN_CHARACTERS = len(KEY_PREFIX) + 6


class Scope(StrEnum):
    EVENTS_WRITE = "EVENTS_WRITE"
    USAGE_READ = "USAGE_READ"
    ADMIN = "ADMIN"


class ApiKey(SQLModel, table=True):
    __tablename__ = "api_keys"
    __table_args__ = (Index("api_keys_secret_hash", "secret_hash", unique=True),)

    workspace_id: int = Field(
        sa_column=Column(Integer, ForeignKey("workspaces.id"), primary_key=True)
    )
    id: str = Field(primary_key=True)
    name: str
    prefix: str
    secret_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    scopes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
    expires_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=True)
    )
    revoked_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=True)
    )

    last_used_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=True)
    )

    def holds(self, now: datetime) -> bool:
        """Whether the key may be used at that moment."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


KEYS = ApiKey.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time


def hash_secret(secret: str) -> bytes:
    """SHA-256: enough for 256 random bits, which no dictionary holds."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def new_key(
    workspace_id: int, name: str, scopes: list[Scope], expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """A key to be added to a session, and its secret, which is never seen again."""
    secret = KEY_PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        workspace_id=workspace_id,
        id=ID_PREFIX + secrets.token_hex(8),
        name=name,
        prefix=secret[:SHOWN_CHARACTERS],
        secret_hash=hash_secret(secret),
        scopes=[scope.value for scope in scopes],
        created_at=datetime.now(UTC),
        expires_at=expires_at,
    )
    return key, secret


async def find_key(session: AsyncSession, secret: str) -> ApiKey | None:
    """The key of a secret, whether or not it still holds."""
    statement = select(ApiKey).where(ApiKey.secret_hash == hash_secret(secret))
    return await session.scalar(statement)


async def find_keys(session: AsyncSession, secrets: Collection[str]) -> dict[bytes, ApiKey]:
    """The keys of several secrets by their hashes, whether or not they still hold."""
    hashes = [hash_secret(secret) for secret in secrets]
    found = await session.scalars(select(ApiKey).where(ApiKey.secret_hash == func.any(hashes)))
    return {key.secret_hash: key for key in found}


async def list_keys(session: AsyncSession, workspace_id: int) -> list[ApiKey]:
    """A workspace's keys, the oldest first: all that hold, and the newest of those that ended."""
    statement = (
        select(ApiKey)
        .where(KEYS.c.workspace_id == workspace_id)
        .order_by(_holds().desc(), KEYS.c.created_at.desc())
        .limit(2 * MAX_KEYS)
    )
    found = (await session.scalars(statement)).all()
    return sorted(found, key=lambda key: key.created_at)


async def find_keys_by_id(
    session: AsyncSession, workspace_id: int, beginning: str, limit: int
) -> list[ApiKey]:
    """Keys whose ids begin so, whether or not they still hold; the key of just that id first."""
    statement = (
        select(ApiKey)
        .where(KEYS.c.workspace_id == workspace_id)
        .where(KEYS.c.id.startswith(beginning, autoescape=True))
        .order_by(func.length(KEYS.c.id), KEYS.c.id)
        .limit(limit)
    )
    return list(await session.scalars(statement))


async def count_keys(session: AsyncSession, workspace_id: int) -> int:
    """Those that hold."""
    of_workspace = KEYS.c.workspace_id == workspace_id
    statement = select(func.count()).select_from(KEYS).where(of_workspace, _holds())
    return await session.scalar(statement) or 0


def _holds() -> ColumnElement[bool]:
    """As `ApiKey.holds`, in SQL."""
    is_past = KEYS.c.expires_at <= datetime.now(UTC)
    holds: ColumnElement[bool] = KEYS.c.revoked_at.is_(None) & is_past.is_not(True)
    return holds


async def note_key_uses(session: AsyncSession, uses: Mapping[tuple[int, str], datetime]) -> None:
    """When keys were last used; by workspace and id.

    In order, since processes that lock the same keys in different orders wait for each other.
    """
    if not uses:
        return
    at = bindparam("at", type_=DateTime(timezone=True))
    statement = (
        update(KEYS)
        .where(KEYS.c.workspace_id == bindparam("workspace"), KEYS.c.id == bindparam("key"))
        .values(last_used_at=func.greatest(KEYS.c.last_used_at, at))
    )
    rows = [{"workspace": place[0], "key": place[1], "at": uses[place]} for place in sorted(uses)]
    await (await session.connection()).execute(statement, rows)


async def any_key(session: AsyncSession) -> bool:
    """Whether there is a key at all, in any workspace."""
    return await session.scalar(select(ApiKey.id).limit(1)) is not None
