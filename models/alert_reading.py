"""Reading the log for rules: summed by minute and by what the rules tell apart, in Postgres."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import localcontext
from typing import Any

import asyncpg

from models.alert_bucket import Bucket, Key, Tally, read_tally
from models.alert_stream import Watched
from models.cube_sums import EXACT
from models.cubes import Cube, Tier
from models.pauses import with_pauses
from models.time_range import TimeRange
from models.usage_conditions import Arguments, conditions
from models.usage_filter import UsageFilter

# More would be held for nothing: where values are that many, few come again.
MAX_REMEMBERED = 50_000

# Sums of bigint are numeric, and do not overflow; two counts of bigint would, where they meet.
_SUMS = """
    count(*), coalesce(sum(input_tokens), 0) + coalesce(sum(output_tokens), 0),
    sum(coalesce(cost, 0)),
    count(*) FILTER (WHERE cost_status IN ('PARTIAL', 'UNPRICED')),
    count(*) FILTER (WHERE outcome = 'ERROR')
"""


@dataclass(frozen=True)
class LogPart:
    """Events with sequences in (after, until], of a range of time or of whatever time."""

    after: int
    until: int
    range: TimeRange


class LogReader:
    """Sums up events for some streams at once: each event is read once, whatever they are."""

    def __init__(self, streams: Iterable[Watched]) -> None:
        self._streams = list(streams)
        self._columns = tuple(
            dict.fromkeys(column for stream in self._streams for column in stream.columns)
        )
        self._filtered = tuple(
            dict.fromkeys(column for stream in self._streams for column in stream.filter.columns)
        )
        # Metadata is looked at by Postgres, which knows how.
        self._pairs = tuple(
            dict.fromkeys(s.filter.metadata for s in self._streams if s.filter.metadata)
        )
        self._takers: dict[tuple[Any, ...], list[tuple[str, int | None]]] = {}

    async def read(
        self, driver: asyncpg.Connection[Any], workspace_id: int, part: LogPart
    ) -> Iterator[tuple[str, Bucket]]:
        """Buckets with the marks of their streams; one place may come several times."""
        statement, arguments = self.statement(workspace_id, part)
        return self._buckets(await driver.fetch(statement, *arguments))

    def statement(self, workspace_id: int, part: LogPart) -> tuple[str, tuple[Any, ...]]:
        """Rows of the minute, the columns' values, whether each pairs' are there, and sums."""
        arguments = Arguments(workspace_id)
        places = [
            f"sequence > {arguments.add(part.after, 'bigint')}",
            f"sequence <= {arguments.add(part.until, 'bigint')}",
            f"occurred_at >= {arguments.add(part.range.from_, 'timestamptz')}",
            f"occurred_at < {arguments.add(part.range.to, 'timestamptz')}",
        ]
        flags = [
            " AND ".join(conditions(UsageFilter(metadata=pairs), arguments))
            for pairs in self._pairs
        ]
        # Never null: what has no metadata has none of the pairs.
        told = [*self._columns, *(f"coalesce({flag}, false)" for flag in flags)]
        selected = ", ".join(("date_trunc('minute', occurred_at)", *told))
        group = ", ".join(str(place + 1) for place in range(len(told) + 1))
        return (
            f"SELECT {selected}, {_SUMS} FROM usage_events "
            f"WHERE workspace_id = $1 AND {' AND '.join(places)} GROUP BY {group}",
            arguments.values,
        )

    def _buckets(self, rows: Sequence[Any]) -> Iterator[tuple[str, Bucket]]:
        places = [self._columns.index(column) + 1 for column in self._filtered]
        flags = range(len(self._columns) + 1, len(self._columns) + 1 + len(self._pairs))
        told = (*places, *flags)
        for row in rows:
            tally = read_tally(row[-5:])
            values = tuple([row[place] for place in told])
            takers = self._takers.get(values)
            if takers is None:
                takers = self._find_takers(values)
            for stream_id, place in takers:
                if place is None:
                    yield stream_id, Bucket(row[0], None, tally)
                elif row[place] is not None:
                    # Who is nobody is not watched for themselves.
                    yield stream_id, Bucket(row[0], row[place], tally)

    def _find_takers(self, values: tuple[Any, ...]) -> list[tuple[str, int | None]]:
        """The streams that take rows with these values, and where each finds its key."""
        if len(self._takers) >= MAX_REMEMBERED:
            self._takers.clear()
        by_column = dict(zip(self._filtered, values, strict=False))
        flags = dict(zip(self._pairs, values[len(self._filtered) :], strict=True))
        found = [
            (stream.mark, None if stream.per is None else self._columns.index(stream.per) + 1)
            for stream in self._streams
            if all(by_column[name] in given for name, given in stream.filter.given)
            and (not stream.filter.metadata or flags[stream.filter.metadata])
        ]
        self._takers[values] = found
        return found


async def summed(
    buckets: Iterable[tuple[str, Bucket]],
) -> dict[tuple[str, datetime, Key], Tally]:
    """Each place once. Lets others have their turn, however many there are."""
    sums: dict[tuple[str, datetime, Key], Tally] = {}
    async for stream_id, (minute, key, tally) in with_pauses(buckets):
        place = (stream_id, minute, key)
        known = sums.get(place)
        if known is None:
            sums[place] = tally.copy()
        else:
            known.add(tally)
    return sums


# By the starts of minutes, or of quarters of an hour.
Buckets = dict[datetime, list[tuple[Key, Tally]]]


async def read_event_buckets(
    driver: asyncpg.Connection[Any], workspace_id: int, watched: Watched, range: TimeRange
) -> Buckets:
    """What a stream would have, by the minute, from the events of a range."""
    part = LogPart(0, (1 << 63) - 1, range)
    found: Buckets = defaultdict(list)
    with localcontext(EXACT):
        sums = await summed(await LogReader([watched]).read(driver, workspace_id, part))
    for (_, minute, key), tally in sums.items():
        found[minute].append((key, tally))
    return found


async def read_cube_buckets(
    driver: asyncpg.Connection[Any],
    workspace_id: int,
    cube: Cube,
    watched: Watched,
    range: TimeRange,
    *,
    limit: int,
) -> Buckets:
    """The same by the quarter of an hour, from a cube that has the stream's columns."""
    arguments = Arguments(workspace_id)
    key = watched.per or "NULL"
    where = [
        f"bucket >= {arguments.add(range.from_, 'timestamptz')}",
        f"bucket < {arguments.add(range.to, 'timestamptz')}",
        *([] if watched.per is None else [f"{key} IS NOT NULL"]),
        *conditions(watched.filter, arguments),
    ]
    statement = (
        f"SELECT bucket, {key}, sum(events), sum(input_tokens + output_tokens), sum(cost), "
        f"sum(unpriced_events), sum(errors) FROM {cube.table_name(Tier.QUARTER_HOUR)} "
        f"WHERE workspace_id = $1 AND {' AND '.join(where)} GROUP BY 1, 2 "
        f"LIMIT {arguments.add(limit, 'int')}"
    )
    found: Buckets = defaultdict(list)
    for row in await driver.fetch(statement, *arguments.values):
        found[row[0]].append((row[1], read_tally(row[2:])))
    return found
