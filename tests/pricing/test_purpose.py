"""What models are made for is told by their names."""

from __future__ import annotations

import pytest

from pricing.purpose import Purpose, purpose_of


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        ("claude-opus-4-6", Purpose.GENERAL),
        ("gpt-4o-mini", Purpose.GENERAL),
        ("openai/gpt-oss-120b", Purpose.GENERAL),
        ("google/gemini-2.5-flash", Purpose.GENERAL),
        ("allenai/olmo-2", Purpose.GENERAL),
        ("perplexity/sonar-pro-search", Purpose.GENERAL),
        ("rerank-2.5", Purpose.RERANKING),
        ("@cf/baai/bge-reranker-base", Purpose.RERANKING),
        ("text-embedding-3-small", Purpose.EMBEDDING),
        ("mistral-embed", Purpose.EMBEDDING),
        ("voyage-3.5-lite", Purpose.EMBEDDING),
        ("databricks-gte-large-en", Purpose.EMBEDDING),
        ("omni-moderation-latest", Purpose.MODERATION),
        ("openai/gpt-oss-safeguard-20b", Purpose.MODERATION),
        ("gpt-4o-transcribe", Purpose.TRANSCRIPTION),
        ("whisper-large-v3", Purpose.TRANSCRIPTION),
        ("gpt-4o-mini-tts", Purpose.SPEECH),
        ("google/gemini-2.5-flash-image", Purpose.IMAGE),
        ("gemini-3.8-live", Purpose.LIVE),
        ("gpt-audio-mini", Purpose.AUDIO),
        ("paddlepaddle/paddleocr-vl", Purpose.OCR),
    ],
)
def test_a_name_tells_what_a_model_is_for(name: str, purpose: Purpose) -> None:
    assert purpose_of(name) is purpose
