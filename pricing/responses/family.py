"""Families of usage objects, and the names that APIs of a family use for parts.

Most providers use OpenAI's, Anthropic's or Google's usage object, and some put parts elsewhere in
it: cached tokens have five names in OpenAI's chat shape alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from pricing.responses.field import field_at
from pricing.responses.layout import Further

CHAT = "chat"
RESPONSES = "responses"
MESSAGES = "messages"
CONVERSE = "converse"
GEMINI = "gemini"
AI_SDK = "ai sdk"
AI_SDK_4 = "ai sdk 4"
EMBEDDINGS = "embeddings"
REALTIME = "realtime"
IMAGES = "images"
# Anthropic's names of what was written to the cache for five minutes and for an hour.
_5M = "ephemeral_5m_input_tokens"
_1H = "ephemeral_1h_input_tokens"


def _parts(*names: tuple[str, str] | tuple[str, str, str]) -> tuple[Further, ...]:
    """Dotted names with their units; a third word is the whole that the part must be added to."""
    return tuple(
        Further(field_at(name[0].split(".")), name[1], name[2] if len(name) == 3 else None)
        for name in names
    )


# By family: names of parts. The first one that is there counts.
FURTHER: Mapping[str, tuple[Further, ...]] = {
    CHAT: _parts(
        ("prompt_tokens_details.cached_tokens", "cache_read_tokens"),
        ("prompt_token_details.cached_tokens", "cache_read_tokens"),
        ("prompt_cache_hit_tokens", "cache_read_tokens"),
        ("cache_read_input_tokens", "cache_read_tokens"),
        ("cached_tokens", "cache_read_tokens"),
        ("prompt_tokens_details.cache_write_tokens", "cache_write_tokens"),
        ("prompt_tokens_details.cache_creation_tokens", "cache_write_tokens"),
        ("cache_creation_input_tokens", "cache_write_tokens"),
        (f"prompt_tokens_details.cache_creation_token_details.{_5M}", "cache_write_5m_tokens"),
        (f"prompt_tokens_details.cache_creation_token_details.{_1H}", "cache_write_1h_tokens"),
        ("prompt_tokens_details.audio_tokens", "input_audio_tokens"),
        ("prompt_token_details.audio_tokens", "input_audio_tokens"),
        ("completion_tokens_details.reasoning_tokens", "output_reasoning_tokens"),
        ("completion_token_details.reasoning_tokens", "output_reasoning_tokens"),
        ("reasoning_tokens", "output_reasoning_tokens"),
        ("completion_tokens_details.audio_tokens", "output_audio_tokens"),
        ("completion_tokens_details.image_tokens", "output_image_tokens"),
        ("prompt_audio_seconds", "input_audio_seconds", "audio_seconds"),
        ("server_tool_use_details.web_search_requests", "web_searches"),
        ("server_tool_use.web_search_requests", "web_searches"),
        ("prompt_tokens_details.web_search_requests", "web_searches"),
    ),
    RESPONSES: _parts(
        ("input_tokens_details.cached_tokens", "cache_read_tokens"),
        ("input_token_details.cached_tokens", "cache_read_tokens"),
        ("input_token_details.cache_read", "cache_read_tokens"),
        ("cache_read_tokens", "cache_read_tokens"),
        ("cached_input_tokens", "cache_read_tokens"),
        ("input_tokens_details.cache_write_tokens", "cache_write_tokens"),
        ("input_token_details.cache_creation", "cache_write_tokens"),
        ("cache_write_tokens", "cache_write_tokens"),
        (f"input_token_details.{_5M}", "cache_write_5m_tokens"),
        (f"input_token_details.{_1H}", "cache_write_1h_tokens"),
        ("input_tokens_details.audio_tokens", "input_audio_tokens"),
        ("input_token_details.audio_tokens", "input_audio_tokens"),
        ("input_token_details.audio", "input_audio_tokens"),
        ("input_audio_tokens", "input_audio_tokens"),
        ("input_tokens_details.image_tokens", "input_image_tokens"),
        ("output_tokens_details.reasoning_tokens", "output_reasoning_tokens"),
        ("output_token_details.reasoning_tokens", "output_reasoning_tokens"),
        ("output_token_details.reasoning", "output_reasoning_tokens"),
        ("reasoning_output_tokens", "output_reasoning_tokens"),
        ("output_tokens_details.audio_tokens", "output_audio_tokens"),
        ("output_token_details.audio_tokens", "output_audio_tokens"),
        ("output_token_details.audio", "output_audio_tokens"),
        ("output_audio_tokens", "output_audio_tokens"),
        ("output_tokens_details.image_tokens", "output_image_tokens"),
        ("server_tool_use_details.web_search_requests", "web_searches"),
        ("server_tool_use.web_search_requests", "web_searches"),
    ),
    MESSAGES: _parts(
        (f"cache_creation.{_5M}", "cache_write_5m_tokens"),
        (f"cache_creation.{_1H}", "cache_write_1h_tokens"),
        ("output_tokens_details.thinking_tokens", "output_reasoning_tokens"),
        ("output_tokens_details.reasoning_tokens", "output_reasoning_tokens"),
        ("server_tool_use.web_search_requests", "web_searches"),
    ),
    # Converse used these names at its launch; InvokeModel of Nova still does.
    CONVERSE: _parts(
        ("cacheReadInputTokenCount", "cache_read_tokens", "input_tokens"),
        ("cacheWriteInputTokenCount", "cache_write_tokens", "input_tokens"),
    ),
    AI_SDK: _parts(
        ("inputTokenDetails.cacheReadTokens", "cache_read_tokens"),
        ("inputTokenDetails.cacheWriteTokens", "cache_write_tokens"),
        ("cachedInputTokens", "cache_read_tokens"),
        ("outputTokenDetails.reasoningTokens", "output_reasoning_tokens"),
        ("reasoningTokens", "output_reasoning_tokens"),
        # OpenRouter's SDK for TypeScript.
        ("inputTokensDetails.cachedTokens", "cache_read_tokens"),
        ("inputTokensDetails.cacheWriteTokens", "cache_write_tokens"),
        ("inputTokensDetails.audioTokens", "input_audio_tokens"),
        ("outputTokensDetails.reasoningTokens", "output_reasoning_tokens"),
        ("outputTokensDetails.audioTokens", "output_audio_tokens"),
        ("inputTokens.cacheRead", "cache_read_tokens"),
        ("inputTokens.cacheWrite", "cache_write_tokens"),
        ("outputTokens.reasoning", "output_reasoning_tokens"),
        # Since version 6 the provider's own usage object is within.
        (f"raw.cache_creation.{_5M}", "cache_write_5m_tokens"),
        (f"raw.cache_creation.{_1H}", "cache_write_1h_tokens"),
    ),
    # OpenRouter's names for chat are those of version 4 with details.
    AI_SDK_4: _parts(
        ("promptTokensDetails.cachedTokens", "cache_read_tokens"),
        ("promptTokensDetails.cacheWriteTokens", "cache_write_tokens"),
        ("promptTokensDetails.audioTokens", "input_audio_tokens"),
        ("completionTokensDetails.reasoningTokens", "output_reasoning_tokens"),
        ("completionTokensDetails.audioTokens", "output_audio_tokens"),
    ),
}
