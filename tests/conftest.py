"""Real servers for tests: one Postgres for a worker, a database of its own for a test."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from models.database import Database
from models.key import Scope, new_key
from resolvers.services import Services
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.quick_folder import quick_folder
from tests.valkey import ValkeyServer
from web.embedded.postgres import EmbeddedPostgres
from web.process import open_process, prepare

# For databases that live as long as one test: a crash may take the last commits with it.
_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a Postgres that holds a migrated database, to be cloned."""
    with quick_folder() as folder, EmbeddedPostgres(folder / "data", _QUICK) as server:

        async def migrate_once() -> None:
            database = Database(server.url)
            await prepare(database)
            await database.close()

        asyncio.run(migrate_once())
        yield server.url


@pytest.fixture
async def database_url(postgres: str) -> AsyncIterator[str]:
    """A migrated database for one test alone."""
    name = f"test_{next(_numbers)}"
    # Another database than the template: a template may not be in use while it is cloned.
    admin = await asyncpg.connect(_named(postgres, "postgres"))
    try:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE livemeter STRATEGY FILE_COPY")
        yield _named(postgres, name)
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


def _named(url: str, database: str) -> str:
    return re.sub(r"/livemeter\?", f"/{database}?", url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def services(database_url: str) -> AsyncIterator[Services]:
    """A process's services, without a server around them."""
    async with open_process(database_url, "memory://") as process:
        yield process.services


@dataclass(frozen=True)
class Keys:
    """Secrets of the default workspace (`other`, `other_admin`: of another one)."""

    full: str
    write: str
    read: str
    admin: str
    other: str
    other_admin: str


@pytest.fixture
async def keys(database: Database) -> Keys:
    async with database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("INSERT INTO workspaces (name) VALUES ('other')")
        write, read = Scope.EVENTS_WRITE, Scope.USAGE_READ
        made = [
            new_key(workspace_id, name, scopes)
            for workspace_id, name, scopes in (
                (1, "full", [write, read]),
                (1, "write", [write]),
                (1, "read", [read]),
                (1, "admin", [write, read, Scope.ADMIN]),
                (2, "other", [write, read]),
                (2, "other admin", [write, read, Scope.ADMIN]),
            )
        ]
        session.add_all([key for key, _ in made])
    return Keys(*(secret for _, secret in made))


@pytest.fixture
async def server(database_url: str) -> AsyncIterator[InProcessServer]:
    """A server on a port of its own, in this process."""
    async with InProcessServer(database_url) as server:
        yield server


@pytest.fixture
async def client(server: InProcessServer, keys: Keys) -> AsyncIterator[GraphQLClient]:
    """GraphQL by HTTP with a key that may write and read."""
    async with GraphQLClient(server.url, keys.full) as client:
        yield client


@pytest.fixture
async def admin(server: InProcessServer, keys: Keys) -> AsyncIterator[GraphQLClient]:
    """GraphQL by HTTP with a key that may do everything."""
    async with GraphQLClient(server.url, keys.admin) as client:
        yield client


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[ValkeyServer]:
    """A Valkey server that is not started yet."""
    server = ValkeyServer(tmp_path)
    yield server
    server.close()


@pytest.fixture
def event() -> dict[str, Any]:
    """An input that is valid as it is."""
    return {
        "id": "event-1",
        "provider": "openai",
        "model": "gpt-4o",
        "inputTokens": 1000,
        "outputTokens": 200,
        "customerId": "acme",
        "occurredAt": datetime(2026, 11, 1, 12, tzinfo=UTC).isoformat(),
    }
