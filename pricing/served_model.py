"""Which name of a model an event has: the caller's, or the one that the response gives."""

from __future__ import annotations

from collections.abc import Sequence

from genai_prices.types import Provider

from pricing.provider import candidate_names, is_proxy, provider_prefix


def served_model(
    providers: Sequence[Provider], provider: str | None, requested: str | None, named: str | None
) -> str | None:
    """The name of the model that served the call, as prices are found by it.

    The response's name wins: aliases move on, routers choose, calls fall back to other models. The
    caller's name stays where it is the same model with more said, such as Bedrock's
    `us.anthropic.claude-opus-4-8`: the response leaves out the region, which has a price of its
    own. Proxies' responses leave out their prefix (`azure/`), which names the seller: it is kept.
    """
    if not named or not requested:
        return named or requested
    if any(name.lower() == named.lower() for name in candidate_names(providers, requested)):
        return requested
    if provider is not None and is_proxy(provider):
        prefix = provider_prefix(providers, requested)
        if prefix is not None and provider_prefix(providers, named) is None:
            return f"{prefix}/{named}"
    return named
