"""`livemeter import FILE`: backfill, safe to repeat."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from models.errors import BadInput
from models.workspace import find_workspace
from resolvers.time_range import time_zone
from schema.recording import EVENT_FIELDS
from web.cli.channel import check_redis_url
from web.cli.failure import told_plainly
from web.cli.options import DATA_DIR, WORKSPACE, DataDir, Workspace
from web.cli.storage import database_url, migrated_database
from web.importing.csv_rows import csv_rows, map_columns, open_csv
from web.importing.importer import ImportSummary, import_rows
from web.importing.ndjson_rows import ndjson_rows
from web.importing.row import ReadRow, Row, read_rows
from web.process import open_process
from web.server import channel_url
from web.settings import Settings

LEFT_OUT_STATUS = 3

Progressed = Callable[[ImportSummary], None]


def import_events(
    file: Annotated[Path, typer.Argument(help="CSV or NDJSON; - is standard input.")],
    time: Annotated[str | None, typer.Option(help="CSV: the column of times.")] = None,
    input: Annotated[str | None, typer.Option(help="CSV: the column of input tokens.")] = None,
    output: Annotated[str | None, typer.Option(help="CSV: the column of output tokens.")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="CSV: any other column, as FIELD=COLUMN; FIELD as in UsageEventInput."),
    ] = None,
    provider: Annotated[str | None, typer.Option(help="The same for all rows.")] = None,
    model: Annotated[str | None, typer.Option(help="The same for all rows.")] = None,
    customer: Annotated[str | None, typer.Option(help="The same for all rows.")] = None,
    user: Annotated[str | None, typer.Option(help="The same for all rows.")] = None,
    feature: Annotated[str | None, typer.Option(help="The same for all rows.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Any other field, the same for all rows, as FIELD=VALUE."),
    ] = None,
    zone: Annotated[str, typer.Option("--time-zone", help="For times without an offset.")] = "UTC",
    format: Annotated[
        str | None, typer.Option(help="csv or ndjson; by the file's name where absent.")
    ] = None,
    data_dir: DataDir = DATA_DIR,
    workspace: Workspace = WORKSPACE,
) -> None:
    """Record the events of a file. Run again, it records nothing twice.

    The exit status is 0 where everything was recorded, 3 where rows were left out.
    """
    with told_plainly():
        constants = _pairs(set_ or [], "--set") | _given(
            provider=provider, model=model, customerId=customer, userId=user, featureId=feature
        )
        columns = _pairs(column or [], "--column") | _given(
            occurredAt=time, inputTokens=input, outputTokens=output
        )
        time_zone_read = time_zone(zone)
        with _opened(file) as lines, _progress(lines, file) as progressed:
            rows = _rows(lines, _format(file, format), columns, constants, time_zone_read)
            check_redis_url(Settings())
            with database_url(data_dir, attach=True) as url:
                summary = asyncio.run(_run(url, workspace, read_rows(rows), progressed))
    _tell(summary, zone, has_ids="id" in columns)
    if summary.left_out:
        raise typer.Exit(LEFT_OUT_STATUS)


async def _run(
    url: str, workspace: str, rows: Iterator[ReadRow], progressed: Progressed
) -> ImportSummary:
    async with migrated_database(url) as database, database.read_as_owner() as session:
        found = await find_workspace(session, workspace)
    assert found.id is not None
    settings = Settings()
    async with open_process(
        url, channel_url(settings), earliest_event=settings.earliest_event
    ) as process:
        return await import_rows(process.services, found.id, rows, progressed)


def _rows(
    lines: TextIO,
    format: str,
    columns: dict[str, str],
    constants: dict[str, str],
    zone: ZoneInfo,
) -> Iterator[Row]:
    if format == "ndjson":
        return ndjson_rows(lines, constants)
    header, reader = open_csv(lines)
    mapped = map_columns(header, columns, EVENT_FIELDS, constants)
    return csv_rows(reader, mapped, constants, zone)


def _format(file: Path, given: str | None) -> str:
    if given is None:
        given = "ndjson" if file.suffix in (".ndjson", ".jsonl", ".json") else "csv"
    if given not in ("csv", "ndjson"):
        raise BadInput(f"--format is csv or ndjson, not {given!r}.")
    return given


def _pairs(given: list[str], option: str) -> dict[str, str]:
    """FIELD=TEXT options by field. Raises BadInput for what is none, or names no field."""
    pairs: dict[str, str] = {}
    for text in given:
        field, equals, value = text.partition("=")
        if not equals or field not in EVENT_FIELDS:
            raise BadInput(f"{option} {text}: FIELD=… with FIELD one of {', '.join(EVENT_FIELDS)}.")
        pairs[field] = value
    return pairs


def _given(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    try:
        source = sys.stdin.buffer if str(file) == "-" else file.open("rb")
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.") from error
    # What is no UTF-8 becomes an unpaired surrogate, which its own line is refused for.
    with io.TextIOWrapper(source, "utf-8-sig", errors="surrogateescape", newline="") as lines:
        yield lines


@contextmanager
def _progress(lines: TextIO, file: Path) -> Iterator[Progressed]:
    """A bar on standard error, where that is a terminal; by bytes, where their number is known."""
    console = Console(stderr=True)
    total = file.stat().st_size if file.is_file() else None
    columns = (TextColumn(file.name), BarColumn(), TextColumn("{task.fields[rows]:,} rows"))
    with Progress(
        *columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("import", total=total, rows=0)

        def progressed(summary: ImportSummary) -> None:
            completed = lines.buffer.tell() if total is not None else None
            bar.update(task, completed=completed, rows=summary.rows)

        yield progressed


def _tell(summary: ImportSummary, zone: str, *, has_ids: bool) -> None:
    typer.echo(f"{summary.rows:,} rows: {summary.recorded:,} recorded, ", nl=False)
    typer.echo(f"{summary.duplicates:,} recorded before, {summary.left_out:,} left out.")
    typer.echo(
        f"Times without an offset were read in {zone}; digits below the microsecond were cut."
    )
    if not has_ids:
        typer.echo("Rows without an id got one from their content: a second run changes nothing.")
    for line in summary.told:
        typer.echo(f"  {line}")
    if summary.left_out > len(summary.told):
        typer.echo(f"  … and {summary.left_out - len(summary.told):,} more.")
