"""Inputs that set prices."""

from __future__ import annotations

import strawberry

from models.price import Rate
from resolvers.prices.overrides import PriceInput
from schema.scalars import BigInt, DateTime, Decimal


@strawberry.input(description="What one unit is to cost.")
class RateInput:
    unit: str = strawberry.field(description="As in CostLine.")
    amount: Decimal = strawberry.field(description="USD for `per` units. Not negative.")
    per: int = 1_000_000
    above_input_tokens: BigInt | None = strawberry.field(
        default=None,
        description="The rate holds where the request's input tokens pass this number.",
    )


@strawberry.input(description="A price of the workspace's own; it replaces the whole rate card.")
class SetPriceInput:
    provider: str | None = strawberry.field(
        default=None, description="Null together with model: the price of a custom unit."
    )
    model: str | None = None
    rates: list[RateInput]
    effective_from: DateTime | None = strawberry.field(
        default=None, description="Now, where absent."
    )
    effective_to: DateTime | None = None


def read_price_input(given: SetPriceInput) -> PriceInput:
    return PriceInput(
        given.provider,
        given.model,
        tuple(
            Rate(rate.unit, rate.amount, rate.per, rate.above_input_tokens) for rate in given.rates
        ),
        given.effective_from,
        given.effective_to,
    )
