"""The Postgres that a command works on: the one that is set, or the embedded one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from models.database import Database
from web.embedded.postgres import EmbeddedPostgres
from web.process import prepare
from web.settings import Settings


@contextmanager
def database_url(data_dir: Path, *, attach: bool) -> Iterator[str]:
    """`DATABASE_URL`, else an embedded Postgres for as long as the block lasts.

    With `attach` a server that runs on the data directory already is used and left running;
    without, it is an error, since two servers should not share one.
    """
    given = Settings().database_url
    if given is not None:
        yield given
        return
    server = EmbeddedPostgres.attach_or_start(data_dir) if attach else EmbeddedPostgres(data_dir)
    with server:
        yield server.url


@asynccontextmanager
async def migrated_database(url: str) -> AsyncIterator[Database]:
    database = Database(url, pool_size=4)
    try:
        await prepare(database)
        yield database
    finally:
        await database.close()
