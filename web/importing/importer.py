"""The import itself: rows in batches through the recorder, counted as they go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

from models.errors import Unavailable
from resolvers.recording.record_events import RecordResult, RecordStatus, record_events
from resolvers.services import Services
from web.importing.row import ReadRow

BATCH_ROWS = 2_000
MAX_TOLD = 20
_ATTEMPTS = 10
_PAUSE_SECONDS = 1.0


@dataclass
class ImportSummary:
    """What became of a file's rows. `told` are the first problems, each with its line."""

    recorded: int = 0
    duplicates: int = 0
    left_out: int = 0
    told: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.recorded + self.duplicates + self.left_out

    def leave_out(self, line: int, problem: str) -> None:
        self.left_out += 1
        if len(self.told) < MAX_TOLD:
            self.told.append(f"line {line}: {problem}")


async def import_rows(
    services: Services,
    workspace_id: int,
    rows: Iterable[ReadRow],
    progressed: Callable[[ImportSummary], None],
) -> ImportSummary:
    """Record the rows. Raises Unavailable where the database stays away; run it again then."""
    summary = ImportSummary()
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH_ROWS)):
        await _import_batch(services, workspace_id, batch, summary)
        progressed(summary)
    return summary


async def _import_batch(
    services: Services, workspace_id: int, batch: list[ReadRow], summary: ImportSummary
) -> None:
    readable = [row for row in batch if row.event is not None]
    results = await _record(services, workspace_id, readable)
    by_line = {row.line: result for row, result in zip(readable, results, strict=True)}
    for row in batch:
        result = by_line.get(row.line)
        if result is None:
            summary.leave_out(row.line, row.problem or "unreadable")
        else:
            _count(summary, row.line, result)


async def _record(services: Services, workspace_id: int, rows: list[ReadRow]) -> list[RecordResult]:
    """All rows have ids, so a batch may be sent again until the database is back."""
    for attempt in range(_ATTEMPTS):
        try:
            recording = await record_events(
                services.recorder,
                services.books,
                workspace_id,
                [row.event for row in rows if row.event is not None],
                earliest=services.earliest_event,
            )
            return recording.results
        except Unavailable:
            if attempt == _ATTEMPTS - 1:
                raise
            await asyncio.sleep(_PAUSE_SECONDS)
    raise AssertionError("unreachable")


def _count(summary: ImportSummary, line: int, result: RecordResult) -> None:
    match result.status:
        case RecordStatus.RECORDED:
            summary.recorded += 1
        case RecordStatus.DUPLICATE:
            summary.duplicates += 1
        case _:
            problem = result.problem
            assert problem is not None
            place = f"{problem.field}: " if problem.field else ""
            summary.leave_out(line, f"{problem.code} {place}{problem.message}")
