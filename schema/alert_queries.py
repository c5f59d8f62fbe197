"""What can be asked about alerts."""

from __future__ import annotations

from typing import cast

import strawberry

from models.alert_firing import FiringState
from models.alert_problem import read_problems
from models.reach import Reach
from resolvers.alerts import firings as firing_resolvers
from resolvers.alerts import preview as preview_resolvers
from resolvers.alerts import rules as rule_resolvers
from schema.access import ADMIN, READ
from schema.alert_firing import AlertFiring, AlertPreview
from schema.alert_problem import AlertProblem
from schema.alert_rule import AlertRule, AlertRuleInput, read_rule_input
from schema.context import LivemeterInfo


@strawberry.type
class AlertQueries:
    @strawberry.field(description="The oldest first, paused ones included.", extensions=[READ])
    async def alert_rules(self, info: LivemeterInfo) -> list[AlertRule]:
        viewer = await info.context.viewer()
        rules = await rule_resolvers.alert_rules(
            info.context.services.database, viewer.workspace_id
        )
        return cast(list[AlertRule], rules)

    @strawberry.field(
        description="What rules found: the latest first, from before the firing of that id. All "
        "states where none is given. `first` is at most 1000.",
        extensions=[READ],
    )
    async def alert_firings(
        self,
        info: LivemeterInfo,
        states: list[FiringState] | None = None,
        rule_id: strawberry.ID | None = None,
        first: int = 50,
        before: strawberry.ID | None = None,
    ) -> list[AlertFiring]:
        viewer = await info.context.viewer()
        found = await firing_resolvers.alert_firings(
            info.context.services.database,
            viewer.workspace_id,
            states=states,
            rule_id=rule_id,
            first=first,
            before=before,
        )
        return cast(list[AlertFiring], found)

    @strawberry.field(
        description="How many firings go on that nobody has acknowledged.", extensions=[READ]
    )
    async def open_alerts(self, info: LivemeterInfo) -> int:
        viewer = await info.context.viewer()
        return await firing_resolvers.open_alerts(
            info.context.services.database, viewer.workspace_id
        )

    @strawberry.field(
        description="What rules cannot be evaluated for; empty where all is well.",
        extensions=[READ],
    )
    async def alert_problems(self, info: LivemeterInfo) -> list[AlertProblem]:
        viewer = await info.context.viewer()
        async with info.context.services.database.read(Reach(viewer.workspace_id)) as session:
            return cast(list[AlertProblem], await read_problems(session, viewer.workspace_id))

    @strawberry.field(
        description="When a rule would have fired in the last days, at most 31, by what is "
        "recorded now. Nothing is kept, and nobody is told.",
        extensions=[ADMIN],
    )
    async def alert_preview(
        self, info: LivemeterInfo, input: AlertRuleInput, days: int = 30
    ) -> AlertPreview:
        viewer = await info.context.viewer()
        preview = await preview_resolvers.preview_rule(
            info.context.services.database, viewer.workspace_id, read_rule_input(input), days
        )
        return cast(AlertPreview, preview)
