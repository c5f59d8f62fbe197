"""What repricing changed, as the contract shows it."""

from __future__ import annotations

from typing import cast

import strawberry
from strawberry import Parent

from resolvers.prices import repricing
from schema.scalars import BigInt, Decimal


@strawberry.type(description="What repricing changed of one provider's model.")
class RepricingGroup:
    provider: str
    model: str = strawberry.field(description="Or the custom unit, where there is no model.")
    changed: BigInt
    cost_before: Decimal = strawberry.field(description="USD, of what was priced before.")
    cost_after: Decimal


@strawberry.type(description="What repricing changed, or would change on a dry run.")
class Repricing:
    dry_run: bool
    complete: bool = strawberry.field(
        description="False where the time limit ended it first. What was changed is changed: call "
        "again to go on. A dry run begins anew each time: choose a shorter range."
    )
    events: BigInt = strawberry.field(description="How many events were looked at in this call.")
    changed: BigInt
    cost_before: Decimal = strawberry.field(description="USD, of the events that change.")
    cost_after: Decimal

    @strawberry.field(description="The models with most changes first.")
    def groups(parent: Parent[repricing.Repricing]) -> list[RepricingGroup]:
        return cast(list[RepricingGroup], parent.groups)
