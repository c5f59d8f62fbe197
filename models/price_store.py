"""The prices that were ever applied, kept so that any past cost can be explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Column, DateTime, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlmodel import Field, SQLModel, select

from models.database import Database
from models.price import Price

# Enough for every price of the catalogue, several times over.
_MAX_REMEMBERED = 50_000


class PriceRow(SQLModel, table=True):
    __tablename__ = "prices"

    id: str = Field(primary_key=True)
    content: str = Field(sa_column=Column(JSONB, nullable=False))
    recorded_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )


class KeptPrice(msgspec.Struct, frozen=True):
    """A price, and when it was first kept here."""

    price: Price
    recorded_at: datetime


PRICES = PriceRow.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time


class PriceStore:
    """Keeps each price once; a price's id says what it holds, so it never changes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: set[str] = set()

    async def keep(self, prices: Mapping[str, Price]) -> None:
        """Make sure that prices are kept, before an event refers to them."""
        missing = [price for price_id, price in prices.items() if price_id not in self._kept]
        if not missing:
            return
        rows = [
            {"id": price.id, "content": msgspec.to_builtins(price, builtin_types=())}
            for price in missing
        ]
        async with self._database.write() as session:
            await session.execute(insert(PRICES).values(rows).on_conflict_do_nothing())
        if len(self._kept) > _MAX_REMEMBERED:
            self._kept.clear()
        self._kept.update(price.id for price in missing)

    async def read(self, ids: Sequence[str]) -> dict[str, KeptPrice]:
        """The prices that are known, by id."""
        statement = select(PRICES.c.id, PRICES.c.content, PRICES.c.recorded_at)
        async with self._database.read() as session:
            rows = await session.execute(statement.where(PRICES.c.id.in_(ids)))
            return {
                price_id: KeptPrice(msgspec.convert(content, Price, strict=False), recorded_at)
                for price_id, content, recorded_at in rows
            }
