"""A subscriber's way through the log: from its cursor on, then live, by one code path."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from models.cursor import Position
from models.database import Database
from models.errors import BadInput, TooComplex, Unavailable
from models.event import UsageEvent
from models.event_query import Head, read_heads, read_log
from models.reach import Reach
from models.usage_filter import EVERYTHING, UsageFilter
from resolvers.activity.hub import Hub
from resolvers.activity.tail import Tail

MAX_EVENTS = 1_000
# Where nothing passes the filter, the cursor still moves on from time to time.
QUIET_SECONDS = 5.0
_RETRY_SECONDS = 0.5


@dataclass(frozen=True)
class ActivityUpdate:
    """Events in order of recording, and the place after them, where to subscribe again."""

    workspace_id: int
    events: list[UsageEvent]
    position: Position
    repriced: bool = False


async def activity(
    hub: Hub,
    database: Database,
    reach: Reach,
    *,
    filter: UsageFilter = EVERYTHING,
    after: Position | None = None,
) -> AsyncGenerator[ActivityUpdate, None]:
    """What is recorded after a place, for ever; from now on where no place is given.

    The first update comes at once. Raises BadInput for a place beyond the end of the log, and
    Unavailable where the database is away.
    """
    async with database.read(reach) as session:
        head = (await read_heads(session, [reach.workspace_id]))[reach.workspace_id]
    start = head.position if after is None else after
    if start.sequence > head.position.sequence:
        raise BadInput("This cursor lies beyond the end of the log.", field="after")
    return _follow(hub, database, reach, filter.within(reach), start, head)


async def _follow(
    hub: Hub,
    database: Database,
    reach: Reach,
    filter: UsageFilter,
    position: Position,
    head: Head,
) -> AsyncGenerator[ActivityUpdate, None]:
    async with hub.watch(reach.workspace_id, head) as tail:
        yield ActivityUpdate(reach.workspace_id, [], position)
        loop = asyncio.get_running_loop()
        last_update = loop.time()
        known_repricings = head.repriced
        while await tail.beyond(position.sequence, known_repricings):
            is_repriced = tail.repriced > known_repricings
            known_repricings = max(known_repricings, tail.repriced)
            events: list[UsageEvent] = []
            if tail.position.sequence > position.sequence:
                events, position = await _next(database, reach, tail, filter, position)
            if events or is_repriced or loop.time() - last_update > QUIET_SECONDS:
                last_update = loop.time()
                yield ActivityUpdate(reach.workspace_id, events, position, is_repriced)
    raise Unavailable("The server is stopping; subscribe again after the last cursor.")


async def _next(
    database: Database,
    reach: Reach,
    tail: Tail,
    filter: UsageFilter,
    position: Position,
) -> tuple[list[UsageEvent], Position]:
    """The next events after a position that pass the filter, and the position behind them."""
    kept = tail.since(position.sequence, MAX_EVENTS)
    if kept is not None:
        passed = kept if filter is EVERYTHING else [e for e in kept if filter.matches(e)]
        return passed, Position(kept[-1].sequence, kept[-1].occurred_at)
    head = tail.position
    try:
        async with database.read(reach) as session:
            events = await read_log(
                session,
                reach.workspace_id,
                after=position.sequence,
                until=head.sequence,
                limit=MAX_EVENTS,
                filter=filter,
            )
    except (Unavailable, TooComplex):
        # An open feed outlives the database's absence: it goes on where it was.
        await asyncio.sleep(_RETRY_SECONDS)
        return [], position
    if len(events) < MAX_EVENTS:
        return events, head
    return events, Position(events[-1].sequence, events[-1].occurred_at)
