"""`livemeter key`: make, list and revoke API keys."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from models.database import Database
from models.key import ApiKey, Scope
from models.workspace import find_workspace
from resolvers.api_keys import api_keys, create_api_key, find_api_key, revoke_api_key
from resolvers.keys import KeyRing
from web.cli.failure import told_plainly
from web.cli.listing import print_list
from web.cli.options import BY, DATA_DIR, WORKSPACE, DataDir, Workspace
from web.cli.storage import database_url, migrated_database

keys = typer.Typer(no_args_is_help=True, help="API keys: make, list and revoke them.")


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[
        list[Scope], typer.Option(help="What the key may do; give it once for each scope.")
    ],
    expires: Annotated[
        datetime | None, typer.Option(help="When it ends, in UTC.", formats=["%Y-%m-%d"])
    ] = None,
    data_dir: DataDir = DATA_DIR,
    workspace: Workspace = WORKSPACE,
) -> None:
    """Make a key; its secret is printed once, alone on the last line."""

    async def run(url: str) -> str:
        async with migrated_database(url) as database:
            ends = None if expires is None else expires.replace(tzinfo=UTC)
            workspace_id = await _workspace_id(database, workspace)
            made = await create_api_key(database, workspace_id, name, scope, ends, by=BY)
            return made.secret

    with told_plainly(), database_url(data_dir, attach=True) as url:
        secret = asyncio.run(run(url))
    typer.echo(f"Key {name!r} for workspace {workspace!r}; keep it, it is shown this once:")
    typer.echo(secret)


@keys.command("list")
def list_(data_dir: DataDir = DATA_DIR, workspace: Workspace = WORKSPACE) -> None:
    """List the keys of a workspace."""

    async def run(url: str) -> list[ApiKey]:
        async with migrated_database(url) as database:
            return await api_keys(database, await _workspace_id(database, workspace))

    with told_plainly(), database_url(data_dir, attach=True) as url:
        _show(asyncio.run(run(url)))


@keys.command()
def revoke(
    id: Annotated[
        str,
        typer.Argument(help="The key's id, or its beginning, as `livemeter key list` shows it."),
    ],
    data_dir: DataDir = DATA_DIR,
    workspace: Workspace = WORKSPACE,
) -> None:
    """Revoke a key; it stops within a second."""

    async def run(url: str) -> ApiKey:
        async with migrated_database(url) as database:
            workspace_id = await _workspace_id(database, workspace)
            key = await find_api_key(database, workspace_id, id)
            return await revoke_api_key(database, KeyRing(database), workspace_id, key.id, by=BY)

    with told_plainly(), database_url(data_dir, attach=True) as url:
        key = asyncio.run(run(url))
    typer.echo(f"Key {key.id} ({key.name!r}) is revoked.")


async def _workspace_id(database: Database, name: str) -> int:
    async with database.read_as_owner() as session:
        found = await find_workspace(session, name)
    assert found.id is not None
    return found.id


def _show(listed: list[ApiKey]) -> None:
    if not listed:
        typer.echo("There are no keys: `livemeter key create` makes one.")
        return
    print_list(("id", "name", "prefix", "scopes", "created", "ends"), [_row(key) for key in listed])


def _row(key: ApiKey) -> tuple[str, ...]:
    ends = "revoked" if key.revoked_at else _day(key.expires_at)
    return key.id, key.name, key.prefix, ", ".join(key.scopes), _day(key.created_at), ends


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d}"
