"""A catalogue of one model with prices that a test makes up, so that its numbers stay its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from genai_prices.types import (
    ClauseEquals,
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    Provider,
    Tier,
    TieredPrices,
)

from pricing.catalogue import Catalogue
from pricing.cost import Cost, cost_of

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def usd(**rates: str | TieredPrices) -> ModelPrice:
    """Rates by genai-prices' keys: `input_mtok` is USD for a million input tokens."""
    return ModelPrice(
        **{key: Decimal(rate) if isinstance(rate, str) else rate for key, rate in rates.items()}
    )


def tiered(base: str, *tiers: tuple[int, str]) -> TieredPrices:
    """A rate, and those that hold where a request's input passes a number of tokens."""
    return TieredPrices(Decimal(base), [Tier(start, Decimal(rate)) for start, rate in tiers])


def catalogue(
    prices: ModelPrice | Sequence[ConditionalPrice],
    variants: Iterable[PriceVariant] = (),
    *,
    provider: str = "acme",
    model: str = "bolt",
) -> Catalogue:
    """Prices of `acme`'s `bolt`, where nothing else is said."""
    info = ModelInfo(
        id=model,
        match=ClauseEquals(model),
        prices=prices if isinstance(prices, ModelPrice) else list(prices),
        price_variants=list(variants),
    )
    seller = Provider(id=provider, name=provider, api_pattern="", models=[info])
    return Catalogue([seller])


def cost(
    prices: Catalogue,
    quantities: Mapping[str, int | Decimal],
    at: datetime = NOON,
    **context: str,
) -> Cost:
    """What usage of that model cost."""
    return cost_of(prices.price("acme", "bolt", at), quantities, **context)


PLAIN = catalogue(usd(input_mtok="2.50", output_mtok="10"))
CACHING = catalogue(
    usd(
        input_mtok="3",
        output_mtok="15",
        cache_read_mtok="0.30",
        cache_write_mtok="3.75",
        cache_write_1h_mtok="6",
    )
)
