"""Why a cost is not known in full, as the contract shows it."""

from __future__ import annotations

import strawberry
from strawberry import Parent

from models import cost
from schema.enums import CostReasonCode


@strawberry.type(description="Why a cost is not known in full.")
class CostReason:
    code: CostReasonCode
    subject: str | None = strawberry.field(
        description="The unit, the field of the response, or the word of the call that is meant."
    )

    @strawberry.field(description="The reason as a sentence.")
    def message(parent: Parent[cost.CostReason]) -> str:
        return parent.message
