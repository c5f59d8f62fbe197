"""Workspaces: one tenant each, and the head of its sequence log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, select

from models.errors import NotFound

DEFAULT_WORKSPACE = "default"


class Workspace(SQLModel, table=True):
    __tablename__ = "workspaces"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    last_sequence: int = Field(
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
