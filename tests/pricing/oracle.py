"""What genai-prices itself makes of usage: the judge of our counts and costs.

It reckons with its own prices, and with the corrected ones, which are of its own types.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Context, Decimal, localcontext
from typing import Any

from genai_prices.data import providers
from genai_prices.data_snapshot import DataSnapshot
from genai_prices.types import (
    ModelInfo,
    ModelPrice,
    PriceCalculation,
    Provider,
    TieredPrices,
    Usage,
)

from pricing.arithmetic import EXACT
from pricing.corrections import corrected_bundled

PROVIDERS = {provider.id: provider for provider in providers}
CORRECTED = {provider.id: provider for provider in corrected_bundled()}
_SNAPSHOT = DataSnapshot(providers, from_auto_update=False)
_CORRECTED_SNAPSHOT = DataSnapshot(list(CORRECTED.values()), from_auto_update=False)


def their_counts(provider_id: str, api_flavor: str, response: Any) -> Mapping[str, int | Decimal]:
    """The counts that genai-prices reads when it is told the interface. Raises ValueError."""
    _, usage = PROVIDERS[provider_id].extract_usage(response, api_flavor=api_flavor)
    return usage._reported_values()


def their_price(
    provider_id: str,
    model_name: str,
    counts: Mapping[str, int | Decimal],
    at: datetime,
    *,
    by_corrected: bool = False,
    **context: str | None,
) -> Decimal:
    """USD by `calc_price`'s own way, from the model's name. Raises LookupError, ValueError."""
    snapshot = _CORRECTED_SNAPSHOT if by_corrected else _SNAPSHOT
    with localcontext(EXACT):
        calculation = snapshot.calc(
            Usage(**counts), model_name, provider_id, None, at, _words(context)
        )
    return calculation.total_price


def their_model_price(
    provider: Provider,
    model: ModelInfo,
    counts: Mapping[str, int | Decimal],
    at: datetime,
    arithmetic: Context = EXACT,
    **context: str | None,
) -> Decimal:
    """USD for a model at hand. Raises ValueError where genai-prices does."""
    with localcontext(arithmetic):
        calculation: PriceCalculation = model.calc_price(
            Usage(**counts),
            provider,
            genai_request_timestamp=at,
            price_context=_words(context),
        )
    return calculation.total_price


def with_free(model: ModelInfo, keys: Collection[str]) -> ModelInfo:
    """The model with a rate of nought for what it has no rate of."""

    def freed(prices: ModelPrice) -> ModelPrice:
        known = {key: rate for key, rate in vars(prices).items() if rate is not None}
        return ModelPrice(**dict.fromkeys(keys, Decimal(0)) | known)

    if isinstance(model.prices, ModelPrice):
        return replace(model, prices=freed(model.prices))
    return replace(
        model, prices=[replace(each, prices=freed(each.prices)) for each in model.prices]
    )


def for_size(model: ModelInfo, input_tokens: int | Decimal, at: datetime) -> ModelInfo:
    """The model without variants' flat rates where the standard ones step up for such requests.

    A rate for short requests says nothing of long ones; genai-prices takes it for both.
    """
    standard = vars(model.get_prices(at))
    long = {
        key
        for key, rate in standard.items()
        if isinstance(rate, TieredPrices) and any(input_tokens > tier.start for tier in rate.tiers)
    }
    return replace(
        model,
        price_variants=[
            replace(
                variant,
                prices=ModelPrice(
                    **{
                        key: None if key in long and not isinstance(rate, TieredPrices) else rate
                        for key, rate in vars(variant.prices).items()
                    }
                ),
            )
            for variant in model.price_variants or ()
        ],
    )


def _words(context: Mapping[str, str | None]) -> dict[str, str] | None:
    return {key: word for key, word in context.items() if word is not None} or None
