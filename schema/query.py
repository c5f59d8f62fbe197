"""The root of queries."""

from __future__ import annotations

from typing import cast

import strawberry

from models.key import Scope
from resolvers import events as event_resolvers
from schema.access import Requires
from schema.context import LivemeterInfo
from schema.enums import EventOrder
from schema.event import EventConnection, UsageEvent
from schema.filter import RangeInput, UsageFilter, read_filter, read_range
from schema.scalars import Cursor
from schema.viewer import Viewer

READ = Requires(Scope.USAGE_READ)


@strawberry.type
class Query:
    @strawberry.field(description="Who is asking.", extensions=[Requires(None)])
    async def viewer(self, info: LivemeterInfo) -> Viewer:
        return cast(Viewer, await info.context.viewer())

    @strawberry.field(description="An event by its id.", extensions=[READ])
    async def event(self, info: LivemeterInfo, id: strawberry.ID) -> UsageEvent | None:
        viewer = await info.context.viewer()
        found = await event_resolvers.find_event(
            info.context.services.database, viewer.workspace_id, id
        )
        return cast(UsageEvent | None, found)

    @strawberry.field(
        description="Events in order of time, then of recording. `first` is at most 1000.",
        extensions=[READ],
    )
    async def events(
        self,
        info: LivemeterInfo,
        first: int = 50,
        after: Cursor | None = None,
        range: RangeInput | None = None,
        time_zone: str = "UTC",
        filter: UsageFilter | None = None,
        order: EventOrder = EventOrder.NEWEST_FIRST,
    ) -> EventConnection:
        viewer = await info.context.viewer()
        page = await event_resolvers.list_events(
            info.context.services.database,
            viewer.workspace_id,
            first=first,
            after=after,
            range=read_range(range, time_zone),
            filter=read_filter(filter),
            newest_first=order is EventOrder.NEWEST_FIRST,
        )
        return cast(EventConnection, page)
