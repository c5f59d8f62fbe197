"""One question about usage: a range of a workspace's events that pass a filter."""

from __future__ import annotations

from dataclasses import dataclass

from models.database import Database
from models.errors import BadInput
from models.reach import Reach
from models.time_range import TimeRange
from models.usage_filter import UsageFilter
from models.usage_query import GroupValues, RankQuery, UsageQuery
from models.usage_sums import NOTHING, UsageSums
from resolvers.analytics.usage_range import UsageRange
from resolvers.analytics.usage_reader import Sums, UsageReader

MAX_TOP = 500
# Of all series of one timeline.
MAX_POINTS_OF_ALL = 100_000


@dataclass(frozen=True)
class Usage:
    """Its fields read what they need by its reader, when they are asked for."""

    workspace_id: int
    range: UsageRange
    filter: UsageFilter
    reader: UsageReader

    @classmethod
    def within(
        cls, database: Database, reach: Reach, range: UsageRange, filter: UsageFilter
    ) -> Usage:
        return cls(reach.workspace_id, range, filter.within(reach), UsageReader(database, reach))

    async def sums(
        self,
        ranges: tuple[TimeRange, ...],
        by: tuple[str, ...] = (),
        filter: UsageFilter | None = None,
    ) -> Sums:
        return await self.reader.usage(
            UsageQuery(self.workspace_id, ranges, by, self.filter if filter is None else filter)
        )

    async def ranking(self, query: RankQuery) -> list[GroupValues]:
        return await self.reader.ranking(query)

    async def both_totals(self) -> tuple[UsageSums, UsageSums]:
        """Of the range, and of the one before."""
        found = await self.sums((self.range.range, self.range.previous))
        return found.get((0, ()), NOTHING), found.get((1, ()), NOTHING)


async def read_totals(usage: Usage) -> UsageSums:
    async with usage.reader.open():
        return (await usage.both_totals())[0]


async def read_previous(usage: Usage) -> UsageSums:
    async with usage.reader.open():
        return (await usage.both_totals())[1]


def check_top(top: int) -> None:
    """Raises BadInput where it is not 1 to 500."""
    if not 1 <= top <= MAX_TOP:
        raise BadInput(f"top must lie between 1 and {MAX_TOP}.", field="top")


def check_series(top: int, points: int) -> None:
    """Raises BadInput where so many series would have too many points together."""
    if top * points > MAX_POINTS_OF_ALL:
        raise BadInput(
            f"{top} series of {points:,} points are more than {MAX_POINTS_OF_ALL:,} points; choose "
            "a smaller top, a longer interval or a shorter range.",
            field="top",
        )
