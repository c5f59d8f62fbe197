"""`livemeter member`: who belongs to a workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from models.database import Database
from models.errors import NotFound
from models.membership import Member, Role
from models.person import read_email
from models.workspace import find_workspace
from resolvers.people.invitations import invite_within
from resolvers.people.members import (
    add_known_person,
    change_member_role,
    remove_member,
)
from resolvers.people.members import (
    members as list_members,
)
from resolvers.people.sign_in import SignIn, set_password
from web.cli.failure import told_plainly
from web.cli.listing import print_list
from web.cli.options import BY, DATA_DIR, WORKSPACE, DataDir, Workspace
from web.cli.storage import database_url, migrated_database
from web.settings import Settings

T = TypeVar("T")
members = typer.Typer(no_args_is_help=True, help="Members of a workspace: add, list and remove.")

Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]


@members.command()
def add(
    email: Email,
    role: Annotated[Role, typer.Option(help="ADMIN manages, MEMBER reads.")] = Role.MEMBER,
    base_url: Annotated[
        str | None,
        typer.Option(envvar="LIVEMETER_BASE_URL", help="Where people reach this server."),
    ] = None,
    data_dir: DataDir = DATA_DIR,
    workspace: Workspace = WORKSPACE,
) -> None:
    """Add who has an account; else print a link that makes one, alone on the last line."""

    async def run(database: Database, workspace_id: int) -> str | None:
        address = read_email(email)
        async with database.write() as session:
            if await add_known_person(session, workspace_id, address, role, by=BY):
                return None
            made = await invite_within(session, workspace_id, address, role, by=BY)
            return made.path

    with told_plainly():
        settings = Settings(base_url=base_url)
    path = _run(data_dir, workspace, run)
    if path is None:
        typer.echo(f"{email} has an account, and is {role.value} of {workspace!r} now.")
        return
    typer.echo(f"An invitation of {email} to {workspace!r} as {role.value}. Give them this link;")
    typer.echo("it works once, within seven days:")
    typer.echo((settings.base_url or f"http://{settings.host}:{settings.port}") + path)


@members.command("list")
def list_(data_dir: DataDir = DATA_DIR, workspace: Workspace = WORKSPACE) -> None:
    """List the members of a workspace."""
    listed = _run(data_dir, workspace, list_members)
    if not listed:
        typer.echo("There are no members: `livemeter member add` makes one.")
        return
    rows = [(each.email, each.role.value, f"{each.added_at:%Y-%m-%d}") for each in listed]
    print_list(("e-mail", "role", "added"), rows)


@members.command()
def role(
    email: Email,
    role: Annotated[Role, typer.Argument(help="ADMIN or MEMBER.")],
    data_dir: DataDir = DATA_DIR,
    workspace: Workspace = WORKSPACE,
) -> None:
    """Change what a member may do."""

    async def run(database: Database, workspace_id: int) -> None:
        member = await _find(database, workspace_id, email)
        await change_member_role(database, workspace_id, member.id, role, by=BY)

    _run(data_dir, workspace, run)
    typer.echo(f"{email} is {role.value} of {workspace!r} now.")


@members.command()
def remove(email: Email, data_dir: DataDir = DATA_DIR, workspace: Workspace = WORKSPACE) -> None:
    """Remove a member, who sees nothing of the workspace from the next second on."""

    async def run(database: Database, workspace_id: int) -> None:
        member = await _find(database, workspace_id, email)
        await remove_member(database, workspace_id, member.id, by=BY)

    _run(data_dir, workspace, run)
    typer.echo(f"{email} is removed from {workspace!r}.")


@members.command()
def password(email: Email, data_dir: DataDir = DATA_DIR, workspace: Workspace = WORKSPACE) -> None:
    """Give a member who has forgotten theirs a new password; all their sessions end."""
    new = typer.prompt("New password", hide_input=True, confirmation_prompt=True)

    async def run(database: Database, workspace_id: int) -> None:
        member = await _find(database, workspace_id, email)
        await set_password(SignIn(database), member.id, new, by=BY)

    _run(data_dir, workspace, run)
    typer.echo(f"{email} signs in with the new password from now on.")


async def _find(database: Database, workspace_id: int, email: str) -> Member:
    address = read_email(email)
    for member in await list_members(database, workspace_id):
        if member.email == address:
            return member
    raise NotFound(f"The workspace has no member {address}.")


def _run(data_dir: Path, workspace: str, work: Callable[[Database, int], Awaitable[T]]) -> T:
    async def run(url: str) -> T:
        async with migrated_database(url) as database:
            async with database.read_as_owner() as session:
                found = await find_workspace(session, workspace)
            assert found.id is not None
            return await work(database, found.id)

    with told_plainly(), database_url(data_dir, attach=True) as url:
        return asyncio.run(run(url))
