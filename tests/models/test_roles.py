"""Readers' roles where the server's own role may not make any."""

from __future__ import annotations

import re

import asyncpg
import pytest

from models.database import Database
from models.migration import migrate
from models.roles import MissingRoles


@pytest.fixture
async def plain_owner_url(postgres: str, database_url: str) -> str:
    """Of an empty database, owned by a role that may not make roles."""
    admin = await asyncpg.connect(database_url)
    name = re.search(r"/(test_\d+)\?", database_url)
    assert name is not None
    owner, new = f"plain_{name[1]}", f"plain_db_{name[1]}"
    await admin.execute(f"CREATE ROLE {owner} LOGIN PASSWORD 'plain'")
    await admin.execute(f"CREATE DATABASE {new} OWNER {owner} TEMPLATE template0")
    await admin.close()
    return re.sub(r"//[^/]*/test_\d+\?", f"//{owner}:plain@/{new}?", database_url)


async def test_without_the_right_the_start_says_what_to_run(
    database_url: str, plain_owner_url: str
) -> None:
    database = Database(plain_owner_url)
    with pytest.raises(MissingRoles) as raised:
        await migrate(database)
    advice = str(raised.value)
    owner = re.search(r"plain_test_\d+", plain_owner_url)
    assert owner is not None
    assert f"GRANT livemeter_reader, livemeter_customer TO {owner[0]};" in advice

    admin = await asyncpg.connect(database_url)
    grant = re.search(r"GRANT [^;]*;", advice)
    assert grant is not None
    await admin.execute(grant[0])
    await admin.close()
    await migrate(database)
    await database.close()
