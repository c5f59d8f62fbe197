"""What a provider or a gateway says that it charged, in USD."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from models.money import MAX_DIGITS, MAX_SCALE, is_storable
from pricing.arithmetic import EXACT
from pricing.responses.field import JsonObject, within

# xAI reports its charge in ticks (https://docs.x.ai/docs/guides/cost-tracking).
_TICKS_PER_USD_EXPONENT = -10
# No call costs more.
_MAX_USD = Decimal(1_000_000)
_MAX_TICKS = _MAX_USD.scaleb(-_TICKS_PER_USD_EXPONENT)
_SMALLEST = Decimal(1).scaleb(-MAX_SCALE)
# Where gateways put the charge, from the response on: LiteLLM, the AI Gateway of Vercel (in
# the SDK's and in its own response), OpenRouter's provider for the AI SDK.
_PLACES: tuple[tuple[str, ...], ...] = (
    ("_hidden_params", "response_cost"),
    ("response_cost",),
    ("providerMetadata", "gateway", "cost"),
    ("provider_metadata", "gateway", "cost"),
    ("providerMetadata", "openrouter", "usage", "cost"),
)
_FIRST_STEPS = frozenset(place[0] for place in _PLACES)


def reported_cost(usage: JsonObject, around: Sequence[JsonObject]) -> Decimal | None:
    """USD that were charged; None where the response has no amount, or one that cannot be.

    `around` are the objects that the usage object is in, from the inside out.
    """
    told = _told(usage, around)
    return told if told is not None and told <= _MAX_USD else None


def _told(usage: JsonObject, around: Sequence[JsonObject]) -> Decimal | None:
    ticks = _amount(usage.get("cost_in_usd_ticks"))
    if ticks:  # Azure reports 0 for xAI's models, whatever they cost.
        return EXACT.scaleb(ticks, _TICKS_PER_USD_EXPONENT)
    cost = usage.get("cost")
    if isinstance(cost, dict):
        return _amount(cost.get("total_cost"))
    if cost is not None:
        return _openrouter(usage, cost)
    estimated = _amount(usage.get("estimated_cost"))  # DeepInfra's.
    if estimated is not None:
        return estimated
    gateways = [each for each in around if not _FIRST_STEPS.isdisjoint(each)]
    amounts = (_amount(within(each, *place)) for each in gateways for place in _PLACES)
    return next((amount for amount in amounts if amount is not None), None)


def _openrouter(usage: JsonObject, cost: object) -> Decimal | None:
    """With a key of one's own, `cost` is OpenRouter's fee alone and the provider charges the rest.

    https://openrouter.ai/docs/guides/guides/usage-accounting
    """
    charged = _amount(cost)
    if usage.get("is_byok") is not True:
        return charged
    details = usage.get("cost_details")
    upstream = (
        _amount(details.get("upstream_inference_cost")) if isinstance(details, dict) else None
    )
    return None if upstream is None or charged is None else EXACT.add(charged, upstream)


def _amount(value: object) -> Decimal | None:
    """A number that can be an amount, also as a string; never by way of a float."""
    if isinstance(value, str) and len(value) <= MAX_DIGITS:
        try:
            value = Decimal(value)
        except InvalidOperation:
            return None
    if type(value) is int and value <= _MAX_TICKS:
        value = Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite() or not 0 <= value <= _MAX_TICKS:
        return None
    # Floats of other programs have more digits than they are exact to.
    rounded = EXACT.quantize(value, _SMALLEST) if _scale(value) > MAX_SCALE else value
    return rounded if is_storable(rounded) else None


def _scale(value: Decimal) -> int:
    return -int(value.as_tuple().exponent)
