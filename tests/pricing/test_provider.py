"""Which provider a name means, as people and libraries write it."""

from __future__ import annotations

import pytest

from pricing.provider import (
    _ALIASES,
    _CLOUDS,
    MAX_NAME,
    PROXIES,
    find_model,
    find_provider,
    provider_key,
)
from tests.pricing.oracle import PROVIDERS

KNOWN = list(PROVIDERS.values())

PROVIDER_NAMES = [
    ("openai", "openai"),
    (" OpenAI ", "openai"),
    ("aws-bedrock", "aws"),
    ("aws.bedrock", "aws"),
    ("bedrock", "aws"),
    ("bedrock_converse", "aws"),
    ("amazon-bedrock", "aws"),
    ("anthropic-bedrock", "aws"),
    ("vertex", "google"),
    ("vertex_ai", "google"),
    ("gcp.vertex_ai", "google"),
    ("gcp.gen_ai", "google"),
    ("anthropic-vertex", "google"),
    ("gemini", "google"),
    ("google_genai", "google"),
    ("azure_openai", "azure"),
    ("azure-openai", "azure"),
    ("azure.ai.openai", "azure"),
    ("azure_ai", "azure"),
    ("xai", "x-ai"),
    ("x_ai", "x-ai"),
    ("x-ai", "x-ai"),
    ("together_ai", "together"),
    ("togetherai", "together"),
    ("fireworks_ai", "fireworks"),
    ("fireworks-ai", "fireworks"),
    ("mistral_ai", "mistral"),
    ("mistralai", "mistral"),
    ("cohere_chat", "cohere"),
    ("perplexity-ai", "perplexity"),
    ("workers-ai", "cloudflare"),
    ("z-ai", "zai"),
    ("zhipu", "zhipuai"),
    ("github_copilot", "github-copilot"),
    ("openrouter/openai", "openrouter"),
    ("OpenRouter / anthropic", "openrouter"),
    ("azure/openai", "azure"),
    ("bedrock/anthropic", "aws"),
    ("https://api.openai.com", None),
    ("/openai", None),
    ("ollama", None),
    ("llama", None),
    ("", None),
]


@pytest.mark.parametrize(("name", "provider_id"), PROVIDER_NAMES)
def test_a_provider_is_known_by_the_names_that_people_use(
    name: str, provider_id: str | None
) -> None:
    provider = find_provider(KNOWN, name)
    assert (None if provider is None else provider.id) == provider_id


@pytest.mark.parametrize("provider_id", PROVIDERS)
def test_a_providers_id_means_itself(provider_id: str) -> None:
    assert find_provider(KNOWN, provider_id) is PROVIDERS[provider_id]


def test_aliases_lead_to_providers_that_there_are() -> None:
    assert {*_ALIASES.values(), *_CLOUDS.values()} <= PROVIDERS.keys()


def test_a_provider_name_past_the_bound_is_not_looked_up() -> None:
    assert find_provider(KNOWN, "openai" * MAX_NAME) is None


@pytest.mark.parametrize("proxy", sorted(PROXIES))
def test_a_model_of_a_proxy_is_that_of_the_provider_before_its_name(proxy: str) -> None:
    found = find_model(KNOWN, proxy, "anthropic/claude-sonnet-4.5")
    assert found is not None
    provider, model = found
    assert (provider.id, model.id) == ("anthropic", "claude-sonnet-4-5")


def test_a_proxy_has_a_key_of_its_own() -> None:
    assert provider_key(KNOWN, " Vercel ") == "vercel"


def test_a_name_with_a_slash_has_the_key_of_who_sells() -> None:
    assert provider_key(KNOWN, "openrouter/openai") == "openrouter"
