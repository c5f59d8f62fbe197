"""What rules found, as it is shown."""

from __future__ import annotations

from typing import cast

import strawberry
from strawberry import Parent

from models import alert_firing
from models.alert_firing import FiringState
from resolvers.alerts import firing_feed
from resolvers.alerts import firings as firing_resolvers
from resolvers.alerts import preview as preview_resolvers
from schema.alert_rule import AlertRule
from schema.scalars import BigInt, DateTime, Decimal

strawberry.enum(
    FiringState,
    name="AlertFiringState",
    description="OPEN: it goes on. ACKNOWLEDGED: it goes on, and somebody knows. RESOLVED: it is "
    "over by itself, or its rule was paused or deleted.",
)

Known = Parent[firing_resolvers.KnownFiring]
Found = alert_firing.AlertFiring


@strawberry.type(
    description="What a rule found for one key, from when it began until it was over. Values are "
    "in the unit of the rule's measure. It is over when the value has been below 90 % of what it "
    "took for five minutes, when the window of the calendar begins anew, or, of NO_DATA, with the "
    "next event; and when its rule is paused, deleted or made to be about something else."
)
class AlertFiring:
    @strawberry.field
    def id(parent: Known) -> strawberry.ID:
        return strawberry.ID(parent.firing.id)

    @strawberry.field
    def rule(parent: Known) -> AlertRule:
        return cast(AlertRule, parent.rule)

    @strawberry.field(description="The value of the rule's `per`; null where it has none.")
    def key(parent: Known) -> str | None:
        return parent.firing.key

    @strawberry.field
    def state(parent: Known) -> FiringState:
        return parent.firing.state

    @strawberry.field
    def opened_at(parent: Known) -> DateTime:
        return cast(DateTime, parent.firing.opened_at)

    @strawberry.field(description="The window in which it began, up to the end of its minute.")
    def window_from(parent: Known) -> DateTime:
        return cast(DateTime, parent.firing.window_from)

    @strawberry.field
    def window_to(parent: Known) -> DateTime:
        return cast(DateTime, parent.firing.window_to)

    @strawberry.field(description="What it was when it began.")
    def value(parent: Known) -> Decimal:
        return cast(Decimal, parent.firing.value)

    @strawberry.field(description="What it took to fire; null for NO_DATA.")
    def limit(parent: Known) -> Decimal | None:
        return cast(Decimal | None, parent.firing.limit_value)

    @strawberry.field(description="What it was compared with, for RISE and SPIKE.")
    def usual(parent: Known) -> Decimal | None:
        return cast(Decimal | None, parent.firing.usual_value)

    @strawberry.field(description="The most that it came to.")
    def peak(parent: Known) -> Decimal:
        return cast(Decimal, parent.firing.peak_value)

    @strawberry.field(description="In the window when it began.")
    def events(parent: Known) -> BigInt:
        return cast(BigInt, parent.firing.events)

    @strawberry.field(description="Those of them whose cost is not known in full.")
    def unpriced_events(parent: Known) -> BigInt:
        return cast(BigInt, parent.firing.unpriced_events)

    @strawberry.field
    def acknowledged_at(parent: Known) -> DateTime | None:
        return cast(DateTime | None, parent.firing.acknowledged_at)

    @strawberry.field
    def acknowledged_by(parent: Known) -> str | None:
        return parent.firing.acknowledged_by

    @strawberry.field
    def resolved_at(parent: Known) -> DateTime | None:
        return cast(DateTime | None, parent.firing.resolved_at)


@strawberry.type(description="A firing that there would have been.")
class AlertPreviewFiring:
    key: str | None
    opened_at: DateTime
    resolved_at: DateTime | None = strawberry.field(description="Null: it would still go on.")

    @strawberry.field
    def value(parent: Parent[Found]) -> Decimal:
        return cast(Decimal, parent.value)

    @strawberry.field
    def limit(parent: Parent[Found]) -> Decimal | None:
        return cast(Decimal | None, parent.limit_value)

    @strawberry.field
    def usual(parent: Parent[Found]) -> Decimal | None:
        return cast(Decimal | None, parent.usual_value)

    @strawberry.field
    def peak(parent: Parent[Found]) -> Decimal:
        return cast(Decimal, parent.peak_value)


@strawberry.type(description="When a rule would have fired.")
class AlertPreview:
    step_minutes: int = strawberry.field(
        description="How closely was looked: by the minute, or, where there are very many events, "
        "by the quarter of an hour."
    )
    total: int = strawberry.field(description="How often it would have fired.")
    keys: int = strawberry.field(description="For how many keys.")

    @strawberry.field(name="from")
    def from_(parent: Parent[preview_resolvers.Preview]) -> DateTime:
        return cast(DateTime, parent.range.from_)

    @strawberry.field
    def to(parent: Parent[preview_resolvers.Preview]) -> DateTime:
        return cast(DateTime, parent.range.to)

    @strawberry.field(description="The latest first, at most 200.")
    def firings(parent: Parent[preview_resolvers.Preview]) -> list[AlertPreviewFiring]:
        return cast(list[AlertPreviewFiring], parent.firings)


@strawberry.type(description="One message of the alerts feed.")
class AlertUpdate:
    open_count: int = strawberry.field(
        description="How many firings go on that nobody has acknowledged."
    )
    is_complete: bool = strawberry.field(
        description="False where more were changed than the update has: fetch `alertFirings`."
    )

    @strawberry.field(
        description="At first those that go on, then those that were changed; at most 100."
    )
    def firings(parent: Parent[firing_feed.AlertUpdate]) -> list[AlertFiring]:
        return cast(list[AlertFiring], parent.firings)
