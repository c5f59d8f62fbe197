"""Which name of a model an event has, where the caller says one and the response another."""

from __future__ import annotations

import pytest
from genai_prices.data import providers

from pricing.served_model import served_model


@pytest.mark.parametrize(
    ("provider", "requested", "named", "served"),
    [
        pytest.param("openai", "gpt-4o", "gpt-4o-2024-08-06", "gpt-4o-2024-08-06", id="alias"),
        pytest.param("azure", "my-deployment", "gpt-4.1-mini", "gpt-4.1-mini", id="deployment"),
        pytest.param(
            "anthropic", "claude-fable-5", "claude-opus-4-8", "claude-opus-4-8", id="fallback"
        ),
        pytest.param("openai", "gpt-4o", None, "gpt-4o", id="response-without-a-model"),
        pytest.param("openai", None, "gpt-4o", "gpt-4o", id="caller-without-a-model"),
        pytest.param("openai", None, None, None, id="no-model-at-all"),
        pytest.param(
            "aws",
            "us.anthropic.claude-opus-4-8",
            "claude-opus-4-8",
            "us.anthropic.claude-opus-4-8",
            id="region-that-the-response-leaves-out",
        ),
        pytest.param(
            "google",
            "claude-sonnet-4-5@20250929",
            "claude-sonnet-4-5-20250929",
            "claude-sonnet-4-5@20250929",
            id="other-spelling",
        ),
        pytest.param(
            "google", "models/gemini-2.5-pro", "Gemini-2.5-Pro", "models/gemini-2.5-pro", id="case"
        ),
        pytest.param(
            "litellm", "azure/chat", "gpt-4o-2024-08-06", "azure/gpt-4o-2024-08-06", id="seller"
        ),
        pytest.param(
            "litellm", "azure/chat", "openai/gpt-4o", "openai/gpt-4o", id="seller-that-is-named"
        ),
        pytest.param("litellm", "my-alias", "gpt-4o", "gpt-4o", id="alias-of-a-proxy"),
    ],
)
def test_the_name_of_what_served_the_call_is_found(
    provider: str, requested: str | None, named: str | None, served: str | None
) -> None:
    assert served_model(providers, provider, requested, named) == served
