"""Speech and text that are billed by the second or the character, without a usage object."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pricing.response import UnreadableResponse, read_response

LENGTHS: dict[str, tuple[str, dict[str, Any], dict[str, int | Decimal]]] = {
    "OpenAI's Whisper, by seconds that have begun": (
        "openai",
        {"task": "transcribe", "duration": Decimal("8.470000267028809"), "text": "…"},
        {"audio_seconds": 9},
    ),
    "OpenAI's Whisper, whose usage goes first": (
        "openai",
        {
            "task": "transcribe",
            "duration": Decimal("95.2"),
            "usage": {"type": "duration", "seconds": 96},
        },
        {"audio_seconds": 96},
    ),
    "Groq's Whisper": (
        "groq",
        {"task": "transcribe", "duration": Decimal("8.47"), "text": "…", "x_groq": {"id": "r"}},
        {"audio_seconds": Decimal("8.47")},
    ),
    "Deepgram": (
        "deepgram",
        {"metadata": {"duration": Decimal("25.93"), "models": []}, "results": {"channels": []}},
        {"audio_seconds": Decimal("25.93")},
    ),
    "Gladia": (
        "gladia",
        {"result": {"metadata": {"billing_time": Decimal("36.74")}, "transcription": {}}},
        {"audio_seconds": Decimal("36.74")},
    ),
    "AssemblyAI": (
        "assemblyai",
        {"id": "a", "status": "completed", "text": "…", "audio_duration": 281},
        {"audio_seconds": 281},
    ),
    "ElevenLabs": (
        "elevenlabs",
        {"text": "…", "words": [], "audio_duration_secs": Decimal("3.5")},
        {"audio_seconds": Decimal("3.5")},
    ),
    "Mistral's Voxtral, beside its tokens": (
        "mistral",
        {"usage": {"prompt_audio_seconds": 36, "prompt_tokens": 13, "completion_tokens": 151}},
        {
            "audio_seconds": 36,
            "input_audio_seconds": 36,
            "input_tokens": 13,
            "output_tokens": 151,
        },
    ),
    "Amazon Polly": ("aws", {"RequestCharacters": 120}, {"input_characters": 120}),
    "MiniMax's speech": (
        "minimax",
        {"data": {"audio": "…"}, "extra_info": {"usage_characters": 26}},
        {"input_characters": 26},
    ),
}


@pytest.mark.parametrize(("provider", "body", "counts"), LENGTHS.values(), ids=LENGTHS)
def test_seconds_and_characters_are_read(
    provider: str, body: dict[str, Any], counts: dict[str, int | Decimal]
) -> None:
    assert read_response(provider, body).quantities == counts


def test_the_duration_of_something_else_is_not_audio() -> None:
    with pytest.raises(UnreadableResponse):
        read_response("openai", {"object": "video", "duration": 8})


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("aws", {"inputTextTokenCount": 3, "results": [{"tokenCount": 1}] * 10_001}),
        ("ibm", {"results": [{"input_token_count": 1, "generated_token_count": 1}] * 10_001}),
        ("google", {"predictions": [{"embeddings": {"statistics": {"token_count": 1}}}] * 10_001}),
    ],
    ids=["Titan", "watsonx", "Vertex AI's embeddings"],
)
def test_more_results_than_are_summed_are_refused(provider: str, body: dict[str, Any]) -> None:
    with pytest.raises(UnreadableResponse, match="at most 10000 items"):
        read_response(provider, body)


def test_a_duration_that_is_no_number_is_refused() -> None:
    with pytest.raises(UnreadableResponse, match="duration is no count"):
        read_response("openai", {"text": "…", "duration": "8.47"})
