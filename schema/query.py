"""The root of queries."""

from __future__ import annotations

from typing import cast

import strawberry

from resolvers import api_keys as key_resolvers
from resolvers import audit as audit_resolvers
from resolvers import events as event_resolvers
from resolvers.analytics import usage as usage_resolvers
from resolvers.analytics.dimension_values import read_dimension_values
from resolvers.insights.report import read_insights
from resolvers.people import invitations as invitation_resolvers
from resolvers.people import members as member_resolvers
from resolvers.prices import price_list, reported_costs
from schema.access import ADMIN, ANYBODY, READ, READ_OR_CUSTOMER
from schema.alert_queries import AlertQueries
from schema.audit import AuditEntry
from schema.context import LivemeterInfo
from schema.delivery_queries import DeliveryQueries
from schema.enums import Dimension, EventOrder
from schema.event import EventConnection, UsageEvent
from schema.filter import RangeInput, UsageFilter, read_filter, read_range, read_usage_range
from schema.insight import InsightReport
from schema.key import ApiKey
from schema.member import Invitation, Member
from schema.price import (
    Price,
    PriceCatalogue,
    PriceConnection,
    ReportedProvider,
    UnpricedUsage,
)
from schema.scalars import Cursor, DateTime
from schema.usage import Usage
from schema.viewer import Viewer


@strawberry.type
class Query(AlertQueries, DeliveryQueries):
    @strawberry.field(description="Who is asking.", extensions=[ANYBODY])
    async def viewer(self, info: LivemeterInfo) -> Viewer:
        return cast(Viewer, await info.context.viewer())

    @strawberry.field(description="An event by its id.", extensions=[READ_OR_CUSTOMER])
    async def event(self, info: LivemeterInfo, id: strawberry.ID) -> UsageEvent | None:
        viewer = await info.context.viewer()
        found = await event_resolvers.find_event(info.context.services.database, viewer.reach, id)
        return cast(UsageEvent | None, found)

    @strawberry.field(
        description="Events in order of time, then of recording. `first` is at most 1000.",
        extensions=[READ_OR_CUSTOMER],
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
            viewer.reach,
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
        extensions=[READ_OR_CUSTOMER],
    )
    async def usage(
        self,
        info: LivemeterInfo,
        range: RangeInput,
        time_zone: str = "UTC",
        filter: UsageFilter | None = None,
    ) -> Usage:
        viewer = await info.context.viewer()
        usage = usage_resolvers.Usage.within(
            info.context.services.database,
            viewer.reach,
            read_usage_range(range, time_zone),
            read_filter(filter),
        )
        return cast(Usage, usage)

    @strawberry.field(
        description="What could be saved, what was wasted and what stands out in a range, each "
        "with its formula, its assumption and the query that proves it. Not for customers' tokens.",
        extensions=[READ],
    )
    async def insights(
        self,
        info: LivemeterInfo,
        range: RangeInput,
        time_zone: str = "UTC",
        filter: UsageFilter | None = None,
    ) -> InsightReport:
        viewer = await info.context.viewer()
        services = info.context.services
        report = await read_insights(
            services.database,
            services.books,
            viewer.reach,
            read_usage_range(range, time_zone),
            read_filter(filter),
        )
        return cast(InsightReport, report)

    @strawberry.field(
        description="The values that events have, for filters: the most used first. `first` is at "
        "most 1000.",
        extensions=[READ_OR_CUSTOMER],
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
            viewer.reach,
            dimension,
            search=search,
            range=read_range(range, time_zone),
            first=first,
        )

    @strawberry.field(
        description="The prices that hold at a moment, now where none is given: the workspace's "
        "own in place of the catalogue's. `provider` and `model` are names as events have them; "
        "`search` finds words in both. `first` is at most 1000.",
        extensions=[READ],
    )
    async def prices(
        self,
        info: LivemeterInfo,
        first: int = 50,
        after: Cursor | None = None,
        provider: str | None = None,
        model: str | None = None,
        search: str | None = None,
        at: DateTime | None = None,
    ) -> PriceConnection:
        viewer = await info.context.viewer()
        services = info.context.services
        page = await price_list.list_prices(
            services.database,
            services.books,
            viewer.workspace_id,
            first=first,
            after=after,
            provider=provider,
            model=model,
            search=search,
            at=at,
        )
        return cast(PriceConnection, page)

    @strawberry.field(
        description="Of a model, or of a custom unit; newest first, voided ones included.",
        extensions=[READ],
    )
    async def price_history(
        self,
        info: LivemeterInfo,
        provider: str | None = None,
        model: str | None = None,
        unit: str | None = None,
    ) -> list[Price]:
        viewer = await info.context.viewer()
        services = info.context.services
        history = await price_list.price_history(
            services.database,
            services.books,
            viewer.workspace_id,
            provider=provider,
            model=model,
            unit=unit,
        )
        return cast(list[Price], history)

    @strawberry.field(
        description="What the public prices were taken from, and how fresh they are.",
        extensions=[READ],
    )
    async def price_catalogue(self, info: LivemeterInfo) -> PriceCatalogue:
        standing = await price_list.catalogue_standing(info.context.services.database)
        return cast(PriceCatalogue, standing)

    @strawberry.field(
        description="Usage whose cost is not known in full, by name: those with most events first.",
        extensions=[READ],
    )
    async def unpriced_usage(
        self,
        info: LivemeterInfo,
        range: RangeInput | None = None,
        time_zone: str = "UTC",
        filter: UsageFilter | None = None,
        first: int = 50,
    ) -> list[UnpricedUsage]:
        viewer = await info.context.viewer()
        waiting = await price_list.unpriced_usage(
            info.context.services.database,
            viewer.workspace_id,
            first=first,
            range=read_range(range, time_zone),
            filter=read_filter(filter),
        )
        return cast(list[UnpricedUsage], waiting)

    @strawberry.field(
        description="The providers and gateways whose reported costs count in this workspace, "
        "rather than the price book.",
        extensions=[READ],
    )
    async def reported_providers(self, info: LivemeterInfo) -> list[ReportedProvider]:
        viewer = await info.context.viewer()
        found = await reported_costs.reported_providers(
            info.context.services.database, viewer.reach
        )
        return cast(list[ReportedProvider], found)

    @strawberry.field(
        description="The workspace's API keys, the oldest first, ended ones included.",
        extensions=[ADMIN],
    )
    async def api_keys(self, info: LivemeterInfo) -> list[ApiKey]:
        viewer = await info.context.viewer()
        keys = await key_resolvers.api_keys(info.context.services.database, viewer.workspace_id)
        return cast(list[ApiKey], keys)

    @strawberry.field(description="The workspace's members, by e-mail.", extensions=[ADMIN])
    async def members(self, info: LivemeterInfo) -> list[Member]:
        viewer = await info.context.viewer()
        found = await member_resolvers.members(info.context.services.database, viewer.workspace_id)
        return cast(list[Member], found)

    @strawberry.field(
        description="Invitations that are open, the newest first.", extensions=[ADMIN]
    )
    async def invitations(self, info: LivemeterInfo) -> list[Invitation]:
        viewer = await info.context.viewer()
        found = await invitation_resolvers.invitations(
            info.context.services.database, viewer.workspace_id
        )
        return cast(list[Invitation], found)

    @strawberry.field(
        description="Who did what to keys, prices and members, and who signed in or failed to: the "
        "newest first, from before the entry of that id. `first` is at most 1000.",
        extensions=[ADMIN],
    )
    async def audit_log(
        self, info: LivemeterInfo, first: int = 50, before: strawberry.ID | None = None
    ) -> list[AuditEntry]:
        viewer = await info.context.viewer()
        entries = await audit_resolvers.audit_entries(
            info.context.services.database, viewer.reach, first=first, before=before
        )
        return cast(list[AuditEntry], entries)
