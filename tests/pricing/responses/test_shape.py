"""Whoever sends it, a known shape is read: the shapes of 30 APIs, and the counts that they hold."""

from __future__ import annotations

from typing import Any

import pytest

from pricing.response import UnreadableResponse, read_response
from pricing.usage import check_quantities

IN_OUT = {"input_tokens": 10, "output_tokens": 5}
CACHED = {**IN_OUT, "cache_read_tokens": 4}
REASONED = {**CACHED, "output_reasoning_tokens": 3}
PROMPT = {"prompt_tokens": 10, "completion_tokens": 5}

BODIES: dict[str, tuple[str, Any, dict[str, int]]] = {
    "nobody's chat": ("nobody", {"usage": PROMPT}, IN_OUT),
    "nobody's chat, usage alone": ("nobody", PROMPT, IN_OUT),
    "nobody's responses": (
        "nobody",
        {
            "usage": {
                "input_tokens": 10,
                "input_tokens_details": {"cached_tokens": 4},
                "output_tokens": 5,
                "output_tokens_details": {"reasoning_tokens": 3},
            }
        },
        REASONED,
    ),
    "nobody's messages, whose input leaves the cache out": (
        "nobody",
        {
            "usage": {
                "input_tokens": 10,
                "cache_read_input_tokens": 4,
                "cache_creation_input_tokens": 0,
                "output_tokens": 5,
            }
        },
        {"input_tokens": 14, "cache_read_tokens": 4, "output_tokens": 5},
    ),
    "LangChain's writes to the cache by lifetime": (
        "anthropic",
        {
            "usage_metadata": {
                "input_tokens": 360,
                "output_tokens": 30,
                "total_tokens": 390,
                "input_token_details": {
                    "cache_read": 10,
                    "cache_creation": 0,
                    "ephemeral_5m_input_tokens": 80,
                    "ephemeral_1h_input_tokens": 70,
                },
            }
        },
        {
            "input_tokens": 360,
            "cache_read_tokens": 10,
            "cache_write_tokens": 150,
            "cache_write_5m_tokens": 80,
            "cache_write_1h_tokens": 70,
            "output_tokens": 30,
        },
    ),
    "LiteLLM's writes to the cache by lifetime": (
        "litellm",
        {
            "model": "claude-opus-4-8",
            "usage": {
                "prompt_tokens": 18770,
                "completion_tokens": 5,
                "total_tokens": 18775,
                "cache_read_input_tokens": 15093,
                "cache_creation_input_tokens": 3674,
                "prompt_tokens_details": {
                    "cached_tokens": 15093,
                    "cache_creation_token_details": {
                        "ephemeral_5m_input_tokens": 0,
                        "ephemeral_1h_input_tokens": 3674,
                    },
                },
            },
        },
        {
            "input_tokens": 18770,
            "cache_read_tokens": 15093,
            "cache_write_tokens": 3674,
            "cache_write_1h_tokens": 3674,
            "output_tokens": 5,
        },
    ),
    "the AI SDK's writes to the cache by lifetime": (
        "anthropic",
        {
            "usage": {
                "inputTokens": 5100,
                "inputTokenDetails": {"cacheReadTokens": 4000, "cacheWriteTokens": 1000},
                "outputTokens": 200,
                "raw": {
                    "input_tokens": 100,
                    "cache_creation": {"ephemeral_1h_input_tokens": 1000},
                },
            }
        },
        {
            "input_tokens": 5100,
            "cache_read_tokens": 4000,
            "cache_write_tokens": 1000,
            "cache_write_1h_tokens": 1000,
            "output_tokens": 200,
        },
    ),
    "responses by OpenRouter's SDK for TypeScript": (
        "openrouter",
        {
            "usage": {
                "inputTokens": 10,
                "inputTokensDetails": {"cachedTokens": 4},
                "outputTokens": 5,
                "outputTokensDetails": {"reasoningTokens": 3},
                "totalTokens": 15,
            }
        },
        REASONED,
    ),
    "a chat by OpenRouter's SDK for TypeScript": (
        "openrouter",
        {
            "usage": {
                "promptTokens": 10,
                "promptTokensDetails": {"cachedTokens": 4},
                "completionTokens": 5,
                "completionTokensDetails": {"reasoningTokens": 3, "audioTokens": None},
                "totalTokens": 15,
            }
        },
        REASONED,
    ),
    "Claude's messages by OpenRouter": (
        "openrouter",
        {
            "type": "message",
            "usage": {"input_tokens": 6, "cache_read_input_tokens": 4, "output_tokens": 5},
        },
        CACHED,
    ),
    "Claude in Azure": (
        "azure",
        {
            "usage": {
                "input_tokens": 10,
                "output_tokens": 5,
                "server_tool_use": {"web_search_requests": 2},
            }
        },
        {**IN_OUT, "web_searches": 2},
    ),
    "nobody's Gemini": (
        "nobody",
        {"usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 5}},
        IN_OUT,
    ),
    "Gemini by its SDK, alone": (
        "google",
        {
            "prompt_token_count": 10,
            "cached_content_token_count": 4,
            "candidates_token_count": 2,
            "thoughts_token_count": 3,
            "prompt_tokens_details": [{"modality": "AUDIO", "token_count": 8}],
        },
        {**REASONED, "input_audio_tokens": 8},
    ),
    "Gemini Live by its SDK": (
        "google",
        {"usage_metadata": {"prompt_token_count": 10, "response_token_count": 5}},
        IN_OUT,
    ),
    "Gemini that was blocked before any output": (
        "google",
        {"usageMetadata": {"promptTokenCount": 10, "totalTokenCount": 10}},
        {"input_tokens": 10},
    ),
    "Interactions with modalities": (
        "google",
        {
            "usage": {
                "total_input_tokens": 10,
                "total_output_tokens": 5,
                "input_tokens_by_modality": [{"modality": "audio", "tokens": 9}],
            }
        },
        {**IN_OUT, "input_audio_tokens": 9},
    ),
    "cached tokens beside the prompt's details": (
        "nobody",
        {"usage": {**PROMPT, "cached_tokens": 4}},
        CACHED,
    ),
    "cached tokens told twice": (
        "deepseek",
        {
            "usage": {
                **PROMPT,
                "prompt_tokens_details": {"cached_tokens": 4},
                "prompt_cache_hit_tokens": 4,
            }
        },
        CACHED,
    ),
    "DeepSeek's cache hits alone": (
        "nobody",
        {"usage": {**PROMPT, "prompt_cache_hit_tokens": 4, "prompt_cache_miss_tokens": 6}},
        CACHED,
    ),
    "Claude's cache in OpenAI's shape, by LiteLLM": (
        "anthropic",
        {
            "usage": {
                **PROMPT,
                "cache_read_input_tokens": 4,
                "cache_creation_input_tokens": 3,
                "completion_tokens_details": {"reasoning_tokens": 2},
            }
        },
        {**CACHED, "cache_write_tokens": 3, "output_reasoning_tokens": 2},
    ),
    "a field that Mistral's SDK did not set": (
        "mistral",
        {"usage": {**PROMPT, "prompt_audio_seconds": {}}},
        IN_OUT,
    ),
    "images in a chat, by OpenRouter": (
        "openrouter",
        {"usage": {**PROMPT, "completion_tokens_details": {"image_tokens": 4}}},
        {**IN_OUT, "output_image_tokens": 4},
    ),
    "Bedrock's OpenAI responses": (
        "aws",
        {"usage": {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}},
        IN_OUT,
    ),
    "Bedrock's metrics, alone": ("aws", {"inputTokenCount": 10, "outputTokenCount": 5}, IN_OUT),
    "Titan's text": (
        "aws",
        {"inputTextTokenCount": 10, "results": [{"tokenCount": 2}, {"tokenCount": 3}]},
        IN_OUT,
    ),
    "Titan's stream, last chunk": (
        "aws",
        {"inputTextTokenCount": 10, "totalOutputTextTokenCount": 5, "completionReason": "FINISH"},
        IN_OUT,
    ),
    "Titan's embeddings": (
        "aws",
        {"embedding": [], "inputTextTokenCount": 10},
        {"input_tokens": 10},
    ),
    "Ollama's chat": (
        "ollama",
        {"message": {"role": "assistant"}, "prompt_eval_count": 10, "eval_count": 5},
        IN_OUT,
    ),
    "Ollama by OpenAI's interface": ("ollama", {"usage": {**PROMPT, "total_tokens": 15}}, IN_OUT),
    "Ollama's embeddings": (
        "ollama",
        {"embeddings": [[]], "prompt_eval_count": 10},
        {"input_tokens": 10},
    ),
    "llama.cpp": ("llamacpp", {"tokens_evaluated": 10, "tokens_predicted": 5}, IN_OUT),
    "Replicate": (
        "replicate",
        {"metrics": {"input_token_count": 10, "output_token_count": 5}},
        IN_OUT,
    ),
    "watsonx": (
        "watsonx",
        {"results": [{"input_token_count": 10, "generated_token_count": 5}]},
        IN_OUT,
    ),
    "LangChain": (
        "langchain",
        {
            "usage_metadata": {
                "input_tokens": 10,
                "output_tokens": 5,
                "input_token_details": {"cache_read": 4},
                "output_token_details": {"reasoning": 3},
            }
        },
        REASONED,
    ),
    "Codex": (
        "openai",
        {
            "input_tokens": 10,
            "cached_input_tokens": 4,
            "output_tokens": 5,
            "reasoning_output_tokens": 3,
        },
        REASONED,
    ),
    "the AI SDK, version 4": (
        "openai",
        {"usage": {"promptTokens": 10, "completionTokens": 5}},
        IN_OUT,
    ),
    "the AI SDK, version 5, alone": (
        "openai",
        {"inputTokens": 10, "outputTokens": 5, "cachedInputTokens": 4, "reasoningTokens": 3},
        REASONED,
    ),
    "the AI SDK, version 5, with Claude's input that leaves the cache out": (
        "anthropic",
        {"usage": {"inputTokens": 3, "outputTokens": 5, "cachedInputTokens": 7}},
        {**IN_OUT, "cache_read_tokens": 7},
    ),
    "the AI SDK, version 6": (
        "openai",
        {
            "usage": {
                "inputTokens": 10,
                "inputTokenDetails": {
                    "noCacheTokens": 5,
                    "cacheReadTokens": 4,
                    "cacheWriteTokens": 1,
                },
                "outputTokens": 5,
                "outputTokenDetails": {"textTokens": 2, "reasoningTokens": 3},
                "cachedInputTokens": 4,
                "reasoningTokens": 3,
            }
        },
        {**REASONED, "cache_write_tokens": 1},
    ),
    "the AI SDK's providers": (
        "openai",
        {
            "usage": {
                "inputTokens": {"total": 10, "noCache": 6, "cacheRead": 4, "cacheWrite": None},
                "outputTokens": {"total": 5, "text": 2, "reasoning": 3},
            }
        },
        REASONED,
    ),
    "embeddings of whom one likes": (
        "nobody",
        {"object": "list", "usage": {"prompt_tokens": 10, "total_tokens": 10}},
        {"input_tokens": 10},
    ),
    "embeddings that count a total alone": (
        "nobody",
        {"object": "list", "usage": {"total_tokens": 10}},
        {"input_tokens": 10},
    ),
    "Voyage's usage alone": ("voyageai", {"total_tokens": 10}, {"input_tokens": 10}),
    "Jina's ranking": (
        "jina",
        {"results": [{"index": 0}], "usage": {"total_tokens": 10}},
        {"input_tokens": 10},
    ),
    "Cohere's ranking": (
        "cohere",
        {"results": [], "meta": {"billed_units": {"search_units": 2}}},
        {"rerank_searches": 2},
    ),
    "Cohere's ranking, elsewhere": (
        "azure",
        {"results": [], "meta": {"billed_units": {"search_units": 2}}},
        {"rerank_searches": 2},
    ),
    "Vertex AI's embeddings": (
        "google",
        {
            "predictions": [
                {"embeddings": {"statistics": {"token_count": 6}}},
                {"embeddings": {"statistics": {"token_count": 4}}},
            ]
        },
        {"input_tokens": 10},
    ),
    "Azure's realtime": (
        "azure",
        {
            "type": "response.done",
            "response": {
                "usage": {
                    "input_tokens": 10,
                    "output_tokens": 5,
                    "input_token_details": {"audio_tokens": 6, "cached_tokens": 4},
                    "output_token_details": {"audio_tokens": 3},
                }
            },
        },
        {**CACHED, "input_audio_tokens": 6, "output_audio_tokens": 3},
    ),
}


@pytest.mark.parametrize(("provider", "body", "counts"), BODIES.values(), ids=BODIES)
def test_a_known_shape_is_read_whoever_sends_it(
    provider: str, body: Any, counts: dict[str, int]
) -> None:
    read = read_response(provider, body).quantities
    check_quantities(read)
    assert {unit: count for unit, count in read.items() if count} == counts


MISSING: dict[str, tuple[str, Any, str]] = {
    "a message_delta that reports output alone": (
        "anthropic",
        {"type": "message_delta", "usage": {"output_tokens": 5}},
        "input_tokens is missing: a message_delta",
    ),
    "a chat that the total says had output": (
        "openai",
        {"usage": {"prompt_tokens": 10, "total_tokens": 15}},
        "completion_tokens is missing",
    ),
    "an Ollama answer without its prompt": (
        "ollama",
        {"eval_count": 5},
        "prompt_eval_count is missing",
    ),
    "half of a response of OpenAI": (
        "openai",
        {"usage": {"output_tokens": 5}},
        "input_tokens is missing",
    ),
    "half of the AI SDK's usage": (
        "openai",
        {"usage": {"outputTokens": 5}},
        "inputTokens is missing",
    ),
    "tokens that were counted, and not used": (
        "google",
        {"totalTokens": 9, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 9}]},
        "promptTokenCount is missing",
    ),
    "tokens that Anthropic counted before a call": (
        "anthropic",
        {"input_tokens": 19},
        "output_tokens is missing",
    ),
    "a chunk before the last": (
        "openai",
        {"object": "chat.completion.chunk", "usage": None},
        "usage is null",
    ),
    "an error": ("openai", {"error": {"message": "overloaded"}}, "is an error"),
}


@pytest.mark.parametrize(("provider", "body", "words"), MISSING.values(), ids=MISSING)
def test_a_refusal_says_what_is_missing(provider: str, body: Any, words: str) -> None:
    with pytest.raises(UnreadableResponse, match=words):
        read_response(provider, body)


def test_a_proxys_response_is_read_without_a_known_model() -> None:
    read = read_response("litellm", {"model": "gpt-4o", "usage": PROMPT}, "my-alias")
    assert (read.model, read.quantities) == ("gpt-4o", IN_OUT)


@pytest.mark.parametrize(
    ("body", "model"),
    [
        (
            {"model_version": "gemini-2.5-flash", "usage_metadata": {"prompt_token_count": 1}},
            "gemini-2.5-flash",
        ),
        ({"model": "llama3", "prompt_eval_count": 1, "eval_count": 1}, "llama3"),
        (
            {
                "usage_metadata": {"input_tokens": 1, "output_tokens": 1},
                "response_metadata": {"model_name": "gpt-5"},
            },
            "gpt-5",
        ),
        (
            {"response": {"modelId": "gpt-5"}, "usage": {"promptTokens": 1, "completionTokens": 1}},
            "gpt-5",
        ),
    ],
    ids=["Google's SDK", "Ollama", "LangChain", "the AI SDK"],
)
def test_the_model_is_found_where_the_shape_has_it(body: Any, model: str) -> None:
    assert read_response("nobody", body).model == model
