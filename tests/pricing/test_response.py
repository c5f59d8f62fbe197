"""What a response says beside its counts, and which responses are refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pricing.response import UnreadableResponse, read_response
from tests.pricing.usage_objects import (
    ANTHROPIC,
    ANTHROPIC_COUNTS,
    CHAT,
    CONVERSE,
    GEMINI,
    PLAIN_CHAT,
    RESPONSES,
)

UNREADABLE: dict[str, tuple[str, object]] = {
    "no object": ("openai", "usage"),
    "an empty list": ("openai", []),
    "nothing": ("openai", None),
    "an error": ("openai", {"error": {"message": "overloaded"}}),
    "a chunk without usage": ("openai", {"object": "chat.completion.chunk", "usage": None}),
    "a total alone": ("openai", {"usage": {"total_tokens": 15}}),
    "a chat without its output": ("openai", {"usage": {**CHAT, "completion_tokens": None}}),
    "a chat without its input": ("openai", {"usage": {"completion_tokens": 5}}),
    "a negative count": ("openai", {"usage": {**PLAIN_CHAT, "prompt_tokens": -1}}),
    "true as a count": ("openai", {"usage": {**PLAIN_CHAT, "prompt_tokens": True}}),
    "a string as a count": ("openai", {"usage": {**PLAIN_CHAT, "prompt_tokens": "10"}}),
    "a count over 2^63 - 1": ("openai", {"usage": {**PLAIN_CHAT, "prompt_tokens": 1 << 63}}),
    "a count that is no number": (
        "openai",
        {"usage": {**PLAIN_CHAT, "prompt_tokens": Decimal("NaN")}},
    ),
    "details that are a number": ("openai", {"usage": {**CHAT, "prompt_tokens_details": 5}}),
    "a stream that began": (
        "anthropic",
        {"type": "message_start", "message": {"usage": {"input_tokens": 9, "output_tokens": 1}}},
    ),
    "output alone": ("anthropic", {"type": "message_delta", "usage": {"output_tokens": 15}}),
    "images without tokens": ("openai", {"data": [{"url": "…"}]}),
}


@pytest.mark.parametrize(("provider", "body"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_holds_no_whole_usage_is_refused(provider: str, body: object) -> None:
    with pytest.raises(UnreadableResponse):
        read_response(provider, body)


def test_a_refusal_names_the_count_that_is_missing() -> None:
    with pytest.raises(UnreadableResponse, match="completion_tokens is missing"):
        read_response("openai", {"usage": {**CHAT, "completion_tokens": None}})


def test_a_refusal_says_where_usage_was_looked_for() -> None:
    with pytest.raises(UnreadableResponse, match=r"usageMetadata\.…"):
        read_response("google", {"candidates": []})


def test_a_refusal_names_providers_that_are_called_alike() -> None:
    with pytest.raises(UnreadableResponse, match="did you mean anthropic"):
        read_response("antropic", {"content": []})


def test_the_model_is_the_one_that_the_response_names() -> None:
    read = read_response("openai", {"model": "gpt-4o", "usage": PLAIN_CHAT})
    assert read.model == "gpt-4o"


def test_a_streams_model_is_found_within_its_envelope() -> None:
    read = read_response("openai", {"response": {"model": "gpt-5", "usage": RESPONSES}})
    assert read.model == "gpt-5"


def test_the_callers_model_is_not_the_responses() -> None:
    read = read_response("openai", {"model": "gpt-4o", "usage": PLAIN_CHAT}, "gpt-4.1")
    assert read.model == "gpt-4o"


def test_a_response_that_names_no_model_has_none() -> None:
    assert read_response("openai", {"usage": PLAIN_CHAT}, "gpt-4.1").model is None


def test_a_proxys_response_is_read_as_the_provider_that_the_model_names() -> None:
    read = read_response("litellm", {"usage": ANTHROPIC}, "anthropic/claude-sonnet-4-5")
    assert read.quantities == ANTHROPIC_COUNTS


CONTEXTS: dict[str, tuple[str, Any, tuple[str | None, str | None, str | None]]] = {
    "nothing": ("openai", {"usage": PLAIN_CHAT}, (None, None, None)),
    "OpenAI's tier": (
        "openai",
        {"service_tier": "flex", "usage": PLAIN_CHAT},
        (None, "flex", None),
    ),
    "a streamed tier": (
        "openai",
        {"response": {"service_tier": "priority", "usage": RESPONSES}},
        (None, "priority", None),
    ),
    "Anthropic's tier": (
        "anthropic",
        {"usage": {**ANTHROPIC, "service_tier": "priority"}},
        (None, "priority", None),
    ),
    "Anthropic's batch, which it calls a tier": (
        "anthropic",
        {"usage": {**ANTHROPIC, "service_tier": "batch"}},
        ("batch", None, None),
    ),
    "Anthropic's speed": (
        "anthropic",
        {"usage": {**ANTHROPIC, "speed": "fast"}},
        (None, None, "fast"),
    ),
    "Google's tier": (
        "google",
        {"usageMetadata": {**GEMINI, "serviceTier": "FLEX"}},
        (None, "flex", None),
    ),
    "Vertex's kind of traffic": (
        "google",
        {"usageMetadata": {**GEMINI, "trafficType": "ON_DEMAND_PRIORITY"}},
        (None, "priority", None),
    ),
    "Vertex's provisioned throughput": (
        "google",
        {"usageMetadata": {**GEMINI, "trafficType": "PROVISIONED_THROUGHPUT"}},
        (None, "provisioned_throughput", None),
    ),
    "traffic that Vertex does not tell": (
        "google",
        {"usageMetadata": {**GEMINI, "trafficType": "TRAFFIC_TYPE_UNSPECIFIED"}},
        (None, None, None),
    ),
    "traffic by Google's SDK": (
        "google",
        {"usage_metadata": {"prompt_token_count": 1, "traffic_type": "ON_DEMAND_FLEX"}},
        (None, "flex", None),
    ),
    "Mistral's tier, within the usage": (
        "mistral",
        {"usage": {**PLAIN_CHAT, "service_tier": "standard"}},
        (None, "standard", None),
    ),
    "a batch's tier": (
        "openai",
        {
            "custom_id": "a",
            "response": {"body": {"service_tier": "default", "usage": PLAIN_CHAT}},
        },
        ("batch", "default", None),
    ),
    "Amazon's tier": (
        "aws",
        {"usage": CONVERSE, "serviceTier": {"type": "flex"}},
        (None, "flex", None),
    ),
    "Amazon's latency": (
        "aws",
        {"usage": CONVERSE, "performanceConfig": {"latency": "optimized"}},
        (None, None, "optimized"),
    ),
    "Amazon's latency at the end of a stream": (
        "aws",
        [{"metadata": {"usage": CONVERSE, "performanceConfig": {"latency": "optimized"}}}],
        (None, None, "optimized"),
    ),
    "Amazon's latency as usual": (
        "aws",
        {"usage": CONVERSE, "performanceConfig": {"latency": "standard"}},
        (None, None, None),
    ),
    "a tier that is no word": ("openai", {"service_tier": 5, "usage": CHAT}, (None, None, None)),
}


@pytest.mark.parametrize(("provider", "body", "context"), CONTEXTS.values(), ids=CONTEXTS)
def test_how_a_call_was_run_is_read_beside_its_counts(
    provider: str, body: Any, context: tuple[str | None, str | None, str | None]
) -> None:
    read = read_response(provider, body)
    assert (read.processing, read.service_tier, read.speed) == context


@pytest.mark.parametrize(
    ("told", "region"),
    [("us", "us"), ("global", "global"), ("not_available", None), (None, None), (7, None)],
)
def test_where_anthropic_ran_a_call_is_read(told: object, region: str | None) -> None:
    read = read_response("anthropic", {"usage": {**ANTHROPIC, "inference_geo": told}})
    assert read.region == region


def test_how_much_perplexity_searched_for_is_read() -> None:
    usage = {**PLAIN_CHAT, "search_context_size": "low"}
    assert read_response("perplexity", {"usage": usage}).search_context_size == "low"


def _deep(levels: int) -> Any:
    body: Any = 1
    for _ in range(levels):
        body = [body]
    return body


HOSTILE: dict[str, Any] = {
    "100,000 choices": {"choices": [{"message": {}}] * 100_000},
    "lists within lists": {"choices": _deep(100_000), "output": _deep(100_000)},
    "lists within the usage": {"usage": {**PLAIN_CHAT, "iterations": _deep(100_000)}},
    "a charge without end": {"usage": {**PLAIN_CHAT, "cost": _deep(100_000)}},
    "a model without end": {"model": "m" * 1_000_000},
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_body_of_any_size_and_depth_is_read(body: Any) -> None:
    read = read_response("openai", {"usage": PLAIN_CHAT, **body})
    assert read.quantities["input_tokens"] == PLAIN_CHAT["prompt_tokens"]


@pytest.mark.parametrize(
    "body",
    [
        {"output": [{"type": "code_interpreter_call"}] * 10_001},
        {"candidates": [{"groundingMetadata": {}}] * 10_001},
        {"candidates": [{"groundingMetadata": {"webSearchQueries": ["a"] * 10_001}}]},
        {"pages": [{"images": [{}]}] * 10_001},
    ],
    ids=["calls", "candidates", "queries", "pages"],
)
def test_a_list_that_is_too_long_to_be_counted_is_refused(body: Any) -> None:
    with pytest.raises(UnreadableResponse, match="at most 10000 items, and here it has 10001"):
        read_response("openai", {"usage": PLAIN_CHAT, **body})


@pytest.mark.parametrize(
    "usage",
    [
        _deep(100_000),
        {**PLAIN_CHAT, "prompt_tokens": _deep(100_000)},
        {**PLAIN_CHAT, "prompt_tokens_details": _deep(100_000)},
    ],
    ids=["usage", "a count", "details"],
)
def test_lists_within_lists_are_no_counts(usage: Any) -> None:
    with pytest.raises(UnreadableResponse):
        read_response("openai", {"usage": usage})


def test_lists_within_a_list_of_chunks_are_no_chunks() -> None:
    with pytest.raises(UnreadableResponse):
        read_response("openai", _deep(100_000))


def test_more_details_than_there_are_kinds_are_refused() -> None:
    details = [{"modality": "TEXT"}] * 64 + [{"modality": "AUDIO", "tokenCount": 5}]
    usage = {"promptTokenCount": 10, "promptTokensDetails": details}
    with pytest.raises(UnreadableResponse, match=r"promptTokensDetails.* has more than 64 items"):
        read_response("google", {"usageMetadata": usage})
