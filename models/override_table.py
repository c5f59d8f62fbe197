"""A workspace's own prices: dated, never changed but for their end."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Column, DateTime, ForeignKey, Integer, Text, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.price import KeptPrice, Price, PriceSource, Rate


class PriceOverrideRow(SQLModel, table=True):
    """Never built from input: `add_override` writes it, and reads give `KeptPrice`."""

    __tablename__ = "price_overrides"

    workspace_id: int = Field(
        sa_column=Column(Integer, ForeignKey("workspaces.id"), primary_key=True)
    )
    id: str = Field(primary_key=True)
    provider: str | None = Field(default=None, sa_column=Column(Text))
    model: str | None = Field(default=None, sa_column=Column(Text))
    unit: str | None = Field(default=None, sa_column=Column(Text))
    rates: str = Field(sa_column=Column(JSONB, nullable=False))
    effective_from: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    effective_to: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    recorded_by: str = Field(sa_column=Column(Text, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    ended_by: str | None = Field(default=None, sa_column=Column(Text))


OVERRIDES = PriceOverrideRow.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time

_COLUMNS = (
    OVERRIDES.c.id,
    OVERRIDES.c.provider,
    OVERRIDES.c.model,
    OVERRIDES.c.rates.cast(Text),
    OVERRIDES.c.effective_from,
    OVERRIDES.c.effective_to,
    OVERRIDES.c.recorded_at,
    OVERRIDES.c.recorded_by,
    OVERRIDES.c.ended_at,
    OVERRIDES.c.ended_by,
)
_decode_rates = msgspec.json.Decoder(tuple[Rate, ...], strict=False).decode


def new_override_id() -> str:
    return "price_" + secrets.token_hex(16)


async def read_overrides(
    session: AsyncSession, workspace_id: int, ids: Sequence[str] | None = None
) -> list[KeptPrice]:
    """All of a workspace's own prices, or those with these ids; the oldest first."""
    statement = select(*_COLUMNS).where(OVERRIDES.c.workspace_id == workspace_id)
    if ids is not None:
        statement = statement.where(OVERRIDES.c.id.in_(ids))
    statement = statement.order_by(OVERRIDES.c.effective_from, OVERRIDES.c.recorded_at)
    return [_kept(*row) for row in (await session.execute(statement)).all()]


async def add_override(session: AsyncSession, workspace_id: int, kept: KeptPrice) -> None:
    price = kept.price
    await session.execute(
        OVERRIDES.insert().values(
            workspace_id=workspace_id,
            id=price.id,
            provider=price.provider,
            model=price.model,
            unit=price.unit,
            rates=msgspec.to_builtins(price.rates),
            effective_from=price.effective_from,
            effective_to=price.effective_to,
            recorded_at=kept.recorded_at,
            recorded_by=kept.recorded_by,
        )
    )


async def end_override(
    session: AsyncSession, workspace_id: int, price_id: str, at: datetime, now: datetime, by: str
) -> None:
    await session.execute(
        update(OVERRIDES)
        .where(OVERRIDES.c.workspace_id == workspace_id, OVERRIDES.c.id == price_id)
        .values(effective_to=at, ended_at=now, ended_by=by)
    )


def _kept(
    id: str,
    provider: str | None,
    model: str | None,
    rates: str,
    effective_from: datetime,
    effective_to: datetime | None,
    *audit: object,
) -> KeptPrice:
    price = Price(
        id,
        provider,
        model,
        PriceSource.OVERRIDE,
        _decode_rates(rates),
        effective_from,
        effective_to,
    )
    return KeptPrice(price, *audit)  # type: ignore[arg-type]  # in the order of _COLUMNS
