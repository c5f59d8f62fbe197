"""The root of queries."""

from __future__ import annotations

from typing import cast

import strawberry

from models.key import Scope
from resolvers import events as event_resolvers
from resolvers.analytics import usage as usage_resolvers
from resolvers.analytics.dimension_values import read_dimension_values
from resolvers.analytics.usage_reader import UsageReader
from schema.access import Requires
from schema.context import LivemeterInfo
from schema.enums import Dimension, EventOrder
from schema.event import EventConnection, UsageEvent
from schema.filter import RangeInput, UsageFilter, read_filter, read_range, read_usage_range
from schema.scalars import Cursor
from schema.usage import Usage
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

    @strawberry.field(
        description="Usage in a range, and in the one before. The previous range: of TODAY and "
        "YESTERDAY, the day before; of LAST_n_DAYS, the n days before; of THIS_MONTH, the same "
        "days of the month before (clipped to it); of LAST_MONTH, the month before; of a range "
        "whose edges are local midnights, as many local days before; of any other, the same "
        "length before.",
        extensions=[READ],
    )
    async def usage(
        self,
        info: LivemeterInfo,
        range: RangeInput,
        time_zone: str = "UTC",
        filter: UsageFilter | None = None,
    ) -> Usage:
        viewer = await info.context.viewer()
        usage = usage_resolvers.Usage(
            viewer.workspace_id,
            read_usage_range(range, time_zone),
            read_filter(filter),
            UsageReader(info.context.services.database, viewer.workspace_id),
        )
        return cast(Usage, usage)

    @strawberry.field(
        description="The values that events have, for filters: the most used first. `first` is at "
        "most 1000.",
        extensions=[READ],
    )
    async def dimension_values(
        self,
        info: LivemeterInfo,
        dimension: Dimension,
        search: str | None = None,
        range: RangeInput | None = None,
        time_zone: str = "UTC",
        first: int = 50,
    ) -> list[str]:
        viewer = await info.context.viewer()
        return await read_dimension_values(
            info.context.services.database,
            viewer.workspace_id,
            dimension,
            search=search,
            range=read_range(range, time_zone),
            first=first,
        )
