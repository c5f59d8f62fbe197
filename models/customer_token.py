"""Customers' tokens: for a browser of one customer, to read that customer's usage for a while."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, Integer, LargeBinary, delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, Text, func, select

from models.key import ApiKey, hash_secret
from models.membership import MEMBERSHIPS
from models.person import PEOPLE

TOKEN_PREFIX = "om_cust_"


class CustomerToken(SQLModel, table=True):
    """`key_id`: of the key that asked for it, with which it ends.

    None where a person did, whose e-mail `made_by` is then: it ends with their membership.
    """

    __tablename__ = "customer_tokens"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "key_id"], ["api_keys.workspace_id", "api_keys.id"]),
    )

    token_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    workspace_id: int = Field(sa_column=Column(Integer, nullable=False))
    customer_id: str = Field(sa_column=Column(Text, nullable=False))
    made_by: str = Field(sa_column=Column(Text, nullable=False))
    key_id: str | None = Field(default=None, sa_column=Column(Text))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


TOKENS = CustomerToken.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time


@dataclass(frozen=True)
class HeldToken:
    """A token as it was found, and what it ends with: a key, or a person's membership."""

    token: CustomerToken
    key: ApiKey | None
    is_members: bool

    def holds(self, now: datetime) -> bool:
        maker_holds = self.is_members if self.key is None else self.key.holds(now)
        return maker_holds and now < self.token.expires_at


def new_customer_token(
    workspace_id: int, customer_id: str, made_by: str, key_id: str | None, expires_at: datetime
) -> tuple[CustomerToken, str]:
    """A token to be added to a session, and its text, which is never seen again."""
    text = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = CustomerToken(
        token_hash=hash_secret(text),
        workspace_id=workspace_id,
        customer_id=customer_id,
        made_by=made_by,
        key_id=key_id,
        created_at=datetime.now(UTC),
        expires_at=expires_at,
    )
    return token, text


async def find_customer_tokens(
    session: AsyncSession, texts: Collection[str]
) -> dict[bytes, HeldToken]:
    """By their hashes, whether or not they still hold."""
    is_members = (
        select(MEMBERSHIPS.c.person_id)
        .join_from(MEMBERSHIPS, PEOPLE, PEOPLE.c.id == MEMBERSHIPS.c.person_id)
        .where(MEMBERSHIPS.c.workspace_id == TOKENS.c.workspace_id)
        .where(PEOPLE.c.email == TOKENS.c.made_by)
        .exists()
    )
    statement = (
        select(CustomerToken, ApiKey, is_members)
        .outerjoin(
            ApiKey,
            (ApiKey.workspace_id == CustomerToken.workspace_id)  # type: ignore[arg-type]  # a clause
            & (ApiKey.id == CustomerToken.key_id),
        )
        .where(CustomerToken.token_hash == func.any([hash_secret(text) for text in texts]))
    )
    rows = (await session.execute(statement)).all()
    return {token.token_hash: HeldToken(token, key, member) for token, key, member in rows}


async def forget_ended_tokens(session: AsyncSession, workspace_id: int, now: datetime) -> None:
    """Nothing else takes them away."""
    await session.execute(
        delete(TOKENS).where(TOKENS.c.workspace_id == workspace_id, TOKENS.c.expires_at <= now)
    )
