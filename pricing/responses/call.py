"""How a provider says that it ran a call, where prices depend on it."""

from __future__ import annotations

from collections.abc import Sequence

from pricing.provider import MAX_NAME
from pricing.rate_card import CallContext
from pricing.responses.field import JsonObject

# Google names the tier by the kind of traffic, in capitals; prices go by the tier.
_GOOGLE_TIERS = {
    "on_demand": "standard",
    "on_demand_flex": "flex",
    "on_demand_priority": "priority",
}
_PERFORMANCE = "performanceConfig"
_UNKNOWN = ("not_available", "service_tier_unspecified", "traffic_type_unspecified", "unspecified")


def call_context(objects: Sequence[JsonObject]) -> CallContext:
    """Tier, speed, region and search size, searched from the usage object outwards.

    The region is Anthropic's `us` or `global`, the size of the search Perplexity's `low`,
    `medium` or `high`.
    """
    return CallContext.told(
        None,
        _service_tier(objects),
        word(objects, "speed") or _latency(objects),
        _known(word(objects, "inference_geo")),
        word(objects, "search_context_size"),
    )


def word(objects: Sequence[JsonObject], *keys: str) -> str | None:
    """A printable word under one of the keys, from the usage object outwards."""
    for each in objects:
        for key in keys:
            value = each.get(key)
            if isinstance(value, str) and 0 < len(value) <= MAX_NAME and value.isprintable():
                return value
    return None


def _service_tier(objects: Sequence[JsonObject]) -> str | None:
    # Amazon's is an object: {"type": "flex"}.
    inner = [tier for each in objects if isinstance(tier := each.get("serviceTier"), dict)]
    tier = word(objects, "service_tier") or word(objects, "serviceTier") or word(inner, "type")
    if tier is not None:
        return _known(tier)
    traffic = _known(word(objects, "trafficType", "traffic_type"))
    return None if traffic is None else _GOOGLE_TIERS.get(traffic, traffic)


def _latency(objects: Sequence[JsonObject]) -> str | None:
    """Bedrock's `optimized` latency has a price of its own: {"latency": "optimized"}."""
    inner = [each for body in objects if isinstance(each := body.get(_PERFORMANCE), dict)]
    latency = word(inner, "latency")
    return None if latency == "standard" else latency


def _known(name: str | None) -> str | None:
    lower = None if name is None else name.lower()
    return None if lower in _UNKNOWN else lower
