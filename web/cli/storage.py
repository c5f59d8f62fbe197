"""The Postgres that a command works on: the one that is set, or the embedded one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import typer

from models.connection_problem import is_pooled
from models.database import Database
from models.database_address import DatabaseAddress, pooled, read_address
from web.embedded.errors import DataDirUnusable
from web.embedded.postgres import EmbeddedPostgres, has_data
from web.process import prepare
from web.settings import Settings


@contextmanager
def database_url(data_dir: Path, *, attach: bool, create: bool = False) -> Iterator[str]:
    """`DATABASE_URL`, else an embedded Postgres for as long as the block lasts.

    Says on standard error which one it is. With `attach` a server that runs on the data directory
    already is used and left running; without, it is an error, since two servers should not share
    one. A data directory that is not there is made with `create` alone: a command in the wrong
    folder must not work on a new, empty database.

    Raises BadAddress, CannotConnect, EmbeddedPostgresError.
    """
    given = Settings().database_url
    if given is not None:
        yield _checked(given)
        return
    if not create and not has_data(data_dir):
        raise DataDirUnusable(
            f"There is no database in {data_dir.absolute()}: name the server's by --data-dir or "
            "DATABASE_URL. `livemeter serve` and `livemeter migrate --create` make a new one."
        )
    server = EmbeddedPostgres.attach_or_start(data_dir) if attach else EmbeddedPostgres(data_dir)
    _tell(f"embedded, in {data_dir.absolute()}")
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


def _checked(url: str) -> str:
    """The address, with what it does not say itself: that a pooler stands before the server."""
    address = read_address(url)
    _tell(f"{address} (DATABASE_URL{_ignored(address)})")
    pools = asyncio.run(is_pooled(address))
    return pooled(url) if pools and address.is_pooled is None else url


def _ignored(address: DatabaseAddress) -> str:
    names = ", ".join(address.ignored)
    return f"; without effect: {names}" if names else ""


def _tell(which: str) -> None:
    typer.echo(f"Database: {which}.", err=True)
