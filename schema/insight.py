"""Insights as the contract shows them."""

from __future__ import annotations

from typing import cast

import strawberry
from strawberry import Parent

from resolvers.insights import insight, report
from schema.enums import InsightAmount, InsightKind, PriceSource
from schema.scalars import JSON, DateTime, Decimal
from schema.usage import GroupKey, TimeRange, UsageTotals, shown_range


@strawberry.type(description="A figure that an insight's formula uses.")
class InsightNumber:
    name: str
    value: Decimal | None = strawberry.field(description="Null where it is not known.")
    unit: str = strawberry.field(description="USD, tokens, events, days, % …")


@strawberry.type(
    description="The numbers behind an insight: a GraphQL document and its variables, to be sent "
    "to this server as they are."
)
class InsightQuery:
    document: str

    @strawberry.field
    def variables(parent: Parent[insight.InsightQuery]) -> JSON:
        return cast(JSON, parent.variables)


@strawberry.type(description="What the same usage costs at another model: by price alone.")
class CheaperModel:
    provider: str
    model: str
    source: PriceSource
    is_same_provider: bool
    cost_usd: Decimal
    saving_usd: Decimal


@strawberry.type(description="What usage says about money, with all that is needed to check it.")
class Insight:
    kind: InsightKind
    title: str = strawberry.field(description="One plain sentence.")
    amount_usd: Decimal | None = strawberry.field(
        description="What it is about, in USD; null where that is not known, never 0."
    )
    amount_is: InsightAmount
    subject: GroupKey = strawberry.field(description="The model, feature or customer.")
    numbers: list[InsightNumber]
    formula: str
    assumption: str = strawberry.field(description="What must hold for it, and what is left out.")
    query: InsightQuery
    candidates: list[CheaperModel] = strawberry.field(
        description="Of CHEAPER_MODEL: the cheapest of the same provider, which the amount is of, "
        "then the cheapest of others, 3 at the most. Empty for all else."
    )


@strawberry.type(description="What could be saved, what was wasted, and what stands out.")
class InsightReport:
    priced_at: DateTime = strawberry.field(
        description="The moment whose prices what-ifs reckon with: the range's last, or now where "
        "that is to come."
    )
    totals: UsageTotals = strawberry.field(description="Of the range.")
    insights: list[Insight] = strawberry.field(
        description="The most dollars first, what is not known last; 100 at the most."
    )
    left_out: int = strawberry.field(description="How many more insights there are.")
    models_left_out: int = strawberry.field(
        description="How many models were not looked at: all but the 50 with the most cost, "
        "counted up to 950."
    )

    @strawberry.field
    def range(parent: Parent[report.InsightReport]) -> TimeRange:
        return shown_range(parent.usage, parent.usage.range.range)
