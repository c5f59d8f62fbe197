"""The root of mutations."""

from __future__ import annotations

from typing import cast

import strawberry

from models.key import Scope
from resolvers.recording.record_events import record_events
from schema.access import Requires
from schema.context import LivemeterInfo
from schema.recording import RecordEventsPayload, UsageEventInput, sent_events


@strawberry.type
class Mutation:
    @strawberry.mutation(
        description="Record at most 10,000 events. Returns once they are durable.",
        extensions=[Requires(Scope.EVENTS_WRITE)],
    )
    async def record_events(
        self, info: LivemeterInfo, events: list[UsageEventInput]
    ) -> RecordEventsPayload:
        viewer = await info.context.viewer()
        services = info.context.services
        recording = await record_events(
            services.recorder,
            services.catalogue,
            services.prices,
            viewer.workspace_id,
            sent_events(events),
        )
        return cast(RecordEventsPayload, recording)
