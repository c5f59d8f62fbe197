"""What a database of an earlier version holds is still there after its migration."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection

from models.database import Database
from models.key import Scope, new_key
from models.migration import (
    TablesInUse,
    _config,
    current_revision,
    latest_revision,
    migrate,
)
from resolvers.keys import KeyRing
from resolvers.viewer import Credential, CredentialKind
from web.process import prepare


def _downgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.downgrade(config, "0004")


async def test_who_had_signed_in_with_a_key_stays_signed_in(database: Database) -> None:
    key, secret = new_key(1, "app", [Scope.USAGE_READ])
    async with database.write() as session:
        session.add(key)
    async with database.engine.begin() as connection:
        await connection.run_sync(_downgrade)
    async with database.driver() as driver:
        await _sign_in_as_before(driver, key.id)
    await prepare(database)
    viewer = await KeyRing(database).viewer(Credential(CredentialKind.SESSION, "its token"))
    assert viewer.key_id == key.id
    assert secret not in viewer.name


async def _sign_in_as_before(driver: asyncpg.Connection, key_id: str) -> None:
    await driver.execute(
        "INSERT INTO page_sessions VALUES (sha256('its token'), 1, $1, now() + interval '1 day')",
        key_id,
    )


async def _to(database: Database, revision: str) -> None:
    def downgrade(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)

    async with database.engine.begin() as connection:
        await connection.run_sync(downgrade)


async def test_a_table_in_use_is_waited_for_in_turns_in_which_others_go_on(
    database: Database, database_url: str
) -> None:
    await _to(database, "0007")
    reader, other = await asyncpg.connect(database_url), await asyncpg.connect(database_url)
    reading = reader.transaction()
    await reading.start()
    await reader.execute("SELECT FROM usage_events")
    migrating = asyncio.create_task(migrate(database))
    await _waits_for(other, "usage_events")
    # It waits behind the migration, and goes on when that gives way.
    await other.execute("SELECT FROM usage_events")
    await reading.rollback()
    await migrating
    assert await current_revision(database) == latest_revision()
    await reader.close()
    await other.close()


async def test_tables_that_stay_in_use_end_a_migration_with_what_to_do(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.migration._PAUSES_SECONDS", ())
    await _to(database, "0007")
    reader = await asyncpg.connect(database_url)
    async with reader.transaction():
        await reader.execute("SELECT FROM usage_events")
        with pytest.raises(TablesInUse, match="end those statements, then start again"):
            await migrate(database)
    assert await current_revision(database) == "0007"
    await reader.close()


async def _waits_for(driver: asyncpg.Connection, table: str) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE relation = $1::regclass AND NOT granted"
    while not await driver.fetchval(waiting, table):
        await asyncio.sleep(0.02)
