"""What alert rules cannot be evaluated for, as the contract shows it."""

from __future__ import annotations

import strawberry

from models.alert_problem import ProblemKind
from schema.scalars import BigInt, DateTime


@strawberry.type(
    description="What alert rules cannot be evaluated for. All else is evaluated; it is tried "
    "again, and the problem is gone when it is over."
)
class AlertProblem:
    kind: ProblemKind
    message: str
    since: DateTime
    rule_id: strawberry.ID | None = strawberry.field(description="Of RULE alone.")
    rule_name: str | None
    events: BigInt = strawberry.field(description="Of EVENT: how many could not be counted.")
    event_ids: list[strawberry.ID] = strawberry.field(
        description="Of EVENT: the first 10 of them, in the order of recording."
    )
