"""Prices as the contract shows them."""

from __future__ import annotations

from typing import cast

import strawberry
from strawberry import Parent

from models.price_store import KeptPrice
from schema.enums import PriceSource
from schema.scalars import BigInt, DateTime, Decimal


@strawberry.type(description="What one unit costs.")
class Rate:
    unit: str = strawberry.field(description="The unit's name, as in CostLine.")
    amount: Decimal = strawberry.field(description="USD for `per` units.")
    per: int
    above_input_tokens: BigInt | None = strawberry.field(
        description="The rate holds where the request's input tokens pass this number; null for "
        "the base rate."
    )
    processing: str | None = strawberry.field(
        description="Where the rate holds only for calls that were processed so."
    )
    service_tier: str | None
    speed: str | None


@strawberry.type(description="A price as it stood at some time; it never changes.")
class Price:
    recorded_at: DateTime = strawberry.field(description="When this price was learnt or set.")

    @strawberry.field
    def id(parent: Parent[KeptPrice]) -> strawberry.ID:
        return strawberry.ID(parent.price.id)

    @strawberry.field
    def provider(parent: Parent[KeptPrice]) -> str:
        return parent.price.provider or ""

    @strawberry.field
    def model(parent: Parent[KeptPrice]) -> str:
        return parent.price.model or ""

    @strawberry.field
    def source(parent: Parent[KeptPrice]) -> PriceSource:
        return parent.price.source

    @strawberry.field
    def rates(parent: Parent[KeptPrice]) -> list[Rate]:
        return cast(list[Rate], parent.price.rates)

    @strawberry.field(description="Null: since ever.")
    def effective_from(parent: Parent[KeptPrice]) -> DateTime | None:
        return cast(DateTime | None, parent.price.effective_from)

    @strawberry.field(description="Null: until further notice.")
    def effective_to(parent: Parent[KeptPrice]) -> DateTime | None:
        return cast(DateTime | None, parent.price.effective_to)

    @strawberry.field(
        description="Where the price holds only for a part of each day: UTC times, HH:MM."
    )
    def daily_from(parent: Parent[KeptPrice]) -> str | None:
        return parent.price.daily_from

    @strawberry.field
    def daily_to(parent: Parent[KeptPrice]) -> str | None:
        return parent.price.daily_to
