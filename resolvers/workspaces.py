"""Workspaces, made and listed by the command line."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from models.audit import AuditAction, note
from models.database import Database
from models.errors import BadInput, Conflict
from models.text import is_text
from models.workspace import WORKSPACES, Workspace

MAX_NAME = 100


async def workspaces(database: Database) -> list[Workspace]:
    """The oldest first."""
    async with database.read_as_owner() as session:
        return list(await session.scalars(select(Workspace).order_by(WORKSPACES.c.id)))


async def create_workspace(database: Database, name: str, *, by: str) -> int:
    """Its id. Raises BadInput, and Conflict for a name that is taken."""
    name = name.strip()
    if not name or len(name) > MAX_NAME or not is_text(name) or not name.isprintable():
        raise BadInput(f"Give the workspace a name of 1 to {MAX_NAME} characters.", field="name")
    async with database.write() as session:
        added: int | None = await session.scalar(
            insert(WORKSPACES)
            .values(name=name)
            .on_conflict_do_nothing(index_elements=["name"])
            .returning(WORKSPACES.c.id)
        )
        if added is None:
            raise Conflict(f"There is a workspace {name!r} already.", field="name")
        await note(session, added, by, AuditAction.WORKSPACE_CREATED, name)
    return added
