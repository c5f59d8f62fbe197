"""What a model is made for, by its name: rates alone do not tell a reranker from chat."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

_MAX_NAMES = 8_192


class Purpose(StrEnum):
    """GENERAL where the name says nothing more particular."""

    GENERAL = "GENERAL"
    RERANKING = "RERANKING"
    EMBEDDING = "EMBEDDING"
    MODERATION = "MODERATION"
    TRANSCRIPTION = "TRANSCRIPTION"
    SPEECH = "SPEECH"
    IMAGE = "IMAGE"
    LIVE = "LIVE"
    AUDIO = "AUDIO"
    OCR = "OCR"


# The first that is found holds. From the names in genai-prices' catalogue of November 2026.
_WORDS = (
    (Purpose.RERANKING, re.compile(r"rerank")),
    (Purpose.EMBEDDING, re.compile(r"embed|\b(bge|gte|e5|voyage)\b")),
    (Purpose.MODERATION, re.compile(r"moderation|guard\b|safety|shield")),
    (Purpose.TRANSCRIPTION, re.compile(r"transcri|whisper|translate|\basr\b")),
    (Purpose.SPEECH, re.compile(r"\btts\b|speech|orpheus")),
    (Purpose.IMAGE, re.compile(r"\bimagen?\b|dall-e")),
    (Purpose.LIVE, re.compile(r"\b(live|realtime|sonic|voice)\b")),
    (Purpose.AUDIO, re.compile(r"\baudio\b")),
    (Purpose.OCR, re.compile(r"ocr\b")),
)


@lru_cache(maxsize=_MAX_NAMES)
def purpose_of(model: str) -> Purpose:
    """By the model's name, with or without its provider's prefix."""
    name = model.lower()
    return next((purpose for purpose, words in _WORDS if words.search(name)), Purpose.GENERAL)
