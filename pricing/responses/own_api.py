"""Descriptions of APIs that genai-prices does not describe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from genai_prices.types import (
    ArrayMatch,
    ClauseEquals,
    UsageExtractor,
    UsageExtractorMapping,
)

from pricing.responses.family import AI_SDK, AI_SDK_4


def _api(
    flavor: str, root: str | Sequence[str], *fields: tuple[str, str], optional: str = ""
) -> UsageExtractor:
    """An API that genai-prices does not describe: dotted names and the units they go into."""
    return UsageExtractor(
        list(root) if not isinstance(root, str) else root,
        [
            UsageExtractorMapping(
                name if "." not in name else list(name.split(".")),
                unit,
                required=name not in optional.split(),
            )
            for name, unit in fields
        ],
        api_flavor=flavor,
    )


def _with_modalities(extractor: UsageExtractor) -> UsageExtractor:
    """The same with Google's lists of how many tokens are of which modality."""
    mappings = [
        UsageExtractorMapping(
            [
                f"{direction}_tokens_by_modality",
                ArrayMatch("array-match", "modality", ClauseEquals(modality)),
                "tokens",
            ],
            f"{direction}_{modality}_tokens",
            required=False,
        )
        for direction in ("input", "output")
        for modality in ("audio", "image", "video")
    ]
    return replace(extractor, mappings=[*extractor.mappings, *mappings])


OWN_APIS = (
    # The AI SDK of Vercel: version 5 and 6, their providers' own object, version 4.
    _api(AI_SDK, "usage", ("inputTokens", "input_tokens"), ("outputTokens", "output_tokens")),
    _api(
        AI_SDK,
        "usage",
        ("inputTokens.total", "input_tokens"),
        ("outputTokens.total", "output_tokens"),
    ),
    _api(
        AI_SDK_4,
        "usage",
        ("promptTokens", "input_tokens"),
        ("completionTokens", "output_tokens"),
    ),
    # The last event of each of Bedrock's InvokeModel streams.
    _api(
        "invocation metrics",
        "amazon-bedrock-invocationMetrics",
        ("inputTokenCount", "input_tokens"),
        ("outputTokenCount", "output_tokens"),
        ("cacheReadInputTokenCount", "input_tokens"),
        ("cacheReadInputTokenCount", "cache_read_tokens"),
        ("cacheWriteInputTokenCount", "input_tokens"),
        ("cacheWriteInputTokenCount", "cache_write_tokens"),
        optional="cacheReadInputTokenCount cacheWriteInputTokenCount",
    ),
    _api(
        "llama",
        "usage",
        ("prompt_token_count", "input_tokens"),
        ("generation_token_count", "output_tokens"),
    ),
    _api(
        "replicate",
        "metrics",
        ("input_token_count", "input_tokens"),
        ("output_token_count", "output_tokens"),
    ),
    _api(
        "llama.cpp",
        "usage",
        ("tokens_evaluated", "input_tokens"),
        ("tokens_predicted", "output_tokens"),
    ),
    _api(
        "aleph alpha",
        "usage",
        ("num_tokens_prompt_total", "input_tokens"),
        ("num_tokens_generated", "output_tokens"),
    ),
    # Ollama's chat and generation, and its embeddings, which have no output.
    _api("ollama", "usage", ("prompt_eval_count", "input_tokens"), ("eval_count", "output_tokens")),
    _api("ollama embeddings", "usage", ("prompt_eval_count", "input_tokens")),
    # Google's Interactions (https://ai.google.dev/gemini-api/docs/interactions).
    _with_modalities(
        _api(
            "interactions",
            "usage",
            ("total_input_tokens", "input_tokens"),
            ("total_tool_use_tokens", "input_tokens"),
            ("total_tool_use_tokens", "input_tool_tokens"),
            ("total_cached_tokens", "cache_read_tokens"),
            ("total_output_tokens", "output_tokens"),
            ("total_thought_tokens", "output_tokens"),
            ("total_thought_tokens", "output_reasoning_tokens"),
            optional="total_tool_use_tokens total_cached_tokens total_thought_tokens",
        )
    ),
    _api("rerank", ("meta", "billed_units"), ("search_units", "rerank_searches")),
    _api(
        "langchain",
        "usage_metadata",
        ("input_tokens", "input_tokens"),
        ("output_tokens", "output_tokens"),
    ),
)
