"""Which of a provider's interfaces a response came from is found from its shape."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pricing.response import read_response
from tests.pricing.usage_objects import (
    ANTHROPIC,
    ANTHROPIC_COUNTS,
    CHAT,
    CHAT_COUNTS,
    COHERE,
    COHERE_COUNTS,
    CONVERSE,
    GEMINI,
    PLAIN_CHAT,
    PLAIN_COUNTS,
    REALTIME,
    RESPONSES,
    RESPONSES_COUNTS,
)

BODIES: dict[str, tuple[str, dict[str, Any], dict[str, int]]] = {
    "OpenAI chat": ("openai", {"model": "gpt-4o", "usage": CHAT}, CHAT_COUNTS),
    "OpenAI chat, last chunk of a stream": (
        "openai",
        {"object": "chat.completion.chunk", "choices": [], "model": "gpt-4o", "usage": CHAT},
        CHAT_COUNTS,
    ),
    "OpenAI chat, usage alone": ("openai", CHAT, CHAT_COUNTS),
    "OpenAI responses": ("openai", {"model": "gpt-5", "usage": RESPONSES}, RESPONSES_COUNTS),
    "OpenAI responses, end of a stream": (
        "openai",
        {"type": "response.completed", "response": {"model": "gpt-5", "usage": RESPONSES}},
        RESPONSES_COUNTS,
    ),
    "OpenAI responses, usage alone": ("openai", RESPONSES, RESPONSES_COUNTS),
    "OpenAI embeddings": ("openai", {"usage": {"prompt_tokens": 8}}, {"input_tokens": 8}),
    "OpenAI realtime, end of a turn": (
        "openai",
        {"type": "response.done", "response": {"usage": REALTIME}},
        {
            "input_tokens": 60,
            "input_text_tokens": 20,
            "input_audio_tokens": 40,
            "cache_read_tokens": 10,
            "cache_text_read_tokens": 4,
            "cache_audio_read_tokens": 6,
            "output_tokens": 40,
            "output_text_tokens": 10,
            "output_audio_tokens": 30,
        },
    ),
    "OpenAI images": (
        "openai",
        {
            "data": [{"b64_json": "…"}],
            "usage": {
                "input_tokens": 50,
                "output_tokens": 1056,
                "input_tokens_details": {"text_tokens": 10, "image_tokens": 40},
            },
        },
        {
            "input_tokens": 50,
            "input_text_tokens": 10,
            "input_image_tokens": 40,
            "output_tokens": 1056,
        },
    ),
    "OpenAI transcription by tokens": (
        "openai",
        {
            "text": "…",
            "usage": {
                "type": "tokens",
                "input_tokens": 14,
                "input_token_details": {"text_tokens": 2, "audio_tokens": 12},
                "output_tokens": 45,
            },
        },
        {
            "input_tokens": 14,
            "input_text_tokens": 2,
            "input_audio_tokens": 12,
            "output_tokens": 45,
        },
    ),
    "OpenAI transcription by seconds": (
        "openai",
        {"text": "…", "usage": {"type": "duration", "seconds": 9}},
        {"audio_seconds": 9},
    ),
    "Azure chat": ("azure", {"prompt_filter_results": [], "usage": CHAT}, CHAT_COUNTS),
    "Azure responses, end of a stream": (
        "azure",
        {"type": "response.completed", "response": {"usage": RESPONSES}},
        RESPONSES_COUNTS,
    ),
    "Anthropic with both kinds of cache writes": (
        "anthropic",
        {"model": "claude-sonnet-4-5", "usage": ANTHROPIC},
        ANTHROPIC_COUNTS,
    ),
    "Anthropic, usage alone": ("anthropic", ANTHROPIC, ANTHROPIC_COUNTS),
    "Anthropic, end of a stream": (
        "anthropic",
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": ANTHROPIC},
        ANTHROPIC_COUNTS,
    ),
    "Anthropic with searches and thinking": (
        "anthropic",
        {
            "usage": {
                "input_tokens": 10,
                "output_tokens": 50,
                "cache_creation": None,
                "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 1},
                "output_tokens_details": {"thinking_tokens": 30},
            }
        },
        {
            "input_tokens": 10,
            "output_tokens": 50,
            "output_reasoning_tokens": 30,
            "web_searches": 2,
        },
    ),
    "Anthropic by OpenAI's interface": ("anthropic", {"usage": PLAIN_CHAT}, PLAIN_COUNTS),
    "Anthropic on Vertex": ("google", {"model": "claude", "usage": ANTHROPIC}, ANTHROPIC_COUNTS),
    "Anthropic on Bedrock": ("aws", {"model": "claude", "usage": ANTHROPIC}, ANTHROPIC_COUNTS),
    "Gemini with thoughts, tools, caches and modalities": (
        "google",
        {"modelVersion": "gemini-2.5-flash", "usageMetadata": GEMINI},
        {
            "input_tokens": 107,
            "input_text_tokens": 60,
            "input_audio_tokens": 30,
            "input_image_tokens": 10,
            "input_tool_tokens": 7,
            "cache_read_tokens": 40,
            "cache_text_read_tokens": 25,
            "cache_audio_read_tokens": 15,
            "output_tokens": 70,
            "output_reasoning_tokens": 50,
        },
    ),
    "Gemini, usage alone": (
        "google",
        {"promptTokenCount": 10, "candidatesTokenCount": 5},
        PLAIN_COUNTS,
    ),
    "Gemini live": (
        "google",
        {
            "usageMetadata": {
                "promptTokenCount": 10,
                "responseTokenCount": 5,
                "responseTokensDetails": [{"modality": "AUDIO", "tokenCount": 4}],
                "thoughtsTokenCount": 3,
            }
        },
        {
            "input_tokens": 10,
            "output_tokens": 8,
            "output_audio_tokens": 4,
            "output_reasoning_tokens": 3,
        },
    ),
    "Gemini by OpenAI's interface": ("google", {"usage": PLAIN_CHAT}, PLAIN_COUNTS),
    "Bedrock converse": (
        "aws",
        {"output": {}, "usage": CONVERSE, "metrics": {"latencyMs": 900}},
        {
            "input_tokens": 60,
            "cache_read_tokens": 10,
            "cache_write_tokens": 20,
            "cache_write_5m_tokens": 15,
            "cache_write_1h_tokens": 5,
            "output_tokens": 50,
        },
    ),
    "Bedrock converse, end of a stream": (
        "aws",
        {"metadata": {"usage": {"inputTokens": 10, "outputTokens": 5}, "metrics": {}}},
        PLAIN_COUNTS,
    ),
    "Mistral chat": (
        "mistral",
        {"usage": {**PLAIN_CHAT, "prompt_tokens_details": None, "num_cached_tokens": 0}},
        PLAIN_COUNTS,
    ),
    "Mistral documents": (
        "mistral",
        {"pages": [{"images": []}], "usage_info": {"pages_processed": 3, "doc_size_bytes": 99}},
        {"input_document_pages": 3},
    ),
    "Mistral documents with annotations": (
        "mistral",
        {"document_annotation": "{}", "usage_info": {"pages_processed": 3}},
        {"input_document_pages": 3, "input_annotated_document_pages": 3},
    ),
    "Groq chat": (
        "groq",
        {"usage": {**PLAIN_CHAT, "queue_time": Decimal("0.1")}, "x_groq": {"id": "req"}},
        PLAIN_COUNTS,
    ),
    "Groq chat, end of a stream": ("groq", {"x_groq": {"usage": PLAIN_CHAT}}, PLAIN_COUNTS),
    "OpenRouter chat": (
        "openrouter",
        {"usage": {**CHAT, "cost": Decimal("0.01"), "is_byok": False, "cost_details": None}},
        CHAT_COUNTS,
    ),
    "OpenRouter responses, end of a stream": (
        "openrouter",
        {"type": "response.completed", "response": {"usage": RESPONSES}},
        RESPONSES_COUNTS,
    ),
    "Cohere chat": ("cohere", {"usage": COHERE}, COHERE_COUNTS),
    "Cohere chat, end of a stream": (
        "cohere",
        {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": COHERE}},
        COHERE_COUNTS,
    ),
    "Cohere chat, first version": ("cohere", {"meta": COHERE}, COHERE_COUNTS),
    "Cohere embeddings": (
        "cohere",
        {"meta": {"billed_units": {"input_tokens": 2}}},
        {"input_tokens": 2},
    ),
    "DeepSeek chat": (
        "deepseek",
        {
            "usage": {
                **PLAIN_CHAT,
                "prompt_tokens_details": {"cached_tokens": 4},
                "prompt_cache_hit_tokens": 4,
                "prompt_cache_miss_tokens": 6,
            }
        },
        {**PLAIN_COUNTS, "cache_read_tokens": 4},
    ),
    "xAI chat, whose output leaves reasoning out": (
        "x-ai",
        {
            "usage": {
                "prompt_tokens": 32,
                "completion_tokens": 9,
                "completion_tokens_details": {"reasoning_tokens": 94},
            }
        },
        {"input_tokens": 32, "output_tokens": 103, "output_reasoning_tokens": 94},
    ),
    "xAI responses, whose output holds reasoning": (
        "x-ai",
        {"usage": RESPONSES},
        RESPONSES_COUNTS,
    ),
    "Perplexity with citations and searches": (
        "perplexity",
        {"usage": {**PLAIN_CHAT, "citation_tokens": 7, "num_search_queries": 2}},
        {
            "input_tokens": 10,
            "output_tokens": 12,
            "output_citation_tokens": 7,
            "web_searches": 2,
        },
    ),
    "Cloudflare's own interface": (
        "cloudflare",
        {"result": {"response": "…", "usage": PLAIN_CHAT}, "success": True},
        PLAIN_COUNTS,
    ),
    "Cursor's usage event": (
        "cursor",
        {
            "tokenUsage": {
                "inputTokens": 1,
                "outputTokens": 2,
                "cacheWriteTokens": 3,
                "cacheReadTokens": 4,
            }
        },
        {"input_tokens": 8, "output_tokens": 2, "cache_write_tokens": 3, "cache_read_tokens": 4},
    ),
}


@pytest.mark.parametrize(("provider", "body", "counts"), BODIES.values(), ids=BODIES)
def test_a_response_is_read_by_its_shape(
    provider: str, body: dict[str, Any], counts: dict[str, int]
) -> None:
    read = read_response(provider, body).quantities
    assert {unit: count for unit, count in read.items() if count} == counts
