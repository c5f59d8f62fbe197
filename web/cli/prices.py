"""`livemeter prices`: where the catalogue stands, a look for newer prices, letting them in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import typer

from models.catalogue_table import CatalogueRow
from models.database import Database
from models.errors import BadInput
from resolvers.prices.price_list import catalogue_standing
from resolvers.prices.refresh import accept_held_prices, check_prices
from web.cli.failure import told_plainly
from web.cli.options import DATA_DIR, DataDir
from web.cli.storage import database_url, migrated_database
from web.server import price_refresh
from web.settings import Settings

prices = typer.Typer(no_args_is_help=True, help="The public prices: status, refresh, accept.")


@prices.command()
def status(data_dir: DataDir = DATA_DIR) -> None:
    """Say what the prices were taken from, when, and what is wrong with them, if anything."""
    _show(_run(data_dir, catalogue_standing))


@prices.command()
def refresh(data_dir: DataDir = DATA_DIR) -> None:
    """Look for newer prices now. Status 1 where that fails; the known prices stay then."""

    async def check(database: Database) -> CatalogueRow:
        settings = price_refresh(Settings())
        if settings is None:
            raise BadInput("LIVEMETER_PRICES_URL is empty: there is nowhere to look.")
        return await check_prices(database, settings)

    row = _run(data_dir, check)
    _show(row)
    if row.problem is not None:
        raise typer.Exit(1)


@prices.command()
def accept(data_dir: DataDir = DATA_DIR) -> None:
    """Let the prices in that are held back because they moved too far."""
    _show(_run(data_dir, accept_held_prices))


def _run(data_dir: Path, work: Callable[[Database], Awaitable[CatalogueRow]]) -> CatalogueRow:
    async def run(url: str) -> CatalogueRow:
        async with migrated_database(url) as database:
            return await work(database)

    with told_plainly(), database_url(data_dir, attach=True) as url:
        return asyncio.run(run(url))


def _show(row: CatalogueRow) -> None:
    typer.echo(f"{row.models:,} models from {row.source}, version {row.version},")
    typer.echo(f"taken in {row.updated_at:%Y-%m-%d %H:%M} UTC, ", nl=False)
    never = "never looked for newer ones."
    typer.echo(f"last looked {row.checked_at:%Y-%m-%d %H:%M} UTC." if row.checked_at else never)
    if row.problem is not None:
        typer.echo(f"Problem: {row.problem}", err=True)
