"""What anybody can add to the audit log goes after a while; what was done stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from models.audit import AUDIT_ENTRIES, AuditAction, note
from models.database import Database
from resolvers.people.old_failures import KEPT
from tests.livemeter_server import InProcessServer


async def _add(database: Database, action: AuditAction, age: timedelta) -> None:
    async with database.write() as session:
        await note(session, 1, "somebody", action, f"{age.days}")
        mine = AUDIT_ENTRIES.c.subject == f"{age.days}"
        at = datetime.now(UTC) - age
        await session.execute(AUDIT_ENTRIES.update().where(mine).values(at=at))


async def _left(database: Database) -> list[str]:
    async with database.read_as_owner() as session:
        columns = AUDIT_ENTRIES.c
        rows = await session.execute(select(columns.action, columns.subject).order_by(columns.id))
        return [f"{action} {subject}" for action, subject in rows]


async def test_the_server_forgets_sign_ins_that_failed_long_ago(
    database_url: str, database: Database
) -> None:
    await _add(database, AuditAction.SIGN_IN_FAILED, KEPT + timedelta(days=1))
    await _add(database, AuditAction.SIGN_IN_FAILED, KEPT - timedelta(days=1))
    await _add(database, AuditAction.SIGN_IN, KEPT + timedelta(days=2))
    async with InProcessServer(database_url):
        left = await _left(database)
        while len(left) > 2:
            left = await _left(database)
    assert left == ["SIGN_IN_FAILED 399", "SIGN_IN 402"]
