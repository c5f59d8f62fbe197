"""A range of the log, however long, page by page: nothing is held between two pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from models.cursor import Position
from models.database import Database
from models.event import UsageEvent
from models.event_query import EventQuery, read_events, read_head, read_slice_end
from models.reach import Reach
from models.usage_filter import UsageFilter
from resolvers.time_range import TimeRange

PAGE = 500
# How many events one statement may look through for those that pass.
SLICE_ROWS = 100_000


@dataclass(frozen=True)
class EventExport:
    """Events in order of time, then of recording, from behind `after` on and at most `limit`."""

    reach: Reach
    range: TimeRange
    filter: UsageFilter
    after: Position | None = None
    limit: int | None = None

    async def pages(self, database: Database) -> AsyncIterator[list[UsageEvent]]:
        """Pages of the log as it stood when the first was read.

        Each is read in a transaction of its own, which is over before the page is handed out, so
        that whoever takes long over a page keeps nobody waiting. What is recorded meanwhile is
        left out, or a log that grows faster than it is taken would never end.
        """
        after, left, until = self.after, self.limit, None
        upto: Position | None = None
        is_sliced = False
        while left is None or left > 0:
            size = PAGE if left is None else min(left, PAGE)
            async with database.read(self.reach) as session:
                if until is None:
                    until = (await read_head(session, self.reach.workspace_id)).sequence
                query = self._query(after, size, until)
                if not is_sliced:
                    upto, is_sliced = await read_slice_end(session, query, SLICE_ROWS), True
                events = await read_events(session, replace(query, upto=upto))
            if events:
                yield events
                left = None if left is None else left - len(events)
            if len(events) == size:
                after = Position(events[-1].sequence, events[-1].occurred_at)
            elif upto is None:
                return
            else:
                after, is_sliced = upto, False

    def _query(self, after: Position | None, size: int, until: int) -> EventQuery:
        return EventQuery(
            self.reach.workspace_id,
            limit=size,
            after=after,
            filter=self.filter.within(self.reach),
            from_=self.range.from_,
            to=self.range.to,
            newest_first=False,
            until=until,
        )
