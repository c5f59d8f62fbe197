"""Which model a name means, as clouds, proxies and libraries write it; in doubt, none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.provider import MAX_NAME, candidate_names, find_model
from tests.pricing.oracle import PROVIDERS

KNOWN = list(PROVIDERS.values())


def _found(provider: str, model: str) -> str | None:
    found = find_model(KNOWN, provider, model)
    return None if found is None else f"{found[0].id} {found[1].id}"


_SONNET = "regional.anthropic.claude-sonnet-4-5-20250929-v1:0"
_HAIKU = "regional.anthropic.claude-3-haiku-20240307-v1:0"
_ARN = "arn:aws:bedrock:us-east-1:123456789012:"

SAME_MODEL = [
    # Prefixes of providers and proxies
    ("openai", "gpt-4o", "openai gpt-4o"),
    ("openai", " GPT-4o ", "openai gpt-4o"),
    ("openai", "openai/gpt-4o", "openai gpt-4o"),
    ("google", "models/gemini-2.5-pro", "google gemini-2.5-pro"),
    ("google", "google/gemini-2.5-flash", "google gemini-2.5-flash"),
    ("mistral", "mistralai/mistral-large-latest", "mistral mistral-large"),
    ("fireworks", "fireworks_ai/accounts/fireworks/models/gpt-oss-120b", "fireworks gpt-oss-120b"),
    ("litellm", "openai/gpt-4o", "openai gpt-4o"),
    ("litellm", "gpt-4o", "openai gpt-4o"),
    ("litellm", "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", f"aws {_SONNET}"),
    ("litellm", "vertex_ai/gemini-2.5-pro", "google gemini-2.5-pro"),
    # Names that have a slash of their own
    ("openrouter", "google/gemini-2.5-flash", "openrouter google/gemini-2.5-flash"),
    ("openrouter", "openrouter/openai/gpt-4o", "openrouter openai/gpt-4o"),
    ("openrouter", "deepseek/deepseek-r1:free", "openrouter deepseek/deepseek-r1:free"),
    ("groq", "openai/gpt-oss-120b", "groq openai/gpt-oss-120b"),
    # Dated versions
    ("openai", "gpt-4o-2024-08-06", "openai gpt-4o"),
    ("openai", "gpt-4o-2024-05-13", "openai gpt-4o-2024-05-13"),
    ("openrouter", "openai/gpt-4o-20240806", "openrouter openai/gpt-4o"),
    ("anthropic", "claude-sonnet-4-5-20250929", "anthropic claude-sonnet-4-5"),
    # Azure
    ("azure", "gpt-35-turbo", "azure gpt-3.5-turbo"),
    ("azure", "gpt-35-turbo-1106", "azure gpt-3.5-turbo-1106"),
    ("azure", "azure/gpt-4o-2024-08-06", "azure gpt-4o"),
    ("azure", "azure_ai/claude-sonnet-4-5", "azure claude-sonnet-4-5"),
    # Bedrock
    ("aws", "anthropic.claude-3-haiku-20240307-v1:0", f"aws {_HAIKU}"),
    ("aws", "anthropic.claude-3-haiku-20240307-v1:0:200k", f"aws {_HAIKU}"),
    ("aws", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", f"aws {_SONNET}"),
    (
        "aws",
        "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "aws global.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ),
    ("aws", "us.amazon.nova-lite-v1:0", "aws amazon.nova-lite-v1:0"),
    ("aws", "us.openai.gpt-5.4-v1:0", "aws openai.gpt-5.4"),
    ("aws", "bedrock/us-east-1/openai.gpt-5.4", "aws openai.gpt-5.4"),
    ("aws", "bedrock/converse/openai.gpt-5.4", "aws openai.gpt-5.4"),
    (
        "aws",
        f"{_ARN}inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        f"aws {_SONNET}",
    ),
    (
        "aws",
        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
        f"aws {_HAIKU}",
    ),
    # Vertex AI
    ("google", "publishers/google/models/gemini-2.5-pro", "google gemini-2.5-pro"),
    (
        "google",
        "projects/p/locations/us-central1/publishers/google/models/gemini-2.5-pro",
        "google gemini-2.5-pro",
    ),
    (
        "google",
        "projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929",
        "google claude-sonnet-4-5",
    ),
    ("google", "claude-sonnet-4-5@20250929", "google claude-sonnet-4-5"),
    ("anthropic", "claude-fable-5@20261001", "anthropic claude-fable-5"),
    ("anthropic", "claude-fable-5@default", "anthropic claude-fable-5"),
    # Fine-tuned models with a price of their own
    ("openai", "ft:gpt-4o-mini-2024-07-18:acme::id", "openai ft:gpt-4o-mini"),
    ("openai", "openai/ft:gpt-4o-2024-08-06:acme:bot:id", "openai ft:gpt-4o"),
    ("azure", "gpt-4o-mini-2024-07-18.ft-0123abc", "azure gpt-4o-mini-2024-07-18.ft-"),
]


@pytest.mark.parametrize(("provider", "name", "model"), SAME_MODEL)
def test_a_decorated_name_means_its_model(provider: str, name: str, model: str) -> None:
    assert _found(provider, name) == model


OTHER_MODELS = [
    # What looks alike
    ("openai", "gpt-4oo"),
    ("openai", "gpt-4o-turbo"),
    ("openai", "my-gpt-4o"),
    ("openai", "gpt-4o-2031-01-01"),
    ("openai", "acme-openai-proxy/gpt-4o"),
    ("openai", "models"),
    ("openai", "openai/"),
    ("openai", "/"),
    ("openai", " "),
    ("openai", ""),
    ("google", "gemini-99"),
    # Another provider's
    ("openai", "anthropic/claude-sonnet-4-5"),
    ("google", "publishers/mistralai/models/mistral-large"),
    # Bedrock's names are at Bedrock's prices
    ("anthropic", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("anthropic", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("openai", "openai.gpt-5.4"),
    # A region for which there is no price, where regions have prices of their own
    ("aws", "eu.anthropic.claude-fable-5-1"),
    ("aws", "jp.anthropic.claude-fable-5-1-v1:0"),
    ("aws", "eu.moonshotai.kimi-k3"),
    ("aws", "global.openai.gpt-5.4"),
    # Another version
    ("aws", "amazon.titan-embed-text-v3:0"),
    # Fine-tuned, and only the base has a price
    ("openai", "ft:gpt-4.1-2025-04-14:acme::id"),
    ("openai", "ft:davinci-002:acme::id"),
    ("azure", "ft:o4-mini-2025-04-16:acme::id"),
    ("azure", "o4-mini-2025-04-16.ft-0123abc"),
    # A customer's own resources, whatever words are in them
    ("aws", f"{_ARN}custom-model/amazon.titan-text-lite-v1:0:4k/abcdef"),
    ("aws", f"bedrock/{_ARN}custom-model/amazon.titan-text-lite-v1:0:4k/abcdef"),
    ("aws", f"{_ARN}provisioned-model/amazon.nova-lite"),
    ("aws", f"{_ARN}application-inference-profile/abcdef"),
    ("google", "tunedModels/claude-3-haiku"),
    ("google", "projects/p/locations/l/endpoints/123"),
    ("google", "projects/claude-3-haiku/locations/l/models/123"),
    ("google", "projects/claude-3-haiku/locations/l/publishers/google/models/gemini-99"),
]


@pytest.mark.parametrize(("provider", "name"), OTHER_MODELS)
def test_a_name_in_doubt_means_no_model(provider: str, name: str) -> None:
    assert _found(provider, name) is None


@pytest.mark.parametrize("provider_id", PROVIDERS)
def test_a_models_id_means_what_genai_prices_finds(provider_id: str) -> None:
    provider = PROVIDERS[provider_id]
    for model in provider.models:
        found = find_model(KNOWN, provider_id, model.id)
        theirs = provider.find_model(model.id, all_providers=KNOWN)
        assert theirs is None or found == (provider, theirs)


@pytest.mark.parametrize(
    ("name", "candidates"),
    [
        ("gpt-4o", ["gpt-4o"]),
        (" gpt-4o ", ["gpt-4o"]),
        ("openai/gpt-4o", ["openai/gpt-4o", "gpt-4o"]),
        (
            "openrouter/openai/gpt-4o",
            ["openrouter/openai/gpt-4o", "openai/gpt-4o", "gpt-4o"],
        ),
        ("acme/gpt-4o", ["acme/gpt-4o"]),
        (
            "azure/gpt-35-turbo-0125",
            ["azure/gpt-35-turbo-0125", "gpt-35-turbo-0125", "gpt-3.5-turbo-0125"],
        ),
        (
            "publishers/google/models/gemini-2.5-pro",
            ["publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"],
        ),
        (
            "us.amazon.nova-lite-v1:0",
            [
                "us.amazon.nova-lite-v1:0",
                "us.amazon.nova-lite-v1",
                "us.amazon.nova-lite",
                "amazon.nova-lite-v1:0",
                "amazon.nova-lite-v1",
                "amazon.nova-lite",
                "nova-lite-v1:0",
                "nova-lite-v1",
                "nova-lite",
            ],
        ),
        ("global.amazon.nova-9", ["global.amazon.nova-9"]),
        (f"{_ARN}custom-model/openai.gpt-5.4/id", [f"{_ARN}custom-model/openai.gpt-5.4/id"]),
        ("ft:gpt-4o:acme::id", ["ft:gpt-4o:acme::id"]),
    ],
)
def test_candidates_are_the_name_with_less_and_less_around_it(
    name: str, candidates: list[str]
) -> None:
    assert list(candidate_names(KNOWN, name)) == candidates


@given(st.text(max_size=60))
def test_the_first_candidate_is_the_name_as_it_came(name: str) -> None:
    assert next(candidate_names(KNOWN, name)) == name.strip()


@given(st.text(st.sampled_from("az09.-_:/@ "), max_size=60))
def test_no_name_has_a_candidate_twice(name: str) -> None:
    candidates = list(candidate_names(KNOWN, name))
    assert len(candidates) == len(set(candidates))


def test_a_model_name_past_the_bound_is_not_looked_up() -> None:
    assert find_model(KNOWN, "openai", "openai/" * MAX_NAME + "gpt-4o") is None
