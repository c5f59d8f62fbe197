"""`livemeter check`: whether the cubes agree with the events, and how to make them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

import typer

from models.cube_building import build_all
from models.cube_check import CheckedDay, Difference, check_cubes, repair_day
from models.cube_gaps import read_gaps
from models.database import Database
from models.workspace import find_workspace
from web.cli.failure import told_plainly
from web.cli.options import DATA_DIR, WORKSPACE, DataDir, Workspace
from web.cli.storage import database_url, migrated_database

DIFFERS_STATUS = 3
MAX_TOLD = 20


@dataclass
class Findings:
    """What differs, and how much of the log is not in the cubes yet."""

    days: list[CheckedDay] = field(default_factory=list)
    unbuilt: int = 0

    @property
    def differing(self) -> list[CheckedDay]:
        return [day for day in self.days if day.differences]

    @property
    def differences(self) -> list[Difference]:
        return [difference for day in self.days for difference in day.differences]


def check(
    repair: Annotated[bool, typer.Option("--repair", help="Make anew what differs.")] = False,
    data_dir: DataDir = DATA_DIR,
    workspace: Workspace = WORKSPACE,
) -> None:
    """Compare the sums that analytics reads with the events they are of.

    The exit status is 0 where they agree, or do so after `--repair`, and 3 where they differ.
    """

    async def run(url: str) -> Findings:
        async with migrated_database(url) as database:
            async with database.read_as_owner() as session:
                found = await find_workspace(session, workspace)
            assert found.id is not None
            return await _check(database, found.id, repair)

    with told_plainly(), database_url(data_dir, attach=True) as url:
        findings = asyncio.run(run(url))
    _tell(findings, repair)
    if findings.differences and not repair:
        raise typer.Exit(DIFFERS_STATUS)


async def _check(database: Database, workspace_id: int, repair: bool) -> Findings:
    if repair:
        await build_all(database)
    findings = Findings()
    async for day in check_cubes(database, workspace_id):
        findings.days.append(day)
    if repair:
        for day in findings.differing:
            await repair_day(database, workspace_id, day.day)
    async with database.snapshot_as_owner() as driver:
        findings.unbuilt = (await read_gaps(driver, workspace_id)).events
    return findings


def _tell(findings: Findings, repaired: bool) -> None:
    days = sum(day.day is not None for day in findings.days)
    differences = findings.differences
    typer.echo(f"{days:,} days compared: {len(differences):,} rows differ.")
    for difference in differences[:MAX_TOLD]:
        typer.echo(f"  {_shown(difference)}")
    if len(differences) > MAX_TOLD:
        typer.echo(f"  … and {len(differences) - MAX_TOLD:,} more.")
    if findings.unbuilt:
        typer.echo(f"{findings.unbuilt:,} events are not in the cubes yet: a server builds them.")
    if repaired and differences:
        typer.echo("What differed was made anew from the events.")
    elif differences:
        typer.echo("livemeter check --repair makes them anew from the events.")


def _shown(difference: Difference) -> str:
    key = _values(difference.key)
    events = _values(difference.of_events) if difference.of_events else "nothing"
    table = _values(difference.of_table) if difference.of_table else "nothing"
    return f"{difference.table} ({key}): the events say {events}, the table {table}"


def _values(values: Iterable[Any]) -> str:
    return ", ".join(
        value.isoformat() if isinstance(value, datetime) else str(value) for value in values
    )
