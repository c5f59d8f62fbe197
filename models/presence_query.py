"""How many different users or customers used each feature, as values that turn into SQL.

Ranges are read from the sets of who was there, but for what is no whole quarter of an hour; all is
read from the events where a filter asks for what the sets do not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
from asyncpg import BitString

from models.cubes import CUSTOMERS, QUARTERS_A_DAY, USERS, PresenceSet, Tier
from models.presence import quarters_text
from models.time_range import EVER, TimeRange
from models.usage_conditions import Arguments, conditions
from models.usage_filter import EVERYTHING, UsageFilter
from models.usage_query import Statement

# How many of each feature, by the range's place.
Counts = dict[tuple[int, str | None], int]

_NOBODY = f"B'{quarters_text(0)}'"
_WHOLE_DAY = (1 << QUARTERS_A_DAY) - 1
_BITS = f"bit({QUARTERS_A_DAY})"


class _Piece(NamedTuple):
    """A part of a UTC day that belongs to the range at a place; no quarters: all of it."""

    day: datetime
    quarters: BitString | None
    cell: int


@dataclass(frozen=True)
class PresenceQuery:
    """Different members (`user_id` or `customer_id`) for each range and feature.

    `limit`: only of the features with the most.
    """

    workspace_id: int
    ranges: tuple[TimeRange, ...]
    member: str
    filter: UsageFilter = EVERYTHING
    limit: int | None = None

    def presence_set(self) -> PresenceSet | None:
        """The one that knows all that is asked for; None where only the events do."""
        wanted = {self.member, *self.filter.columns}
        if self.filter.metadata:
            return None
        if self.member == CUSTOMERS.member and wanted <= set(CUSTOMERS.columns):
            return CUSTOMERS
        # Events without a user are not in it.
        has_users = self.member == USERS.member or None not in (self.filter.user_id or (None,))
        return USERS if has_users and wanted <= set(USERS.columns) else None

    def statement(self, *, cubes_hold_all: bool = True) -> Statement:
        """Rows of the range's place, the feature and the number."""
        arguments = Arguments(self.workspace_id)
        members = self.members(arguments, cubes_hold_all=cubes_hold_all)
        sql = (
            f"SELECT cell, feature_id, count(*) AS members FROM ({members}) AS member "
            "GROUP BY cell, feature_id"
        )
        if self.limit is not None:
            limit = arguments.add(self.limit, "int")
            sql += f' ORDER BY members DESC, feature_id COLLATE "C" NULLS LAST LIMIT {limit}'
        return Statement(sql, arguments.values)

    def members(self, arguments: Arguments, *, cubes_hold_all: bool) -> str:
        """Rows of the range's place, the feature and the member, none twice."""
        found = self.presence_set() if cubes_hold_all else None
        where = [f"{self.member} IS NOT NULL", *conditions(self.filter, arguments)]
        if found is None:
            rows = _of_events(self, list(enumerate(self.ranges)), where, arguments)
        else:
            ends = [
                (cell, part)
                for cell, range in enumerate(self.ranges)
                for part in _ragged_ends(range)
            ]
            rows = _of_set(self, found, where, arguments)
            if ends:
                rows += " UNION ALL " + _of_events(self, ends, where, arguments)
        return f"SELECT DISTINCT cell, feature_id, {self.member} FROM ({rows}) AS present"


@dataclass(frozen=True)
class NewUsersQuery:
    """Users whose first event ever with a feature lies in a range that they are present in.

    The ranges follow each other without gaps.
    """

    workspace_id: int
    ranges: tuple[TimeRange, ...]
    filter: UsageFilter = EVERYTHING

    def statement(self, *, cubes_hold_all: bool = True) -> Statement:
        """Rows of the range's place, the feature and the number."""
        arguments = Arguments(self.workspace_id)
        starts = arguments.add([range.from_ for range in self.ranges], "timestamptz[]")
        first, last = self.ranges[0].from_, self.ranges[-1].to
        from_, to = arguments.add(first, "timestamptz"), arguments.add(last, "timestamptz")
        cell = f"width_bucket(first_at, {starts}) - 1"
        where = [f"workspace_id = $1 AND first_at >= {from_} AND first_at < {to}"]
        if self.known_alone and cubes_hold_all:
            where += conditions(self.filter, arguments)
            new = f"SELECT {cell} AS cell, feature_id FROM first_uses WHERE {' AND '.join(where)}"
        else:
            new = self._among_members(cell, where, arguments, cubes_hold_all)
        sql = f"SELECT cell, feature_id, count(*) FROM ({new}) AS new GROUP BY cell, feature_id"
        return Statement(sql, arguments.values)

    @property
    def known_alone(self) -> bool:
        """Whether a first event passes the filter by its user and feature alone."""
        return not self.filter.metadata and set(self.filter.columns) <= {"user_id", "feature_id"}

    def _among_members(
        self, cell: str, where: list[str], arguments: Arguments, cubes_hold_all: bool
    ) -> str:
        users = PresenceQuery(self.workspace_id, self.ranges, "user_id", self.filter)
        members = users.members(arguments, cubes_hold_all=cubes_hold_all)
        uses = _FIRST_USES if cubes_hold_all else _FIRST_USES_OF_EVENTS
        return (
            f"SELECT member.cell, member.feature_id FROM ({members}) AS member JOIN "
            f"(SELECT {cell} AS cell, user_id, feature_id FROM {uses} "
            f"WHERE {' AND '.join(where)}) AS use "
            "ON use.cell = member.cell AND use.user_id = member.user_id "
            "AND use.feature_id IS NOT DISTINCT FROM member.feature_id"
        )


_FIRST_USES = "first_uses"
_FIRST_USES_OF_EVENTS = (
    "(SELECT workspace_id, user_id, feature_id, min(occurred_at) AS first_at FROM usage_events "
    "WHERE workspace_id = $1 AND user_id IS NOT NULL GROUP BY 1, 2, 3) AS first_use"
)


async def read_counts(
    driver: asyncpg.Connection[Any],
    query: PresenceQuery | NewUsersQuery,
    *,
    cubes_hold_all: bool,
) -> Counts:
    """In the order of the statement's rows."""
    if not any(range.from_ < range.to for range in query.ranges):
        return {}
    statement = query.statement(cubes_hold_all=cubes_hold_all)
    rows = await driver.fetch(statement.sql, *statement.arguments)
    return {(cell, feature_id): count for cell, feature_id, count in rows}


def _of_set(
    query: PresenceQuery, presence_set: PresenceSet, where: Sequence[str], arguments: Arguments
) -> str:
    """Each day's rows are read once, and told apart by their quarters where a range has a part."""
    pieces = [
        _Piece(day, None if quarters == _WHOLE_DAY else _bits(quarters), cell)
        for cell, range in enumerate(query.ranges)
        for day, quarters in _days(range)
    ]
    days = [piece.day for piece in pieces] or [EVER.to]
    conditions = [
        "workspace_id = $1",
        f"bucket >= {arguments.add(min(days), 'timestamptz')}",
        f"bucket <= {arguments.add(max(days), 'timestamptz')}",
        *where,
    ]
    if len(query.ranges) == 1:
        conditions += [
            _is_in_part(piece, arguments) for piece in pieces if piece.quarters is not None
        ]
        return (
            f"SELECT 0 AS cell, feature_id, {query.member} FROM {presence_set.table_name} "
            f"WHERE {' AND '.join(conditions)}"
        )
    arrays = ", ".join(
        (
            arguments.add([piece.day for piece in pieces], "timestamptz[]"),
            arguments.add([piece.quarters for piece in pieces], f"{_BITS}[]"),
            arguments.add([piece.cell for piece in pieces], "int[]"),
        )
    )
    return (
        f"SELECT piece.cell, feature_id, {query.member} FROM {presence_set.table_name} AS there "
        f"JOIN unnest({arrays}) AS piece (day, quarters, cell) ON piece.day = there.bucket "
        f"AND (piece.quarters IS NULL OR piece.quarters & there.quarters <> {_NOBODY}) "
        f"WHERE {' AND '.join(conditions)}"
    )


def _bits(quarters: int) -> BitString:
    return BitString.frombytes(quarters.to_bytes(QUARTERS_A_DAY // 8), QUARTERS_A_DAY)


def _is_in_part(piece: _Piece, arguments: Arguments) -> str:
    day = arguments.add(piece.day, "timestamptz")
    quarters = arguments.add(piece.quarters, _BITS)
    return f"(bucket <> {day} OR quarters & {quarters} <> {_NOBODY})"


def _of_events(
    query: PresenceQuery,
    parts: Sequence[tuple[int, TimeRange]],
    where: Sequence[str],
    arguments: Arguments,
) -> str:
    arrays = ", ".join(
        (
            arguments.add([range.from_ for _, range in parts], "timestamptz[]"),
            arguments.add([range.to for _, range in parts], "timestamptz[]"),
            arguments.add([cell for cell, _ in parts], "int[]"),
        )
    )
    conditions = " AND ".join(
        (
            "workspace_id = $1",
            "occurred_at >= run.starts",
            "occurred_at < run.ends",
            *where,
        )
    )
    return (
        f"SELECT run.cell, there.* FROM unnest({arrays}) AS run (starts, ends, cell) "
        f"CROSS JOIN LATERAL (SELECT feature_id, {query.member} FROM usage_events "
        f"WHERE {conditions} OFFSET 0) AS there"
    )


def _whole_quarters(range: TimeRange) -> TimeRange:
    """From the first quarter's start to the last one's end; the one after the other if none."""
    return TimeRange(Tier.QUARTER_HOUR.ceiling(range.from_), Tier.QUARTER_HOUR.floor(range.to))


def _ragged_ends(range: TimeRange) -> Iterator[TimeRange]:
    whole = _whole_quarters(range)
    if whole.from_ >= whole.to:
        yield range
        return
    if range.from_ < whole.from_:
        yield TimeRange(range.from_, whole.from_)
    if whole.to < range.to:
        yield TimeRange(whole.to, range.to)


def _days(range: TimeRange) -> Iterator[tuple[datetime, int]]:
    """The UTC days of a range's whole quarters, each with the quarters of it that are in."""
    whole = _whole_quarters(range)
    day = Tier.DAY.floor(whole.from_)
    while day < whole.to:
        starts = max(0, (whole.from_ - day) // Tier.QUARTER_HOUR.length)
        ends = min(QUARTERS_A_DAY, (whole.to - day) // Tier.QUARTER_HOUR.length)
        if starts < ends:
            yield day, (1 << (QUARTERS_A_DAY - starts)) - (1 << (QUARTERS_A_DAY - ends))
        day += Tier.DAY.length
