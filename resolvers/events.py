"""The log as lists: one event, or a page of them."""

from __future__ import annotations

from models.cursor import decode_cursor
from models.database import Database
from models.errors import BadInput
from models.event import UsageEvent
from models.event_query import EventPage, EventQuery, read_event, read_page
from models.reach import Reach
from models.text import is_text
from models.usage_filter import EVERYTHING, UsageFilter
from resolvers.time_range import TimeRange

MAX_PAGE = 1_000


async def find_event(database: Database, reach: Reach, event_id: str) -> UsageEvent | None:
    if not is_text(event_id):
        return None  # Postgres has no such text, so no event has this id.
    async with database.read(reach) as session:
        return await read_event(session, reach.workspace_id, event_id)


async def list_events(
    database: Database,
    reach: Reach,
    *,
    first: int,
    after: str | None = None,
    range: TimeRange | None = None,
    filter: UsageFilter = EVERYTHING,
    newest_first: bool = True,
) -> EventPage:
    """A page of at most `first` events. Raises BadInput for a page size or cursor out of bounds."""
    if not 0 <= first <= MAX_PAGE:
        raise BadInput(f"first must lie between 0 and {MAX_PAGE}.", field="first")
    query = EventQuery(
        reach.workspace_id,
        limit=first,
        after=None if after is None else decode_cursor(reach.workspace_id, after),
        filter=filter.within(reach),
        from_=None if range is None else range.from_,
        to=None if range is None else range.to,
        newest_first=newest_first,
    )
    async with database.read(reach) as session:
        return await read_page(session, query)
