"""`livemeter workspace`: make and list workspaces."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from models.workspace import Workspace
from resolvers.workspaces import create_workspace
from resolvers.workspaces import workspaces as list_workspaces
from web.cli.failure import told_plainly
from web.cli.listing import print_list
from web.cli.options import BY, DATA_DIR, DataDir
from web.cli.storage import database_url, migrated_database

workspaces = typer.Typer(no_args_is_help=True, help="Workspaces: make and list them.")


@workspaces.command()
def create(
    name: Annotated[str, typer.Argument(help="What the workspace is called.")],
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Make a workspace: nothing crosses its border."""

    async def run(url: str) -> int:
        async with migrated_database(url) as database:
            return await create_workspace(database, name, by=BY)

    with told_plainly(), database_url(data_dir, attach=True) as url:
        id = asyncio.run(run(url))
    typer.echo(f"Workspace {name.strip()!r} is made, with the id {id}. Its first admin:")
    typer.echo(f"  livemeter member add YOU@EXAMPLE.COM --role ADMIN --workspace {name.strip()!r}")


@workspaces.command("list")
def list_(data_dir: DataDir = DATA_DIR) -> None:
    """List all workspaces."""

    async def run(url: str) -> list[Workspace]:
        async with migrated_database(url) as database:
            return await list_workspaces(database)

    with told_plainly(), database_url(data_dir, attach=True) as url:
        listed = asyncio.run(run(url))
    print_list(("id", "name", "created", "events"), [_row(each) for each in listed])


def _row(workspace: Workspace) -> tuple[str, ...]:
    created = f"{workspace.created_at:%Y-%m-%d}"
    return str(workspace.id), workspace.name, created, f"{workspace.last_sequence:,}"
