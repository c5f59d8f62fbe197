"""What a database of an earlier version holds is still there after its migration."""

from __future__ import annotations

import asyncpg
from alembic import command
from sqlalchemy import Connection

from models.database import Database
from models.key import Scope, new_key
from models.migration import _config
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
