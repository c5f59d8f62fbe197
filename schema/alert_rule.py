"""Alert rules, as they are asked for and shown."""

from __future__ import annotations

from typing import cast

import strawberry
from strawberry import Parent

from models import alert_rule
from models.alert_rule import AlertCondition, AlertMeasure, AlertPeriod
from resolvers.alerts.budget import read_budget as read_rule_budget
from resolvers.alerts.rules import RuleDraft
from resolvers.analytics.dimension import Dimension as KnownDimension
from resolvers.analytics.dimension import dimension_of
from schema.context import LivemeterInfo
from schema.enums import Dimension
from schema.filter import UsageFilter, read_filter
from schema.kept_filter import KeptFilter, kept_filter
from schema.scalars import BigInt, DateTime, Decimal

strawberry.enum(
    AlertMeasure,
    description="What a rule watches. COST is USD of what could be priced. ERROR_RATE and "
    "UNPRICED_SHARE are shares of the events, from 0 to 1.",
)
strawberry.enum(
    AlertCondition,
    description="When a rule fires. THRESHOLD: the value reaches `threshold`. RISE: it reaches "
    "`threshold` times the value of the window before; of nothing there is no rise. SPIKE: it lies "
    "more than `threshold` deviations, and more than half the median, above the median of the 24 "
    "windows before; of what is used in bursts, above what is usual of bursts, too. Fewer than "
    "five windows say nothing. NO_DATA: nothing was recorded within the window, of keys of those "
    "that had something in the window before.",
)
strawberry.enum(
    AlertPeriod, description="A part of the calendar; weeks begin on Monday. It begins anew."
)


@strawberry.input(description="Either `minutes`, which move with the clock, or a `period`.")
class AlertWindowInput:
    minutes: int | None = strawberry.field(
        default=None, description="5 to 44640, which are 31 days; for SPIKE up to 1440."
    )
    period: AlertPeriod | None = None
    time_zone: str = strawberry.field(
        default="UTC", description="The IANA name of the time zone whose calendar is meant."
    )


@strawberry.input(description="What is to be watched, and what counts as worth telling.")
class AlertRuleInput:
    name: str
    measure: AlertMeasure
    condition: AlertCondition = AlertCondition.THRESHOLD
    threshold: Decimal | None = strawberry.field(
        default=None,
        description="USD, a count, or a share of 1 for THRESHOLD; a factor from 1.1 on for RISE; "
        "deviations for SPIKE, 6 where it is absent; none for NO_DATA.",
    )
    window: AlertWindowInput
    filter: UsageFilter | None = None
    per: Dimension | None = strawberry.field(
        default=None,
        description="Watch each value for itself, however many there are. Events without the "
        "value are watched by no rule that has it.",
    )
    minimum: Decimal | None = strawberry.field(
        default=None,
        description="A RISE or SPIKE to less is none. In the measure's unit; 1 USD, 20 events, "
        "10,000 tokens, 5 errors or a share of 0.01 where it is absent.",
    )
    minimum_events: int | None = strawberry.field(
        default=None,
        description="A share of fewer events is none; 20 where it is absent.",
    )
    destination_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Who is told; the page shows firings in any case."
    )
    enabled: bool = True


@strawberry.type(description="A window that moves with the clock, or a part of the calendar.")
class AlertWindow:
    minutes: int | None
    period: AlertPeriod | None
    time_zone: str


@strawberry.type(
    description="A month's limit on cost: how much is spent, and what the month may come to. USD."
)
class AlertBudget:
    limit: Decimal
    spent: Decimal
    unpriced_events: BigInt = strawberry.field(
        description="Events of the month whose cost is not known in full, and in no sum."
    )
    forecast: Decimal | None = strawberry.field(
        description="Spent, and for each day to come the mean of the same weekday in the four "
        "weeks before today, or of all days where fewer are known. Null with fewer than three."
    )
    forecast_low: Decimal | None = strawberry.field(
        description="Four times in five the month ends between this and `forecastHigh`, if days "
        "differ as they did."
    )
    forecast_high: Decimal | None
    runs_out_at: DateTime | None = strawberry.field(
        description="The start of the day on which the limit was, or by the forecast will be, "
        "reached; null where it will not be within the month."
    )
    month_from: DateTime
    month_to: DateTime


@strawberry.type(description="What is watched, and what counts as worth telling.")
class AlertRule:
    id: strawberry.ID
    name: str
    measure: AlertMeasure
    condition: AlertCondition
    threshold: Decimal | None
    minimum: Decimal
    minimum_events: int
    created_by: str
    created_at: DateTime
    updated_at: DateTime

    @strawberry.field
    def enabled(parent: Parent[alert_rule.AlertRule]) -> bool:
        return parent.is_enabled

    @strawberry.field
    def window(parent: Parent[alert_rule.AlertRule]) -> AlertWindow:
        return AlertWindow(
            minutes=parent.window_minutes, period=parent.period, time_zone=parent.time_zone
        )

    @strawberry.field
    def per(parent: Parent[alert_rule.AlertRule]) -> Dimension | None:
        return None if parent.per is None else dimension_of(parent.per)

    @strawberry.field
    def filter(parent: Parent[alert_rule.AlertRule]) -> KeptFilter:
        return kept_filter(parent.filter)

    @strawberry.field
    def destination_ids(parent: Parent[alert_rule.AlertRule]) -> list[strawberry.ID]:
        return [strawberry.ID(id) for id in parent.destination_ids]

    @strawberry.field(description="Set where the rule limits the whole cost of a month.")
    async def budget(
        parent: Parent[alert_rule.AlertRule], info: LivemeterInfo
    ) -> AlertBudget | None:
        found = await read_rule_budget(info.context.services.database, parent)
        return cast(AlertBudget | None, found)


def read_rule_input(given: AlertRuleInput) -> RuleDraft:
    return RuleDraft(
        name=given.name,
        measure=given.measure,
        condition=given.condition,
        threshold=given.threshold,
        per=None if given.per is None else KnownDimension(given.per),
        filter=read_filter(given.filter),
        window_minutes=given.window.minutes,
        period=given.window.period,
        time_zone=given.window.time_zone,
        minimum=given.minimum,
        minimum_events=given.minimum_events,
        destination_ids=tuple(map(str, given.destination_ids or ())),
        is_enabled=given.enabled,
    )
