"""The public prices with their history, and what they were taken from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    LargeBinary,
    Text,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlmodel import Field, SQLModel

from models.price import KeptPrice, Price

ModelName = tuple[str, str]
# Held together by all who record, and by who learns alone: while prices change nobody records, so
# that no event is dated after a change and priced before it. Any number that is ours.
LEARNING_LOCK = 0x6C6976656D657466


class PriceRow(SQLModel, table=True):
    """A price as it was learnt. Only its end may change, and whether it is still listed:

    a price that was announced and taken back before it began is listed no more.
    """

    __tablename__ = "prices"
    __table_args__ = (Index("prices_model", "provider", "model"),)

    id: str = Field(primary_key=True)
    provider: str = Field(sa_column=Column(Text, nullable=False))
    model: str = Field(sa_column=Column(Text, nullable=False))
    content: str = Field(sa_column=Column(JSONB, nullable=False))
    effective_from: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    effective_to: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    source: str = Field(sa_column=Column(Text, nullable=False))
    version: str = Field(sa_column=Column(Text, nullable=False))
    listed: bool = Field(default=True, nullable=False)
    recorded_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )


class CatalogueRow(SQLModel, table=True):
    """The one row that says where the catalogue stands; `revision` grows with every change.

    `content` is the file that names are matched by, as it was fetched; None where the installed
    package's own serves. What is held back waits in the `held_…` columns.
    """

    __tablename__ = "catalogue"

    id: int = Field(default=1, primary_key=True)
    revision: int = Field(
        default=0, sa_column=Column(BigInteger, nullable=False, server_default=text("0"))
    )
    source: str | None = Field(default=None, sa_column=Column(Text))
    version: str | None = Field(default=None, sa_column=Column(Text))
    package_version: str | None = Field(default=None, sa_column=Column(Text))
    models: int = Field(default=0, nullable=False)
    content: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    etag: str | None = Field(default=None, sa_column=Column(Text))
    etag_source: str | None = Field(default=None, sa_column=Column(Text))
    updated_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    checked_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    succeeded_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    claimed_until: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    problem: str | None = Field(default=None, sa_column=Column(Text))
    held_content: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    held_etag: str | None = Field(default=None, sa_column=Column(Text))
    held_source: str | None = Field(default=None, sa_column=Column(Text))
    held_problem: str | None = Field(default=None, sa_column=Column(Text))


PRICES = PriceRow.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time
CATALOGUE = CatalogueRow.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time

_COLUMNS = (
    PRICES.c.id,
    PRICES.c.content.cast(Text),
    PRICES.c.effective_to,
    PRICES.c.recorded_at,
)
# What Postgres takes in one statement has an end.
_ROWS_AT_A_TIME = 1_000
_decode = msgspec.json.Decoder(Price, strict=False).decode


class PriceText(msgspec.Struct, frozen=True):
    """A price as the table has it, to be decoded when somebody asks for its model."""

    id: str
    content: str
    effective_to: datetime | None
    recorded_at: datetime

    def read(self) -> KeptPrice:
        price = msgspec.structs.replace(
            _decode(self.content), id=self.id, effective_to=self.effective_to
        )
        return KeptPrice(price, self.recorded_at)


async def read_standing(session: AsyncSession) -> CatalogueRow:
    """The catalogue's row without the files, which have megabytes."""
    files = (defer(CatalogueRow.content), defer(CatalogueRow.held_content))  # type: ignore[arg-type]  # columns
    statement = select(CatalogueRow).options(*files).where(CATALOGUE.c.id == 1)
    return (await session.scalars(statement)).one()


async def begin_learning(session: AsyncSession) -> None:
    """Wait for what is being recorded, and hold recording up until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(LEARNING_LOCK)))


async def read_catalogue(session: AsyncSession, *, lock: bool = False) -> CatalogueRow:
    """The catalogue's row; with `lock`, for this transaction alone to change."""
    statement = select(CatalogueRow).where(CATALOGUE.c.id == 1)
    row = await session.scalars(statement.with_for_update() if lock else statement)
    return row.one()


async def claim_check(session: AsyncSession, *, every: timedelta, hold: timedelta) -> bool:
    """Take the next look for newer prices, where it is due and nobody else has taken it.

    By the database's clock, which all processes share. Others may take it once `hold` is over.
    """
    now = func.now()
    claimed = await session.scalar(
        update(CATALOGUE)
        .where(
            CATALOGUE.c.id == 1,
            or_(CATALOGUE.c.claimed_until.is_(None), CATALOGUE.c.claimed_until < now),
            or_(CATALOGUE.c.checked_at.is_(None), CATALOGUE.c.checked_at <= now - every),
        )
        .values(claimed_until=now + hold)
        .returning(CATALOGUE.c.id)
    )
    return claimed is not None


async def read_listed(session: AsyncSession) -> dict[ModelName, list[PriceText]]:
    """The prices that make up the catalogue, by provider and model."""
    statement = select(PRICES.c.provider, PRICES.c.model, *_COLUMNS).where(PRICES.c.listed)
    found: dict[ModelName, list[PriceText]] = {}
    for provider, model, *row in (await session.execute(statement)).all():
        found.setdefault((provider, model), []).append(PriceText(*row))
    return found


async def read_catalogue_prices(session: AsyncSession, ids: Sequence[str]) -> dict[str, KeptPrice]:
    """The catalogue's prices that are known, by id, listed or not."""
    rows = await session.execute(select(*_COLUMNS).where(PRICES.c.id.in_(ids)))
    return {row[0]: PriceText(*row).read() for row in rows}


async def read_model_history(session: AsyncSession, provider: str, model: str) -> list[KeptPrice]:
    """All prices of a model of the catalogue, those of hours of the day included."""
    statement = select(*_COLUMNS).where(
        PRICES.c.provider == provider, PRICES.c.model == model, PRICES.c.listed
    )
    return [PriceText(*row).read() for row in (await session.execute(statement)).all()]


async def keep_prices(
    session: AsyncSession, prices: Sequence[KeptPrice], source: str, version: str
) -> None:
    """Add prices that are new; of those that are known, set the end."""
    for start in range(0, len(prices), _ROWS_AT_A_TIME):
        chunk = prices[start : start + _ROWS_AT_A_TIME]
        statement = insert(PRICES).values([_values(kept, source, version) for kept in chunk])
        statement = statement.on_conflict_do_update(
            index_elements=[PRICES.c.id],
            set_={"effective_to": statement.excluded.effective_to, "listed": True},
        )
        await session.execute(statement)


async def unlist_prices(session: AsyncSession, ids: Iterable[str]) -> None:
    await session.execute(
        update(PRICES).where(PRICES.c.id == func.any(list(ids))).values(listed=False)
    )


def _values(kept: KeptPrice, source: str, version: str) -> dict[str, object]:
    price = kept.price
    return {
        "id": price.id,
        "provider": price.provider,
        "model": price.model,
        "content": msgspec.to_builtins(price, builtin_types=()),
        "effective_from": price.effective_from,
        "effective_to": price.effective_to,
        "source": source,
        "version": version,
        "listed": True,
        "recorded_at": kept.recorded_at,
    }
