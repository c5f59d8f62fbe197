"""How many different users or customers used each feature, as values that turn into SQL.

Ranges are read from the sets of who was there, but for what is no whole quarter of an hour; all is
read from the events where a filter asks for what the sets do not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from models.cubes import CUSTOMERS, USERS, PresenceSet, Tier
from models.presence_rows import ragged_ends, rows_of_events, rows_of_set
from models.time_range import TimeRange
from models.usage_conditions import Arguments, conditions
from models.usage_filter import EVERYTHING, UsageFilter
from models.usage_query import Statement

# How many of each feature, by the range's place.
Counts = dict[tuple[int, str | None], int]


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
        days = self._days_alone() if cubes_hold_all else {}
        counts = [self._counts_of_days(days, arguments)] if days else []
        cells = [cell for cell in range(len(self.ranges)) if cell not in days]
        if cells:
            members = self.members(arguments, cubes_hold_all=cubes_hold_all, cells=cells)
            counts.append(
                f"SELECT cell, feature_id, count(*) AS members FROM ({members}) AS member "
                "GROUP BY cell, feature_id"
            )
        sql = " UNION ALL ".join(counts)
        if self.limit is not None:
            limit = arguments.add(self.limit, "int")
            sql += f' ORDER BY members DESC, feature_id COLLATE "C" NULLS LAST LIMIT {limit}'
        return Statement(sql, arguments.values)

    def members(
        self, arguments: Arguments, *, cubes_hold_all: bool, cells: Sequence[int] | None = None
    ) -> str:
        """Rows of the range's place, the feature and the member, none twice.

        `cells`: only of the ranges at these places.
        """
        found = self.presence_set() if cubes_hold_all else None
        where = self._where(arguments)
        parts = [
            (cell, range_)
            for cell, range_ in enumerate(self.ranges)
            if cells is None or cell in cells
        ]
        if found is None:
            rows = rows_of_events(self.member, parts, where, arguments)
        else:
            ends = [(cell, end) for cell, range_ in parts for end in ragged_ends(range_)]
            rows = rows_of_set(found, self.member, parts, where, arguments)
            if ends:
                rows += " UNION ALL " + rows_of_events(self.member, ends, where, arguments)
        return f"SELECT DISTINCT cell, feature_id, {self.member} FROM ({rows}) AS present"

    def _where(self, arguments: Arguments) -> list[str]:
        return [f"{self.member} IS NOT NULL", *conditions(self.filter, arguments)]

    def _days_alone(self) -> dict[int, datetime]:
        """The ranges that are just one UTC day, by their places, where a set is asked."""
        if self.presence_set() is None:
            return {}
        return {
            cell: range_.from_
            for cell, range_ in enumerate(self.ranges)
            if range_.from_ == Tier.DAY.floor(range_.from_)
            and range_.to == range_.from_ + Tier.DAY.length
        }

    def _counts_of_days(self, days: dict[int, datetime], arguments: Arguments) -> str:
        """The set's index has each day's members in order, so that none need be remembered."""
        found = self.presence_set()
        assert found is not None
        conditions = [
            "workspace_id = $1",
            f"bucket >= {arguments.add(min(days.values()), 'timestamptz')}",
            f"bucket <= {arguments.add(max(days.values()), 'timestamptz')}",
            *self._where(arguments),
        ]
        places = arguments.add(list(days), "int[]")
        buckets = arguments.add(list(days.values()), "timestamptz[]")
        return (
            "SELECT day.cell, feature_id, members FROM (SELECT bucket, feature_id, "
            f"count(*) AS members FROM (SELECT DISTINCT bucket, {self.member}, feature_id "
            f"FROM {found.table_name} WHERE {' AND '.join(conditions)}) AS member "
            "GROUP BY bucket, feature_id) AS counted "
            f"JOIN unnest({places}, {buckets}) AS day (cell, bucket) USING (bucket)"
        )


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
