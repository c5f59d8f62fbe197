"""Whose model a caller means: provider names and model names as they come, resolved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from genai_prices.data_snapshot import find_provider_by_id
from genai_prices.types import ModelInfo, Provider

MAX_NAME = 256
# A proxy that passes on other providers' models, and names them before the model's name.
_LITELLM = "litellm"
_RESOURCE_PREFIX = "models"


def find_provider(
    providers: Sequence[Provider], name: str, model: str | None = None
) -> Provider | None:
    """The provider that is called so, by genai-prices' ids and aliases; of `litellm`, by model."""
    if len(name) > MAX_NAME or (model is not None and len(model) > MAX_NAME):
        return None
    return _resolve(list(providers), name, model or "")[0]


def find_model(
    providers: Sequence[Provider], provider_name: str, model_name: str
) -> tuple[Provider, ModelInfo] | None:
    """The model that is called so: as genai-prices finds it, or else without its prefixes.

    `models/gemini-…` and `openai/gpt-…` are the names that APIs and proxies give to models; the
    name as it is comes first, since there are providers whose own names have a slash.
    """
    if len(provider_name) > MAX_NAME or len(model_name) > MAX_NAME:
        return None
    known = list(providers)
    provider, model_name = _resolve(known, provider_name, model_name)
    if provider is None:
        return None
    for name in candidate_names(known, model_name):
        model = provider.find_model(name, all_providers=known)
        if model is not None:
            return provider, model
    return None


def _resolve(providers: list[Provider], name: str, model: str) -> tuple[Provider | None, str]:
    """The provider, and the model's name as that provider has it."""
    if name.strip().lower() != _LITELLM:
        return find_provider_by_id(providers, name), model
    prefix, slash, rest = model.partition("/")
    if slash and prefix and (named := find_provider_by_id(providers, prefix)):
        return named, rest
    matching = (
        provider
        for provider in providers
        if provider.model_match is not None and provider.model_match.is_match(model.lower())
    )
    return next(matching, None), model


def candidate_names(providers: Sequence[Provider], model: str) -> Iterator[str]:
    """The model's name as it came, then without its prefixes."""
    name = model.strip()
    yield name
    prefix, slash, rest = name.partition("/")
    while slash and rest and _is_prefix(providers, prefix):
        yield rest
        prefix, slash, rest = rest.partition("/")


def _is_prefix(providers: Sequence[Provider], prefix: str) -> bool:
    name = prefix.lower()
    return name in {_RESOURCE_PREFIX, _LITELLM} or (
        bool(name) and find_provider_by_id(list(providers), name) is not None
    )
