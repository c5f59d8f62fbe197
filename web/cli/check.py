"""`livemeter check`: whether the cubes agree with the events, and how to make them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from models.alert_problem import AlertProblem, ProblemKind, read_problems
from models.cube_building import build_all
from models.cube_check import CheckedDay, Difference, check_cubes, repair_day
from models.cube_gaps import read_gaps
from models.database import Database
from models.workspace import find_workspace
from web.cli.failure import told_plainly
from web.cli.options import DATA_DIR, WORKSPACE, DataDir, Workspace
from web.cli.storage import database_url, migrated_database

Checked = Callable[[CheckedDay], None]

DIFFERS_STATUS = 3
MAX_TOLD = 20


@dataclass
class Findings:
    """What differs, and how much of the log is not in the cubes yet.

    `told` are the first differences: all of a table that was emptied would not fit in memory.
    """

    days: int = 0
    differences: int = 0
    told: list[Difference] = field(default_factory=list)
    differing: list[datetime | None] = field(default_factory=list)
    unbuilt: int = 0
    alert_problems: list[AlertProblem] = field(default_factory=list)

    def note(self, checked: CheckedDay) -> None:
        self.days += checked.day is not None
        self.differences += len(checked.differences)
        self.told += checked.differences[: MAX_TOLD - len(self.told)]
        if checked.differences:
            self.differing.append(checked.day)


def check(
    repair: Annotated[bool, typer.Option("--repair", help="Make anew what differs.")] = False,
    data_dir: DataDir = DATA_DIR,
    workspace: Workspace = WORKSPACE,
) -> None:
    """Compare the sums that analytics reads with the events they are of.

    The exit status is 0 where they agree, or do so after `--repair`, and 3 where they differ. What
    alert rules cannot be evaluated for is told too, and does not change it.
    """

    async def run(url: str) -> Findings:
        async with migrated_database(url) as database:
            async with database.read_as_owner() as session:
                found = await find_workspace(session, workspace)
            assert found.id is not None
            with _progress() as checked:
                return await _check(database, found.id, repair, checked)

    with told_plainly(), database_url(data_dir, attach=True) as url:
        findings = asyncio.run(run(url))
    _tell(findings, repair)
    if findings.differences and not repair:
        raise typer.Exit(DIFFERS_STATUS)


async def _check(database: Database, workspace_id: int, repair: bool, checked: Checked) -> Findings:
    if repair:
        await build_all(database)
    findings = Findings()
    async for day in check_cubes(database, workspace_id):
        findings.note(day)
        checked(day)
    if repair:
        for differing in findings.differing:
            await repair_day(database, workspace_id, differing)
    async with database.snapshot_as_owner() as driver:
        findings.unbuilt = (await read_gaps(driver, workspace_id)).events
    async with database.read_as_owner() as session:
        findings.alert_problems = await read_problems(session, workspace_id)
    return findings


@contextmanager
def _progress() -> Iterator[Checked]:
    """Which day has been compared, on standard error, where that is a terminal."""
    console = Console(stderr=True)
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    ) as bar:
        task = bar.add_task("comparing", total=None)

        def checked(day: CheckedDay) -> None:
            compared = "first uses" if day.day is None else f"{day.day:%Y-%m-%d}"
            bar.update(task, description=f"compared {compared}")

        yield checked


def _tell(findings: Findings, repaired: bool) -> None:
    differences = findings.differences
    typer.echo(f"{findings.days:,} days compared: {differences:,} rows differ.")
    for difference in findings.told:
        typer.echo(f"  {_shown(difference)}")
    if differences > len(findings.told):
        typer.echo(f"  … and {differences - len(findings.told):,} more.")
    if findings.unbuilt:
        typer.echo(f"{findings.unbuilt:,} events are not in the cubes yet: a server builds them.")
    if repaired and differences:
        typer.echo("What differed was made anew from the events.")
    elif differences:
        typer.echo("livemeter check --repair makes them anew from the events.")

    _tell_alerts(findings.alert_problems)


def _tell_alerts(problems: list[AlertProblem]) -> None:
    """One line each; they go away by themselves when what is wrong does."""
    if not problems:
        typer.echo("Alerts: no problems.")
    for problem in problems:
        typer.echo(f"Alerts: {_problem(problem)} since {problem.since:%Y-%m-%d %H:%M} UTC.")
        typer.echo(f"  {problem.message}")


def _problem(problem: AlertProblem) -> str:
    match problem.kind:
        case ProblemKind.WORKSPACE:
            return "no rule is evaluated"
        case ProblemKind.RULE:
            return f"the rule {problem.rule_name!r} ({problem.rule_id}) is not evaluated in full"
        case ProblemKind.EVENT:
            ids = ", ".join(problem.event_ids)
            more = " …" if problem.events > len(problem.event_ids) else ""
            return f"{problem.events:,} events could not be counted ({ids}{more})"


def _shown(difference: Difference) -> str:
    key = _values(difference.key)
    events = _values(difference.of_events) if difference.of_events else "nothing"
    table = _values(difference.of_table) if difference.of_table else "nothing"
    return f"{difference.table} ({key}): the events say {events}, the table {table}"


def _values(values: Iterable[Any]) -> str:
    return ", ".join(
        value.isoformat() if isinstance(value, datetime) else str(value) for value in values
    )
