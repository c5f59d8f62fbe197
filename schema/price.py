"""Prices as the contract shows them."""

from __future__ import annotations

from typing import cast

import strawberry
from strawberry import Parent

from models.catalogue_table import CatalogueRow
from models.price import KeptPrice
from models.price_query import PricePage, PricePlace, encode_price_cursor
from models.unpriced_query import UnpricedUsage as Waiting
from schema.cost_reason import CostReason
from schema.enums import PriceSource
from schema.page_info import PageInfo
from schema.scalars import BigInt, Cursor, DateTime, Decimal


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
    region: str | None = strawberry.field(
        description="Where the rate holds only for calls that were run in this region."
    )
    search_context_size: str | None = strawberry.field(
        description="Where the rate holds only for searches with a context of this size."
    )


@strawberry.type(description="A price as it stood at some time; only its end may change.")
class Price:
    recorded_at: DateTime = strawberry.field(description="When this price was learnt or set.")
    recorded_by: str | None = strawberry.field(
        description="Who set it; null for the catalogue's prices."
    )
    ended_at: DateTime | None = strawberry.field(
        description="When its end was set; null where it never was, and for the catalogue's."
    )
    ended_by: str | None = strawberry.field(description="Who set its end.")

    @strawberry.field
    def id(parent: Parent[KeptPrice]) -> strawberry.ID:
        return strawberry.ID(parent.price.id)

    @strawberry.field(description="Empty for the price of a custom unit.")
    def provider(parent: Parent[KeptPrice]) -> str:
        return parent.price.provider or ""

    @strawberry.field(description="Empty for the price of a custom unit.")
    def model(parent: Parent[KeptPrice]) -> str:
        return parent.price.model or ""

    @strawberry.field(description="The custom unit that is priced; null for a model's price.")
    def unit(parent: Parent[KeptPrice]) -> str | None:
        return parent.price.unit

    @strawberry.field
    def source(parent: Parent[KeptPrice]) -> PriceSource:
        return parent.price.source

    @strawberry.field
    def rates(parent: Parent[KeptPrice]) -> list[Rate]:
        return cast(list[Rate], parent.price.rates)

    @strawberry.field(description="Null: since ever.")
    def effective_from(parent: Parent[KeptPrice]) -> DateTime | None:
        return cast(DateTime | None, parent.price.effective_from)

    @strawberry.field(
        description="Null: until further notice. At `effectiveFrom` itself: void, it never held."
    )
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


@strawberry.type(description="A price in a list, and its place there.")
class PriceEdge:
    cursor: Cursor
    node: Price


@strawberry.type(description="A page of prices.")
class PriceConnection:
    @strawberry.field
    def edges(parent: Parent[PricePage]) -> list[PriceEdge]:
        return [
            PriceEdge(cursor=_cursor(parent, place), node=cast(Price, kept))
            for place, kept in parent.prices
        ]

    @strawberry.field
    def nodes(parent: Parent[PricePage]) -> list[Price]:
        return [cast(Price, kept) for _, kept in parent.prices]

    @strawberry.field
    def page_info(parent: Parent[PricePage]) -> PageInfo:
        places = [place for place, _ in parent.prices]
        return PageInfo(
            has_next_page=parent.has_next,
            has_previous_page=parent.has_previous,
            start_cursor=_cursor(parent, places[0]) if places else None,
            end_cursor=_cursor(parent, places[-1]) if places else None,
        )


@strawberry.type(description="What the public prices were taken from, and how fresh they are.")
class PriceCatalogue:
    models: int = strawberry.field(
        description="How many models are listed, each once for each provider."
    )
    checked_at: DateTime | None = strawberry.field(
        description="When newer prices were last looked for; null where they never were."
    )
    problem: str | None = strawberry.field(
        description="Why the last check failed; null where it did not."
    )

    @strawberry.field
    def source(parent: Parent[CatalogueRow]) -> str:
        return parent.source or ""

    @strawberry.field
    def version(parent: Parent[CatalogueRow]) -> str:
        return parent.version or ""

    @strawberry.field(description="When these prices were taken in.")
    def updated_at(parent: Parent[CatalogueRow]) -> DateTime:
        return cast(DateTime, parent.updated_at)


@strawberry.type(description="A provider or gateway whose reported costs count in the workspace.")
class ReportedProvider:
    provider: str
    set_at: DateTime
    set_by: str


@strawberry.type(
    description="Events of one provider and model, or of one custom unit, whose cost is not known "
    "in full."
)
class UnpricedUsage:
    provider: str | None
    model: str | None
    unit: str | None = strawberry.field(description="Of custom events.")
    input_tokens: BigInt
    output_tokens: BigInt
    quantity: Decimal | None = strawberry.field(description="How much of the custom unit.")
    first_occurred_at: DateTime
    last_occurred_at: DateTime
    missing_units: list[str] = strawberry.field(description="The units without a rate.")
    reasons: list[CostReason] = strawberry.field(
        description="Why the costs are not known in full. Events recorded before reasons were "
        "kept add none until they are repriced."
    )

    @strawberry.field(description="How many events wait for a price.")
    def events(parent: Parent[Waiting]) -> BigInt:
        return BigInt(parent.events)

    @strawberry.field(description="Of these, events that are priced in part.")
    def partial_events(parent: Parent[Waiting]) -> BigInt:
        return BigInt(parent.partial_events)


def _cursor(page: PricePage, place: PricePlace) -> Cursor:
    return Cursor(encode_price_cursor(page.workspace_id, place))
