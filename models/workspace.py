"""Workspaces: one tenant each, and the head of its sequence log."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, func, select

from models.catalogue_table import CATALOGUE
from models.errors import NotFound

DEFAULT_WORKSPACE = "default"


class Workspace(SQLModel, table=True):
    __tablename__ = "workspaces"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    last_sequence: int = Field(
        default=0, sa_column=Column(BigInteger, nullable=False, server_default=text("0"))
    )
    # Grows with every change of the workspace's own prices, and with every repricing.
    price_revision: int = Field(
        default=0, sa_column=Column(BigInteger, nullable=False, server_default=text("0"))
    )
    repriced: int = Field(
        default=0, sa_column=Column(BigInteger, nullable=False, server_default=text("0"))
    )
    # The cubes hold what was recorded up to here, but for what `cube_gaps` says.
    cubed_sequence: int = Field(
        default=0, sa_column=Column(BigInteger, nullable=False, server_default=text("0"))
    )
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )


WORKSPACES = Workspace.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time


async def find_workspace(session: AsyncSession, name: str) -> Workspace:
    """Raises NotFound, naming the workspaces that there are."""
    found = await session.scalar(select(Workspace).where(Workspace.name == name))
    if found is None:
        names = (await session.scalars(select(Workspace.name).order_by(Workspace.name))).all()
        raise NotFound(f"There is no workspace {name!r}; there are: {', '.join(names)}.")
    return found


async def read_workspace_names(session: AsyncSession, ids: Collection[int]) -> dict[int, str]:
    statement = select(WORKSPACES.c.id, WORKSPACES.c.name).where(
        WORKSPACES.c.id == func.any(list(ids))
    )
    return {id: name for id, name in (await session.execute(statement)).all()}


async def read_price_revision(session: AsyncSession, workspace_id: int) -> tuple[int, int]:
    """The revisions of the catalogue and of the workspace's own prices, as they are now."""
    statement = (
        select(CATALOGUE.c.revision, WORKSPACES.c.price_revision)
        .join_from(WORKSPACES, CATALOGUE, CATALOGUE.c.id == 1)
        .where(WORKSPACES.c.id == workspace_id)
    )
    catalogue: int
    own: int
    catalogue, own = (await session.execute(statement)).one()
    return catalogue, own


async def lock_workspace(session: AsyncSession, workspace_id: int) -> None:
    """Wait for this workspace's log and prices, and hold them for the transaction.

    Not FOR UPDATE: rows that refer to the workspace may still be inserted meanwhile.
    """
    statement = select(WORKSPACES.c.id).where(WORKSPACES.c.id == workspace_id)
    await session.execute(statement.with_for_update(key_share=True))


async def change_prices(session: AsyncSession, workspace_id: int) -> None:
    """Note that the workspace's own prices are changed in this transaction."""
    await session.execute(
        update(WORKSPACES)
        .where(WORKSPACES.c.id == workspace_id)
        .values(price_revision=WORKSPACES.c.price_revision + 1)
    )


async def note_repricing(session: AsyncSession, workspace_id: int) -> int:
    """Note that costs are changed in this transaction; returns how often they were."""
    repriced: int | None = await session.scalar(
        update(WORKSPACES)
        .where(WORKSPACES.c.id == workspace_id)
        .values(repriced=WORKSPACES.c.repriced + 1)
        .returning(WORKSPACES.c.repriced)
    )
    assert repriced is not None
    return repriced
