"""What can be asked about where alerts are sent, and what came of it."""

from __future__ import annotations

from typing import cast

import strawberry

from resolvers.alerts import deliveries as delivery_resolvers
from resolvers.alerts import destinations as destination_resolvers
from schema.access import ADMIN, READ
from schema.alert_delivery import AlertDeliveryConnection
from schema.alert_destination import AlertDestination
from schema.context import LivemeterInfo
from schema.enums import DeliveryState
from schema.scalars import Cursor


@strawberry.type
class DeliveryQueries:
    @strawberry.field(description="Where alerts are sent, the oldest first.", extensions=[READ])
    async def alert_destinations(self, info: LivemeterInfo) -> list[AlertDestination]:
        viewer = await info.context.viewer()
        found = await destination_resolvers.destinations(info.context.services.database, viewer)
        return cast(list[AlertDestination], found)

    @strawberry.field(
        description="What was sent of alerts, waits, or was given up: the newest first. What was "
        "sent is kept for 30 days, what was given up for 90. `first` is at most 1000.",
        extensions=[ADMIN],
    )
    async def alert_deliveries(
        self,
        info: LivemeterInfo,
        state: DeliveryState | None = None,
        first: int = 50,
        after: Cursor | None = None,
    ) -> AlertDeliveryConnection:
        viewer = await info.context.viewer()
        page = await delivery_resolvers.list_deliveries(
            info.context.services.database, viewer.reach, state=state, first=first, after=after
        )
        return cast(AlertDeliveryConnection, page)
