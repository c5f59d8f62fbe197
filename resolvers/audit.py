"""The record of who did what, for admins."""

from __future__ import annotations

from models.audit import AuditEntry, read_audit
from models.database import Database
from models.errors import BadInput
from models.reach import Reach

MAX_PAGE = 1_000


async def audit_entries(
    database: Database, reach: Reach, *, first: int, before: str | None
) -> list[AuditEntry]:
    """The newest first, from before the entry of that id. Raises BadInput."""
    if not 0 <= first <= MAX_PAGE:
        raise BadInput(f"first must lie between 0 and {MAX_PAGE}.", field="first")
    if before is not None and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise BadInput("This is no entry's id.", field="before")
    async with database.read(reach) as session:
        return await read_audit(
            session,
            reach.workspace_id,
            before=None if before is None else int(before),
            limit=first,
        )
