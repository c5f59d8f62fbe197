"""`livemeter migrate`: bring the database up to date without serving."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from models.migration import current_revision
from web.cli.failure import told_plainly
from web.cli.options import DATA_DIR, DataDir
from web.cli.storage import database_url, migrated_database


def migrate(
    create: Annotated[
        bool, typer.Option("--create", help="Make the embedded database where there is none.")
    ] = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Bring the database's tables up to this version. `serve` does it by itself."""

    async def run(url: str) -> str | None:
        async with migrated_database(url) as database:
            return await current_revision(database)

    with told_plainly(), database_url(data_dir, attach=True, create=create) as url:
        revision = asyncio.run(run(url))
    typer.echo(f"The database is at revision {revision}.")
