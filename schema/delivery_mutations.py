"""What can be changed about where alerts are sent."""

from __future__ import annotations

from typing import cast

import strawberry

from resolvers.alerts import deliveries, destinations
from schema.access import ADMIN
from schema.alert_delivery import AlertDelivery
from schema.alert_destination import (
    AlertDestination,
    AlertDestinationPayload,
    CreateAlertDestinationInput,
    read_destination_input,
)
from schema.context import LivemeterInfo


@strawberry.type
class DeliveryMutations:
    @strawberry.mutation(
        description="Say where alerts may be sent. A webhook's secret is in this answer and "
        "nowhere else.",
        extensions=[ADMIN],
    )
    async def create_alert_destination(
        self, info: LivemeterInfo, input: CreateAlertDestinationInput
    ) -> AlertDestinationPayload:
        services = info.context.services
        made = await destinations.create_destination(
            services.database,
            services.courier.settings,
            await info.context.viewer(),
            read_destination_input(input),
        )
        return cast(AlertDestinationPayload, made)

    @strawberry.mutation(
        description="Send nothing there any more; what waits for it is given up.",
        extensions=[ADMIN],
    )
    async def delete_alert_destination(
        self, info: LivemeterInfo, id: strawberry.ID
    ) -> AlertDestination:
        deleted = await destinations.delete_destination(
            info.context.services.database, await info.context.viewer(), id
        )
        return cast(AlertDestination, deleted)

    @strawberry.mutation(
        description="Sign a webhook's messages by a new secret; for a day by the earlier one too.",
        extensions=[ADMIN],
    )
    async def rotate_alert_destination_secret(
        self, info: LivemeterInfo, id: strawberry.ID
    ) -> AlertDestinationPayload:
        rotated = await destinations.rotate_secret(
            info.context.services.database, await info.context.viewer(), id
        )
        return cast(AlertDestinationPayload, rotated)

    @strawberry.mutation(
        description="Send a test there now, once. The answer says what came of it.",
        extensions=[ADMIN],
    )
    async def test_alert_destination(self, info: LivemeterInfo, id: strawberry.ID) -> AlertDelivery:
        services = info.context.services
        sent = await deliveries.send_test(
            services.database, services.courier, await info.context.viewer(), id
        )
        return cast(AlertDelivery, sent)

    @strawberry.mutation(
        description="Send what was given up anew, for another day. Any other is a CONFLICT.",
        extensions=[ADMIN],
    )
    async def resend_alert_delivery(self, info: LivemeterInfo, id: strawberry.ID) -> AlertDelivery:
        services = info.context.services
        viewer = await info.context.viewer()
        queued = await deliveries.resend(services.database, services.courier, viewer.reach, id)
        return cast(AlertDelivery, queued)

    @strawberry.mutation(
        description="Send all anew that was given up of a destination. Returns how many.",
        extensions=[ADMIN],
    )
    async def resend_dead_alert_deliveries(
        self, info: LivemeterInfo, destination_id: strawberry.ID
    ) -> int:
        services = info.context.services
        viewer = await info.context.viewer()
        return await deliveries.resend_all(
            services.database, services.courier, viewer.reach, destination_id
        )
