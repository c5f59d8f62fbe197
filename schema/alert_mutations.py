"""What can be changed about alerts."""

from __future__ import annotations

from typing import cast

import strawberry

from resolvers.alerts import firings as firing_resolvers
from resolvers.alerts import rules
from schema.access import ADMIN
from schema.alert_firing import AlertFiring
from schema.alert_rule import AlertRule, AlertRuleInput, read_rule_input
from schema.context import LivemeterInfo


@strawberry.type
class AlertMutations:
    @strawberry.mutation(
        description="Watch for something from now on; what was recorded before counts within the "
        "window. A workspace has at most 1,000 rules.",
        extensions=[ADMIN],
    )
    async def create_alert_rule(self, info: LivemeterInfo, input: AlertRuleInput) -> AlertRule:
        viewer = await info.context.viewer()
        made = await rules.create_rule(
            info.context.services.database,
            viewer.workspace_id,
            read_rule_input(input),
            by=viewer.name,
        )
        return cast(AlertRule, made)

    @strawberry.mutation(
        description="Replace a rule as a whole. What fires ends where the rule is about something "
        "else then: another measure, condition, window, filter or key.",
        extensions=[ADMIN],
    )
    async def change_alert_rule(
        self, info: LivemeterInfo, id: strawberry.ID, input: AlertRuleInput
    ) -> AlertRule:
        viewer = await info.context.viewer()
        changed = await rules.change_rule(
            info.context.services.database,
            viewer.workspace_id,
            id,
            read_rule_input(input),
            by=viewer.name,
        )
        return cast(AlertRule, changed)

    @strawberry.mutation(
        description="Pause a rule, whose firings end then; or let it go on.", extensions=[ADMIN]
    )
    async def enable_alert_rule(
        self, info: LivemeterInfo, id: strawberry.ID, enabled: bool = True
    ) -> AlertRule:
        viewer = await info.context.viewer()
        changed = await rules.enable_rule(
            info.context.services.database, viewer.workspace_id, id, enabled, by=viewer.name
        )
        return cast(AlertRule, changed)

    @strawberry.mutation(
        description="Watch no more. What goes on ends, and what the rule found stays.",
        extensions=[ADMIN],
    )
    async def delete_alert_rule(self, info: LivemeterInfo, id: strawberry.ID) -> AlertRule:
        viewer = await info.context.viewer()
        deleted = await rules.delete_rule(
            info.context.services.database, viewer.workspace_id, id, by=viewer.name
        )
        return cast(AlertRule, deleted)

    @strawberry.mutation(
        description="Say that somebody knows: at most 1,000 firings. Those of the ids that there "
        "are come back; what is over stays as it is.",
        extensions=[ADMIN],
    )
    async def acknowledge_alerts(
        self, info: LivemeterInfo, ids: list[strawberry.ID]
    ) -> list[AlertFiring]:
        viewer = await info.context.viewer()
        found = await firing_resolvers.acknowledge_firings(
            info.context.services.database, viewer.workspace_id, ids, by=viewer.name
        )
        return cast(list[AlertFiring], found)
