"""`livemeter serve`: the server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated

import typer

from models.key import any_key
from models.membership import any_member
from web.cli.channel import check_redis_url
from web.cli.failure import told_plainly
from web.cli.options import DATA_DIR, HOST, PORT, DataDir, Host, Port
from web.cli.storage import database_url, migrated_database
from web.server import address, listen, run_server
from web.settings import Settings


def serve(
    host: Host = HOST,
    port: Port = PORT,
    data_dir: DataDir = DATA_DIR,
    workers: Annotated[
        int, typer.Option(envvar="LIVEMETER_WORKERS", min=1, help="How many processes serve.")
    ] = 1,
) -> None:
    """Run the server on DATABASE_URL and REDIS_URL, or on an embedded Postgres without them."""
    with told_plainly():
        settings = Settings(host=host, port=port, data_dir=data_dir, workers=workers)
        check_redis_url(settings)
        listener = listen(host, port)
        with listener, database_url(data_dir, attach=False, create=True) as url:
            lacks = asyncio.run(_prepare(url))
            _greet(settings, address(listener), lacks)
            run_server(listener, settings, url)


@dataclass(frozen=True)
class _Lacks:
    """What has to be made before anybody, or anything, can get in."""

    keys: bool
    members: bool


async def _prepare(url: str) -> _Lacks:
    """Migrate, and see whether anybody can get in."""
    async with migrated_database(url) as database, database.read_as_owner() as session:
        return _Lacks(not await any_key(session), not await any_member(session))


def _greet(settings: Settings, page: str, lacks: _Lacks) -> None:
    typer.echo(f"Livemeter serves {page} (GraphQL at {page}/graphql). Ctrl-C stops it.")
    if settings.workers > 1 and settings.redis_url is None:
        typer.echo("Several workers without REDIS_URL: live feeds lag by up to a second.", err=True)
    if lacks.members:
        typer.echo(
            "Nobody can sign in with a password yet: livemeter member add YOU@EXAMPLE.COM "
            f"--role ADMIN --base-url {settings.base_url or page}{_data_dir_option(settings)}"
        )
    if lacks.keys:
        typer.echo(
            "There is no API key yet: livemeter key create NAME --scope EVENTS_WRITE "
            f"--scope USAGE_READ{_data_dir_option(settings)}"
        )


def _data_dir_option(settings: Settings) -> str:
    """What a command needs to find this server's data, where that is not the default."""
    if settings.database_url is not None or settings.data_dir == DATA_DIR:
        return ""
    return f" --data-dir {settings.data_dir}"
