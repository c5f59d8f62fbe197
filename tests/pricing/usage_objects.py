"""Usage objects as providers send them, and the counts that they stand for."""

from __future__ import annotations

CHAT = {
    "prompt_tokens": 100,
    "completion_tokens": 50,
    "total_tokens": 150,
    "prompt_tokens_details": {"cached_tokens": 40, "audio_tokens": 10},
    "completion_tokens_details": {"reasoning_tokens": 20, "audio_tokens": 5},
}
CHAT_COUNTS = {
    "input_tokens": 100,
    "cache_read_tokens": 40,
    "input_audio_tokens": 10,
    "output_tokens": 50,
    "output_reasoning_tokens": 20,
    "output_audio_tokens": 5,
}
RESPONSES = {
    "input_tokens": 100,
    "input_tokens_details": {"cached_tokens": 40},
    "output_tokens": 50,
    "output_tokens_details": {"reasoning_tokens": 20},
    "total_tokens": 150,
}
RESPONSES_COUNTS = {
    "input_tokens": 100,
    "cache_read_tokens": 40,
    "output_tokens": 50,
    "output_reasoning_tokens": 20,
}
PLAIN_CHAT = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
PLAIN_COUNTS = {"input_tokens": 10, "output_tokens": 5}
ANTHROPIC = {
    "input_tokens": 10,
    "cache_creation_input_tokens": 300,
    "cache_read_input_tokens": 1000,
    "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200},
    "output_tokens": 5,
}
ANTHROPIC_COUNTS = {
    "input_tokens": 1310,
    "cache_read_tokens": 1000,
    "cache_write_tokens": 300,
    "cache_write_5m_tokens": 100,
    "cache_write_1h_tokens": 200,
    "output_tokens": 5,
}
COHERE = {
    "billed_units": {"input_tokens": 5, "output_tokens": 418},
    "tokens": {"input_tokens": 71, "output_tokens": 418},
}
COHERE_COUNTS = {"input_tokens": 5, "output_tokens": 418}
REALTIME = {
    "input_tokens": 60,
    "output_tokens": 40,
    "input_token_details": {
        "text_tokens": 20,
        "audio_tokens": 40,
        "cached_tokens": 10,
        "cached_tokens_details": {"text_tokens": 4, "audio_tokens": 6},
    },
    "output_token_details": {"text_tokens": 10, "audio_tokens": 30},
}
GEMINI = {
    "promptTokenCount": 100,
    "candidatesTokenCount": 20,
    "thoughtsTokenCount": 50,
    "cachedContentTokenCount": 40,
    "toolUsePromptTokenCount": 7,
    "totalTokenCount": 177,
    "promptTokensDetails": [
        {"modality": "TEXT", "tokenCount": 60},
        {"modality": "AUDIO", "tokenCount": 30},
        {"modality": "IMAGE", "tokenCount": 10},
        {"modality": "VIDEO"},
    ],
    "cacheTokensDetails": [
        {"modality": "TEXT", "tokenCount": 25},
        {"modality": "AUDIO", "tokenCount": 15},
    ],
}
CONVERSE = {
    "inputTokens": 30,
    "outputTokens": 50,
    "totalTokens": 110,
    "cacheReadInputTokens": 10,
    "cacheWriteInputTokens": 20,
    "cacheDetails": [{"ttl": "1h", "inputTokens": 5}, {"ttl": "5m", "inputTokens": 15}],
}
