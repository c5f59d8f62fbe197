"""Questions about usage as values that turn into SQL and arguments.

Names of tables and columns come from the declaration of the cubes; all values are arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import asyncpg

from models.cube_content import MEASURE_OF_EVENT
from models.cubes import MEASURES
from models.time_range import TimeRange
from models.usage_conditions import Arguments, conditions, search_condition
from models.usage_filter import EVERYTHING, UsageFilter
from models.usage_plan import Part, plan
from models.usage_sums import UsageSums, read_sums

# So few are written out, each with its ends: Postgres knows then how much it will read, and may
# read it by several processes.
FEW_RUNS = 4

# The values of the columns that a query groups by.
GroupValues = tuple[str | None, ...]


class Measure(StrEnum):
    """What groups are ranked by."""

    COST = "COST"
    EVENTS = "EVENTS"
    TOTAL_TOKENS = "TOTAL_TOKENS"
    INPUT_TOKENS = "INPUT_TOKENS"
    OUTPUT_TOKENS = "OUTPUT_TOKENS"
    ERRORS = "ERRORS"

    def of(self, sums: UsageSums) -> Any:
        return getattr(sums, self.value.lower())


@dataclass(frozen=True)
class Statement:
    sql: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class UsageQuery:
    """Sums for each range, and in it for each combination of the columns' values."""

    workspace_id: int
    ranges: tuple[TimeRange, ...]
    by: tuple[str, ...] = ()
    filter: UsageFilter = EVERYTHING

    def parts(self, *, cubes_hold_all: bool = True) -> list[Part]:
        from_cubes = cubes_hold_all and not self.filter.metadata
        return plan((*self.by, *self.filter.columns), self.ranges, cubes_hold_all=from_cubes)

    def statement(self, *, cubes_hold_all: bool = True) -> Statement:
        """Rows of the range's place, the columns' values, and MEASURES."""
        arguments = Arguments(self.workspace_id)
        rows = _rows(self, self.parts(cubes_hold_all=cubes_hold_all), MEASURES, arguments)
        sums = ", ".join(f"sum({measure})" for measure in MEASURES)
        group = ", ".join(("cell", *self.by))
        sql = f"SELECT {group}, {sums} FROM ({rows}) AS part GROUP BY {group}"
        return Statement(sql, arguments.values)


@dataclass(frozen=True)
class RankQuery:
    """The columns' values with the most of a measure in one range, the most first."""

    workspace_id: int
    range: TimeRange
    by: tuple[str, ...]
    measure: Measure
    limit: int
    filter: UsageFilter = EVERYTHING
    search: str | None = None
    with_null: bool = True

    def statement(self, *, cubes_hold_all: bool = True) -> Statement:
        """Rows of the columns' values."""
        query = UsageQuery(self.workspace_id, (self.range,), self.by, self.filter)
        arguments = Arguments(self.workspace_id)
        parts = query.parts(cubes_hold_all=cubes_hold_all)
        # Only repricing takes all events from a group, and only where groups differ by status.
        emptied = any(
            part.cube is not None and "cost_status" in part.cube.columns for part in parts
        )
        measures = tuple(dict.fromkeys((*_SUMMED[self.measure], *(["events"] if emptied else []))))
        rows = _rows(query, parts, measures, arguments, self._extra(arguments))
        group = ", ".join(self.by)
        order = ", ".join(f'{column} COLLATE "C" NULLS LAST' for column in self.by)
        most = " + ".join(f"sum({measure})" for measure in _SUMMED[self.measure])
        sql = (
            f"SELECT {group} FROM ({rows}) AS part GROUP BY {group} "
            f"{'HAVING sum(events) > 0 ' if emptied else ''}"
            f"ORDER BY {most} DESC, {order} LIMIT {arguments.add(self.limit, 'int')}"
        )
        return Statement(sql, arguments.values)

    def _extra(self, arguments: Arguments) -> list[str]:
        extra = [] if self.with_null else [f"{column} IS NOT NULL" for column in self.by]
        if self.search is not None:
            extra += [search_condition(column, self.search, arguments) for column in self.by]
        return extra


_SUMMED = {
    Measure.COST: ("cost",),
    Measure.EVENTS: ("events",),
    Measure.TOTAL_TOKENS: ("input_tokens", "output_tokens"),
    Measure.INPUT_TOKENS: ("input_tokens",),
    Measure.OUTPUT_TOKENS: ("output_tokens",),
    Measure.ERRORS: ("errors",),
}


async def read_usage(
    driver: asyncpg.Connection[Any], query: UsageQuery, *, cubes_hold_all: bool
) -> dict[tuple[int, GroupValues], UsageSums]:
    """The sums that are there, by the range's place and the group's values."""
    if not any(range.from_ < range.to for range in query.ranges):
        return {}
    statement = query.statement(cubes_hold_all=cubes_hold_all)
    width = len(query.by) + 1
    found = {}
    for row in await driver.fetch(statement.sql, *statement.arguments):
        sums = read_sums(row[width:])
        # Repricing may leave rows of nothing behind.
        if sums.events:
            found[row[0], tuple(row[1:width])] = sums
    return found


async def read_ranking(
    driver: asyncpg.Connection[Any], query: RankQuery, *, cubes_hold_all: bool
) -> list[GroupValues]:
    if query.range.from_ >= query.range.to:
        return []
    statement = query.statement(cubes_hold_all=cubes_hold_all)
    return [tuple(row) for row in await driver.fetch(statement.sql, *statement.arguments)]


def _rows(
    query: UsageQuery,
    parts: Sequence[Part],
    measures: Sequence[str],
    arguments: Arguments,
    extra: Iterable[str] = (),
) -> str:
    where = [*conditions(query.filter, arguments), *extra]
    return " UNION ALL ".join(_part(query, part, measures, where, arguments) for part in parts)


def _part(
    query: UsageQuery,
    part: Part,
    measures: Sequence[str],
    conditions: Sequence[str],
    arguments: Arguments,
) -> str:
    """The sums of each run."""
    if part.cube is None or part.tier is None:
        table, time = "usage_events", "occurred_at"
        sums = [f"sum({MEASURE_OF_EVENT[measure]}) AS {measure}" for measure in measures]
    else:
        table, time = part.cube.table_name(part.tier), "bucket"
        sums = [f"sum({measure}) AS {measure}" for measure in measures]
    selected = ", ".join((*query.by, *sums))
    group = f"GROUP BY {', '.join(query.by)}" if query.by else "HAVING count(*) > 0"

    def sums_within(cell: str, starts: str, ends: str) -> str:
        where = " AND ".join(
            ("workspace_id = $1", f"{time} >= {starts}", f"{time} < {ends}", *conditions)
        )
        return f"SELECT {cell}{selected} FROM {table} WHERE {where} {group}"

    if len(part.runs) <= FEW_RUNS:
        return " UNION ALL ".join(
            sums_within(
                f"{arguments.add(run.cell, 'int')} AS cell, ",
                arguments.add(run.from_, "timestamptz"),
                arguments.add(run.to, "timestamptz"),
            )
            for run in part.runs
        )
    arrays = ", ".join(
        (
            arguments.add([run.from_ for run in part.runs], "timestamptz[]"),
            arguments.add([run.to for run in part.runs], "timestamptz[]"),
            arguments.add([run.cell for run in part.runs], "int[]"),
        )
    )
    # LATERAL, so that each run is a look into the index for itself.
    return (
        f"SELECT run.cell, found.* FROM unnest({arrays}) AS run (starts, ends, cell) "
        f"CROSS JOIN LATERAL ({sums_within('', 'run.starts', 'run.ends')}) AS found"
    )
