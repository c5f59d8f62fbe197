"""The root of subscriptions."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TypeVar, cast

import strawberry
from strawberry import Parent

from models.cursor import decode_cursor
from resolvers.activity import feed
from schema.access import READ, READ_OR_CUSTOMER
from schema.alert_firing import AlertUpdate
from schema.context import LivemeterInfo
from schema.event import UsageEvent, position_cursor
from schema.filter import UsageFilter, read_filter
from schema.scalars import Cursor

T = TypeVar("T")


@strawberry.type(description="One message of the activity feed.")
class ActivityUpdate:
    repriced: bool = strawberry.field(
        description="Costs of earlier events were changed: fetch again what is shown."
    )

    @strawberry.field(
        description="In the order in which they were recorded; may be empty, to move the cursor on."
    )
    def events(parent: Parent[feed.ActivityUpdate]) -> list[UsageEvent]:
        return cast(list[UsageEvent], parent.events)

    @strawberry.field(
        description="Subscribe again after this to miss nothing and see nothing twice."
    )
    def cursor(parent: Parent[feed.ActivityUpdate]) -> Cursor:
        return position_cursor(parent.workspace_id, parent.position)


@strawberry.type
class Subscription:
    @strawberry.subscription(
        description="Without `after`: what is recorded from now on. With it: all that was "
        "recorded after it, then on, live. A first update comes at once, empty if need be: its "
        "cursor is where the subscription stands.",
        extensions=[READ_OR_CUSTOMER],
    )
    async def activity(
        self,
        info: LivemeterInfo,
        filter: UsageFilter | None = None,
        after: Cursor | None = None,
    ) -> AsyncGenerator[ActivityUpdate, None]:
        viewer = await info.context.viewer()
        services = info.context.services
        updates = await feed.activity(
            services.hub,
            services.database,
            viewer.reach,
            filter=read_filter(filter),
            after=None if after is None else decode_cursor(viewer.workspace_id, after),
        )
        guarded = _guarded(info, viewer.workspace_id, updates)
        return cast(AsyncGenerator[ActivityUpdate, None], guarded)

    @strawberry.subscription(
        description="Firings as they begin, are acknowledged and end. A first update comes at "
        "once, with those that go on.",
        extensions=[READ],
    )
    async def alerts(self, info: LivemeterInfo) -> AsyncGenerator[AlertUpdate, None]:
        viewer = await info.context.viewer()
        updates = info.context.services.firing_feed.updates(viewer.workspace_id)
        guarded = _guarded(info, viewer.workspace_id, updates)
        return cast(AsyncGenerator[AlertUpdate, None], guarded)


def _guarded(
    info: LivemeterInfo, workspace_id: int, updates: AsyncGenerator[T, None]
) -> AsyncGenerator[T, None]:
    """Until the credential ends. Of this workspace alone: who is removed from it may still belong
    to others."""
    credential = info.context.known_credential.within(workspace_id)
    return info.context.services.vigil.guard(credential, updates, info.context.end)
