"""The root of mutations."""

from __future__ import annotations

from typing import cast

import strawberry

from models.membership import Role
from resolvers import api_keys
from resolvers.people import invitations, members
from resolvers.prices import overrides, reported_costs
from resolvers.recording.record_events import record_events
from schema.access import ADMIN, READ, RECORD
from schema.alert_mutations import AlertMutations
from schema.context import LivemeterInfo
from schema.delivery_mutations import DeliveryMutations
from schema.enums import Scope
from schema.filter import RangeInput, UsageFilter, read_filter, read_range
from schema.key import ApiKey, CreateApiKeyPayload, CustomerToken
from schema.member import Invitation, InviteMemberPayload, Member
from schema.price import Price, ReportedProvider
from schema.price_input import SetPriceInput, read_price_input
from schema.recording import RecordEventsPayload, UsageEventInput, sent_events
from schema.repricing import Repricing
from schema.scalars import DateTime


@strawberry.type
class Mutation(AlertMutations, DeliveryMutations):
    @strawberry.mutation(
        description="Record at most 10,000 events. Returns once they are durable.",
        extensions=[RECORD],
    )
    async def record_events(
        self, info: LivemeterInfo, events: list[UsageEventInput]
    ) -> RecordEventsPayload:
        viewer = await info.context.viewer()
        services = info.context.services
        recording = await record_events(
            services.recorder,
            services.books,
            viewer.workspace_id,
            sent_events(events),
            earliest=services.earliest_event,
        )
        return cast(RecordEventsPayload, recording)

    @strawberry.mutation(
        description="Set a price of the workspace's own. It ends one that is open from its start "
        "on; with any other that it overlaps it is a CONFLICT.",
        extensions=[ADMIN],
    )
    async def set_price(self, info: LivemeterInfo, input: SetPriceInput) -> Price:
        viewer = await info.context.viewer()
        kept = await overrides.set_price(
            info.context.services.database,
            viewer.workspace_id,
            read_price_input(input),
            by=viewer.name,
        )
        return cast(Price, kept)

    @strawberry.mutation(
        description="End an own price, now where no time is given; what held before it holds again "
        "from then on. Ended at its own `effectiveFrom` it is void, and stays in the history.",
        extensions=[ADMIN],
    )
    async def end_price(
        self, info: LivemeterInfo, id: strawberry.ID, at: DateTime | None = None
    ) -> Price:
        viewer = await info.context.viewer()
        kept = await overrides.end_price(
            info.context.services.database, viewer.workspace_id, id, at, by=viewer.name
        )
        return cast(Price, kept)

    @strawberry.mutation(
        description="Let what a provider or gateway says it charged be the cost of its events, or "
        "the price book again. It holds for what is recorded from now on, and for what is "
        "repriced. Returns the providers whose reported costs count.",
        extensions=[ADMIN],
    )
    async def use_reported_costs(
        self, info: LivemeterInfo, provider: str, enabled: bool
    ) -> list[ReportedProvider]:
        viewer = await info.context.viewer()
        counting = await reported_costs.use_reported_costs(
            info.context.services.database,
            info.context.services.books,
            viewer.workspace_id,
            provider,
            enabled=enabled,
            by=viewer.name,
        )
        return cast(list[ReportedProvider], counting)

    @strawberry.mutation(
        description="Price earlier events again, by the prices as they are now. A dry run says "
        "what would change. Costs that were supplied stay.",
        extensions=[ADMIN],
    )
    async def reprice_events(
        self,
        info: LivemeterInfo,
        range: RangeInput,
        time_zone: str = "UTC",
        filter: UsageFilter | None = None,
        dry_run: bool = True,
    ) -> Repricing:
        viewer = await info.context.viewer()
        repricing = await info.context.services.repricer.reprice(
            viewer.workspace_id,
            read_range(range, time_zone),
            read_filter(filter),
            dry_run=dry_run,
            by=viewer.name,
        )
        return cast(Repricing, repricing)

    @strawberry.mutation(
        description="Make a key for programs. Its secret is in this answer and nowhere else.",
        extensions=[ADMIN],
    )
    async def create_api_key(
        self,
        info: LivemeterInfo,
        name: str,
        scopes: list[Scope],
        expires_at: DateTime | None = None,
    ) -> CreateApiKeyPayload:
        viewer = await info.context.viewer()
        made = await api_keys.create_api_key(
            info.context.services.database,
            viewer.workspace_id,
            name,
            scopes,
            expires_at,
            by=viewer.name,
        )
        return cast(CreateApiKeyPayload, made)

    @strawberry.mutation(
        description="End a key for good: it stops within a second, and so does what is open with "
        "it, and the customers' tokens that it asked for.",
        extensions=[ADMIN],
    )
    async def revoke_api_key(self, info: LivemeterInfo, id: strawberry.ID) -> ApiKey:
        viewer = await info.context.viewer()
        services = info.context.services
        key = await api_keys.revoke_api_key(
            services.database, services.keys, viewer.workspace_id, id, by=viewer.name
        )
        return cast(ApiKey, key)

    @strawberry.mutation(
        description="Make a token for a browser of one customer: it reads that customer's events "
        "and usage alone, live too, for 10 seconds to a day.",
        extensions=[READ],
    )
    async def create_customer_token(
        self, info: LivemeterInfo, customer_id: str, expires_in_seconds: int = 3600
    ) -> CustomerToken:
        viewer = await info.context.viewer()
        made = await api_keys.create_customer_token(
            info.context.services.database, viewer, customer_id, expires_in_seconds
        )
        return cast(CustomerToken, made)

    @strawberry.mutation(
        description="Make a link by which the person of this address joins the workspace. It "
        "takes the place of an open one. Who is a member already is a CONFLICT.",
        extensions=[ADMIN],
    )
    async def invite_member(
        self, info: LivemeterInfo, email: str, role: Role
    ) -> InviteMemberPayload:
        viewer = await info.context.viewer()
        made = await invitations.invite(
            info.context.services.database, viewer.workspace_id, email, role, by=viewer.name
        )
        return cast(InviteMemberPayload, made)

    @strawberry.mutation(
        description="Withdraw an open invitation: its link opens nothing any more.",
        extensions=[ADMIN],
    )
    async def revoke_invitation(self, info: LivemeterInfo, id: strawberry.ID) -> Invitation:
        viewer = await info.context.viewer()
        revoked = await invitations.revoke_invitation(
            info.context.services.database, viewer.workspace_id, id, by=viewer.name
        )
        return cast(Invitation, revoked)

    @strawberry.mutation(
        description="Change what a member may do. The last admin stays one: else a CONFLICT.",
        extensions=[ADMIN],
    )
    async def change_member_role(
        self, info: LivemeterInfo, id: strawberry.ID, role: Role
    ) -> Member:
        viewer = await info.context.viewer()
        changed = await members.change_member_role(
            info.context.services.database,
            viewer.workspace_id,
            members.read_person_id(id),
            role,
            by=viewer.name,
        )
        return cast(Member, changed)

    @strawberry.mutation(
        description="Remove a member, who sees nothing of the workspace from the next second on. "
        "The last admin stays: else a CONFLICT.",
        extensions=[ADMIN],
    )
    async def remove_member(self, info: LivemeterInfo, id: strawberry.ID) -> Member:
        viewer = await info.context.viewer()
        removed = await members.remove_member(
            info.context.services.database,
            viewer.workspace_id,
            members.read_person_id(id),
            by=viewer.name,
        )
        return cast(Member, removed)
