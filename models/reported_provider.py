"""Providers and gateways whose reported costs count in a workspace, rather than the price book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, DateTime, ForeignKey, Integer, Text, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel


class ReportedProviderRow(SQLModel, table=True):
    """A row for each provider whose reported costs count, by the key of its name."""

    __tablename__ = "reported_providers"

    workspace_id: int = Field(
        sa_column=Column(Integer, ForeignKey("workspaces.id"), primary_key=True)
    )
    provider: str = Field(sa_column=Column(Text, primary_key=True))
    set_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    set_by: str = Field(sa_column=Column(Text, nullable=False))


REPORTED_PROVIDERS = ReportedProviderRow.__table__  # type: ignore[attr-defined]  # set by SQLModel


@dataclass(frozen=True)
class ReportedProvider:
    """A provider whose reported costs count, since when, and who said so."""

    provider: str
    set_at: datetime
    set_by: str


async def read_reported_providers(
    session: AsyncSession, workspace_id: int
) -> list[ReportedProvider]:
    """In order of their names."""
    columns = (
        REPORTED_PROVIDERS.c.provider,
        REPORTED_PROVIDERS.c.set_at,
        REPORTED_PROVIDERS.c.set_by,
    )
    statement = (
        select(*columns)
        .where(REPORTED_PROVIDERS.c.workspace_id == workspace_id)
        .order_by(REPORTED_PROVIDERS.c.provider)
    )
    return [ReportedProvider(*row) for row in (await session.execute(statement)).all()]


async def add_reported_provider(
    session: AsyncSession, workspace_id: int, given: ReportedProvider
) -> bool:
    """Whether it was not there before."""
    statement = (
        insert(REPORTED_PROVIDERS)
        .values(
            workspace_id=workspace_id,
            provider=given.provider,
            set_at=given.set_at,
            set_by=given.set_by,
        )
        .on_conflict_do_nothing()
        .returning(REPORTED_PROVIDERS.c.provider)
    )
    return await session.scalar(statement) is not None


async def remove_reported_provider(session: AsyncSession, workspace_id: int, provider: str) -> bool:
    """Whether it was there."""
    statement = (
        delete(REPORTED_PROVIDERS)
        .where(
            REPORTED_PROVIDERS.c.workspace_id == workspace_id,
            REPORTED_PROVIDERS.c.provider == provider,
        )
        .returning(REPORTED_PROVIDERS.c.provider)
    )
    return await session.scalar(statement) is not None
