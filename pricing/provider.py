"""Whose model a caller means: provider names and model names as they come, resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from genai_prices.data_snapshot import find_provider_by_id
from genai_prices.types import ModelInfo, Provider

from pricing.model_name import (
    BedrockName,
    is_fine_tuned,
    is_resource,
    spellings,
    without_fine_tuning,
    without_wrapping,
)

MAX_NAME = 256
# Proxies that pass on other providers' models, and name those before the model's name: LiteLLM, and
# the AI Gateway of Vercel, which adds nothing to their prices
# (https://vercel.com/docs/ai-gateway/pricing).
PROXIES = frozenset({"litellm", "vercel", "gateway", "ai-gateway", "vercel-ai-gateway"})
_AWS = "aws"
# Names that people and libraries have for providers, where genai-prices has none.
_ALIASES = {
    "az.ai.inference": "azure",
    "az.ai.openai": "azure",
    "deepseek-ai": "deepseek",
    "fireworks-ai": "fireworks",
    "fireworks_ai": "fireworks",
    "fireworksai": "fireworks",
    "gcp.gen_ai": "google",
    "novita-ai": "novita",
    "novita_ai": "novita",
    "open-router": "openrouter",
    "open_router": "openrouter",
    "ovh": "ovhcloud",
    "perplexity-ai": "perplexity",
    "perplexity_ai": "perplexity",
    "perplexityai": "perplexity",
    "together.ai": "together",
    "togetherai": "together",
    "workers-ai": "cloudflare",
    "workers_ai": "cloudflare",
    "x.ai": "x-ai",
    "x_ai": "x-ai",
    "z-ai": "zai",
    "z.ai": "zai",
    "z_ai": "zai",
    "zhipu": "zhipuai",
}
# Who sells is the cloud: `azure_openai` is Azure, which genai-prices takes for OpenAI, and
# `anthropic-bedrock` is Amazon.
_CLOUDS = {"azure": "azure", "bedrock": _AWS, "vertex": "google"}
# What proxies and APIs put before a model's name, beside the ids and aliases of providers.
_PREFIXES = frozenset(
    {
        *PROXIES,
        "azure_ai",
        "azure_openai",
        "bedrock",
        "converse",
        "gemini",
        "invoke",
        "mistralai",
        "models",
        "together_ai",
        "vertex",
        "vertex_ai",
        "xai",
    }
)


def find_provider(
    providers: Sequence[Provider], name: str, model: str | None = None
) -> Provider | None:
    """The provider that is called so, by id or alias; of a proxy, by the model's name.

    Of a name with a slash, such as `openrouter/openai`, the part before it says who sells.
    """
    if len(name) > MAX_NAME or (model is not None and len(model) > MAX_NAME):
        return None
    return _resolve(list(providers), name, model or "")[0]


def provider_key(providers: Sequence[Provider], name: str) -> str:
    """One key for all names of a provider: its id, or the name in small letters."""
    found = find_provider(providers, name)
    return name.strip().lower() if found is None else found.id


def find_model(
    providers: Sequence[Provider], provider_name: str, model_name: str
) -> tuple[Provider, ModelInfo] | None:
    """The model that is called so: as genai-prices finds it, or else without its decorations.

    None where there is doubt: a fine-tuned model is not its base, nor is one region's price
    another's where the provider tells regions apart.
    """
    if len(provider_name) > MAX_NAME or len(model_name) > MAX_NAME:
        return None
    known = list(providers)
    provider, model_name = _resolve(known, provider_name, model_name)
    if provider is None:
        return None
    model = _find(known, provider, model_name)
    return None if model is None else (provider, model)


def candidate_names(providers: Sequence[Provider], model: str) -> Iterator[str]:
    """A model's name as it came, then without what providers and proxies put around it, in order.

    Each once. The later ones leave more out: let the first that is known hold.
    """
    plain = _plain_names(providers, model)
    bedrock = BedrockName.parse(plain[-1])
    further = () if bedrock is None else (*bedrock.names(), *bedrock.names_without_region())
    return iter(dict.fromkeys((*plain, *further)))


def _find(providers: list[Provider], provider: Provider, model_name: str) -> ModelInfo | None:
    plain = _plain_names(providers, model_name)
    # A path is no name: words within it may be those of any model.
    names = [name for name in plain if not is_resource(name)]
    # Bedrock's decorations are Bedrock's: elsewhere the same words would be at another price.
    bedrock = BedrockName.parse(plain[-1]) if provider.id == _AWS else None
    if bedrock is not None:
        names += bedrock.names()
    model = _first(providers, provider, names)
    if model is None and bedrock is not None:
        model = _first(providers, provider, bedrock.names_without_region())
        if model is not None and _first(providers, provider, bedrock.names_in_told_regions()):
            return None
    return model


def _first(providers: list[Provider], provider: Provider, names: Iterable[str]) -> ModelInfo | None:
    found = (_match(providers, provider, name) for name in names)
    return next((model for model in found if model is not None), None)


def _match(providers: list[Provider], provider: Provider, name: str) -> ModelInfo | None:
    model = provider.find_model(name, all_providers=providers)
    if model is not None and is_fine_tuned(name) and model.is_match(without_fine_tuning(name)):
        return None  # The base's price: genai-prices did not look at what tells them apart.
    return model


def _resolve(providers: list[Provider], name: str, model: str) -> tuple[Provider | None, str]:
    """The provider, and the model's name as that provider has it."""
    if not is_proxy(name):
        return _named(providers, name), model
    prefix, slash, rest = model.partition("/")
    if slash and prefix and (named := _named(providers, prefix)):
        return named, rest
    matching = (
        provider
        for provider in providers
        if provider.model_match is not None and provider.model_match.is_match(model.lower())
    )
    return next(matching, None), model


def is_proxy(name: str) -> bool:
    """Whether a provider's name is that of a proxy: the model's name says whose the model is."""
    return _seller(name) in PROXIES


def _named(providers: list[Provider], name: str) -> Provider | None:
    """By id, then by our aliases, then as genai-prices finds it."""
    word = _seller(name)
    if not any(provider.id == word for provider in providers):
        cloud = next((seller for part, seller in _CLOUDS.items() if part in word), word)
        word = _ALIASES.get(word, cloud)
    return find_provider_by_id(providers, word)


def _seller(name: str) -> str:
    return name.partition("/")[0].strip().lower()


def _plain_names(providers: Sequence[Provider], model: str) -> list[str]:
    """The name as it came, then without one layer after another; at the end other spellings."""
    names = [model.strip()]
    while inner := without_wrapping(names[-1]) or _without_prefix(providers, names[-1]):
        names.append(inner)
    return [*names, *spellings(names[-1])]


def _without_prefix(providers: Sequence[Provider], name: str) -> str | None:
    prefix = provider_prefix(providers, name)
    return None if prefix is None else name[len(prefix) + 1 :]


def provider_prefix(providers: Sequence[Provider], name: str) -> str | None:
    """What stands before a model's name to say whose it is, `azure` in `azure/gpt-4o`; or None."""
    prefix, _, rest = name.partition("/")
    word = prefix.lower()
    is_prefix = word in _PREFIXES or word in _ALIASES or any(each.id == word for each in providers)
    return prefix if rest and is_prefix else None
