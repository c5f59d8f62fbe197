"""Responses that contradict themselves are read as far as they are certain, and marked."""

from __future__ import annotations

from typing import Any

import pytest

from models.cost import CostReasonCode
from pricing.response import read_response
from pricing.usage import check_quantities


def _chat(prompt: int, completion: int, total: int | None = None, **more: Any) -> dict[str, Any]:
    usage = {"prompt_tokens": prompt, "completion_tokens": completion, **more}
    return {"usage": usage if total is None else {**usage, "total_tokens": total}}


def _reasoning(tokens: int) -> dict[str, Any]:
    return {"completion_tokens_details": {"reasoning_tokens": tokens}}


def _cached(tokens: int, **more: int) -> dict[str, Any]:
    return {"prompt_tokens_details": {"cached_tokens": tokens, **more}}


EXPLAINED: dict[str, tuple[str, dict[str, Any], dict[str, int]]] = {
    "Gemini's thinking, in the total alone": (
        "google",
        _chat(20, 198, 623),
        {"input_tokens": 20, "output_tokens": 603},
    ),
    "Gemini's thinking by a gateway": (
        "openrouter",
        {"model": "google/gemini-2.5-pro", **_chat(20, 198, 623)},
        {"input_tokens": 20, "output_tokens": 603},
    ),
    "reasoning apart, as the total proves": (
        "google",
        _chat(21, 0, 81, **_reasoning(60)),
        {"input_tokens": 21, "output_tokens": 60, "output_reasoning_tokens": 60},
    ),
    "xAI's reasoning by Azure": (
        "azure",
        _chat(12, 1, 241, **_reasoning(228)),
        {"input_tokens": 12, "output_tokens": 229, "output_reasoning_tokens": 228},
    ),
    "xAI's reasoning, where the total says that it is within": (
        "x-ai",
        _chat(12, 229, 241, **_reasoning(228)),
        {"input_tokens": 12, "output_tokens": 229, "output_reasoning_tokens": 228},
    ),
    "audio apart": (
        "mistral",
        _chat(9, 248, 632, prompt_tokens_details={"audio_tokens": 375}),
        {"input_tokens": 384, "output_tokens": 248, "input_audio_tokens": 375},
    ),
    "a cache apart": (
        "nobody",
        _chat(10, 5, 75, **_cached(60)),
        {"input_tokens": 70, "output_tokens": 5, "cache_read_tokens": 60},
    ),
    "a cache read and written apart": (
        "nobody",
        _chat(10, 5, 85, **_cached(60, cache_write_tokens=10)),
        {
            "input_tokens": 80,
            "output_tokens": 5,
            "cache_read_tokens": 60,
            "cache_write_tokens": 10,
        },
    ),
    "Perplexity's citations and reasoning, which its total leaves out": (
        "perplexity",
        _chat(33, 7163, 7196, citation_tokens=19028, reasoning_tokens=95305),
        {
            "input_tokens": 33,
            "output_tokens": 121496,
            "output_citation_tokens": 19028,
            "output_reasoning_tokens": 95305,
        },
    ),
    "Gemini's tools, within its total": (
        "google",
        {
            "usageMetadata": {
                "promptTokenCount": 10,
                "toolUsePromptTokenCount": 7,
                "candidatesTokenCount": 5,
                "thoughtsTokenCount": 3,
                "totalTokenCount": 25,
            }
        },
        {
            "input_tokens": 17,
            "input_tool_tokens": 7,
            "output_tokens": 8,
            "output_reasoning_tokens": 3,
        },
    ),
    "a total of Anthropic's that leaves the cache out": (
        "nobody",
        {
            "usage": {
                "input_tokens": 10,
                "cache_read_input_tokens": 4,
                "output_tokens": 5,
                "total_tokens": 15,
            }
        },
        {"input_tokens": 14, "cache_read_tokens": 4, "output_tokens": 5},
    ),
}


@pytest.mark.parametrize(("provider", "body", "counts"), EXPLAINED.values(), ids=EXPLAINED)
def test_a_total_that_a_habit_explains_is_counted_so(
    provider: str, body: dict[str, Any], counts: dict[str, int]
) -> None:
    read = read_response(provider, body)
    nonzero = {unit: count for unit, count in read.quantities.items() if count}
    assert (nonzero, read.reasons) == (counts, ())


DOUBTED: dict[str, tuple[str, dict[str, Any], list[str], dict[str, int]]] = {
    "a total over the sum": (
        "openai",
        _chat(10, 5, 99),
        ["total_tokens"],
        {"input_tokens": 10, "output_tokens": 5},
    ),
    "a total below the sum": (
        "openai",
        _chat(10, 5, 12),
        ["total_tokens"],
        {"input_tokens": 10, "output_tokens": 5},
    ),
    "a total of Gemini's own API": (
        "google",
        {
            "usageMetadata": {
                "promptTokenCount": 10,
                "candidatesTokenCount": 5,
                "totalTokenCount": 99,
            }
        },
        ["total_tokens"],
        {"input_tokens": 10, "output_tokens": 5},
    ),
    "more cached than prompt": (
        "azure",
        _chat(7, 1, 8, **_cached(163)),
        ["prompt_tokens_details.cached_tokens"],
        {"input_tokens": 7, "output_tokens": 1},
    ),
    "more reasoning than completion": (
        "openrouter",
        _chat(10, 5, 15, **_reasoning(20)),
        ["completion_tokens_details.reasoning_tokens"],
        {"input_tokens": 10, "output_tokens": 5},
    ),
    "more read and written together than prompt": (
        "openrouter",
        _chat(2168, 100, 2268, **_cached(2161, cache_write_tokens=2161)),
        ["prompt_tokens_details.cached_tokens", "prompt_tokens_details.cache_write_tokens"],
        {"input_tokens": 2168, "output_tokens": 100},
    ),
    "more of a modality than prompt": (
        "google",
        {
            "usageMetadata": {
                "promptTokenCount": 50,
                "responseTokenCount": 5,
                "promptTokensDetails": [
                    {"modality": "TEXT", "tokenCount": 535},
                    {"modality": "AUDIO", "tokenCount": 50},
                ],
            }
        },
        ["promptTokensDetails"],
        {"input_tokens": 50, "output_tokens": 5, "input_audio_tokens": 50},
    ),
    "cached text, and nothing cached": (
        "openai",
        {
            "usage": {
                "input_tokens": 10,
                "output_tokens": 5,
                "input_token_details": {"cached_tokens_details": {"text_tokens": 4}},
            }
        },
        ["input_token_details.cached_tokens_details.text_tokens"],
        {"input_tokens": 10, "output_tokens": 5},
    ),
    "more writes of a lifetime than writes": (
        "anthropic",
        {
            "usage": {
                "input_tokens": 10,
                "output_tokens": 5,
                "cache_creation_input_tokens": 3,
                "cache_creation": {"ephemeral_5m_input_tokens": 9},
            }
        },
        ["cache_creation.ephemeral_5m_input_tokens"],
        {"input_tokens": 13, "output_tokens": 5, "cache_write_tokens": 3},
    ),
}


@pytest.mark.parametrize(("provider", "body", "fields", "counts"), DOUBTED.values(), ids=DOUBTED)
def test_what_cannot_be_is_dropped_and_named(
    provider: str, body: dict[str, Any], fields: list[str], counts: dict[str, int]
) -> None:
    read = read_response(provider, body)
    check_quantities(read.quantities)
    nonzero = {unit: count for unit, count in read.quantities.items() if count}
    assert (nonzero, [reason.subject for reason in read.reasons]) == (counts, fields)


def test_what_contradicts_itself_is_a_contradiction() -> None:
    [reason] = read_response("openai", _chat(10, 5, 99)).reasons
    assert reason.code is CostReasonCode.CONTRADICTION


def _written(at_start: dict[str, int]) -> list[dict[str, Any]]:
    usage = {"input_tokens": 10, "cache_creation_input_tokens": 3068, "output_tokens": 1}
    end = {"cache_creation_input_tokens": 3337, "output_tokens": 5}
    return [
        {"type": "message_start", "message": {"usage": {**usage, "cache_creation": at_start}}},
        {"type": "message_delta", "usage": end},
    ]


def test_later_writes_of_an_unknown_lifetime_are_a_contradiction_beside_some_for_an_hour() -> None:
    read = read_response("anthropic", _written({"ephemeral_1h_input_tokens": 3068}))
    assert [reason.subject for reason in read.reasons] == ["cache_creation_input_tokens"]


def test_later_writes_beside_some_for_five_minutes_are_for_five_minutes() -> None:
    start = {"ephemeral_5m_input_tokens": 3068, "ephemeral_1h_input_tokens": 0}
    read = read_response("anthropic", _written(start))
    assert (read.quantities["cache_write_tokens"], read.reasons) == (3337, ())
