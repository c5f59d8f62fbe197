"""Costs as the contract shows them."""

from __future__ import annotations

from typing import cast

import strawberry
from strawberry import Parent

from models import event
from schema.context import LivemeterInfo
from schema.cost_reason import CostReason
from schema.enums import CostStatus, ReportedCostStatus
from schema.price import Price
from schema.scalars import Decimal


@strawberry.type(
    description="One unit that was used, and what it cost. Lines do not overlap, and their "
    "amounts add up to the cost."
)
class CostLine:
    unit: str = strawberry.field(
        description="genai-prices' usage key, `images`, `requests`, or a custom unit's own name."
    )
    quantity: Decimal
    unit_price: Decimal | None = strawberry.field(
        description="USD for one unit; null where no price is known."
    )
    amount: Decimal | None = strawberry.field(description="USD; null where no price is known.")
    model: str | None = strawberry.field(
        description="The model that used the unit, where it is not the event's own."
    )


@strawberry.type(
    description="What the provider or gateway says it charged for a call, beside our own cost."
)
class ReportedCost:
    amount: Decimal = strawberry.field(description="USD.")
    status: ReportedCostStatus
    computed: Decimal | None = strawberry.field(
        description="USD by the price book; null where it does not know."
    )
    counts: bool = strawberry.field(
        description="Whether the reported amount is the event's cost, by the workspace's setting."
    )


@strawberry.type(description="What an event cost, and how much of that is known.")
class Cost:
    @strawberry.field(description="USD; null when the status is UNPRICED.")
    def amount(parent: Parent[event.UsageEvent]) -> Decimal | None:
        return cast(Decimal | None, parent.cost)

    @strawberry.field
    def status(parent: Parent[event.UsageEvent]) -> CostStatus:
        return parent.cost_status

    @strawberry.field
    def lines(parent: Parent[event.UsageEvent]) -> list[CostLine]:
        return cast(list[CostLine], parent.cost_lines)

    @strawberry.field(
        description="Why the cost is not known in full; empty where it is. Events recorded before "
        "reasons were kept have none until they are repriced."
    )
    def reasons(parent: Parent[event.UsageEvent]) -> list[CostReason]:
        return cast(list[CostReason], parent.cost_reasons)

    @strawberry.field(
        description="What the provider or gateway says it charged; null where it does not say."
    )
    def reported(parent: Parent[event.UsageEvent]) -> ReportedCost | None:
        if parent.reported_cost is None or parent.reported_cost_status is None:
            return None
        return ReportedCost(
            amount=Decimal(parent.reported_cost),
            status=parent.reported_cost_status,
            computed=cast(Decimal | None, parent.cost_beside_reported),
            counts=parent.cost_status is CostStatus.REPORTED,
        )

    @strawberry.field(
        description="The price that was applied, as it stood when the event occurred."
    )
    async def price(parent: Parent[event.UsageEvent], info: LivemeterInfo) -> Price | None:
        if parent.price_id is None:
            return None
        return cast(
            Price | None, await info.context.prices.load((parent.workspace_id, parent.price_id))
        )
