"""Counts of responses that have no usage object that a layout describes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal

from pricing.responses.field import (
    Count,
    Counts,
    JsonObject,
    NoCount,
    NotThere,
    is_count,
    items_in,
    within,
)

# Providers whose embeddings and rankings report `total_tokens` alone.
_TOTAL_ALONE = frozenset({"voyageai", "jina", "jina_ai", "jinaai", "together", "nomic"})
# Speech to text by the second: OpenAI's and Groq's Whisper, Deepgram, Gladia, AssemblyAI,
# ElevenLabs.
_DURATIONS = (
    ("duration",),
    ("metadata", "duration"),
    ("metadata", "billing_time"),
    ("audio_duration",),
    ("audio_duration_secs",),
)
_TRANSCRIPTS = frozenset(
    {"text", "segments", "words", "results", "task", "transcription", "utterances"}
)
# Text to speech by the character: Amazon Polly and MiniMax.
_CHARACTERS = (("RequestCharacters",), ("extra_info", "usage_characters"))
# The keys under which a body has a length.
LENGTH_KEYS = frozenset(path[0] for path in (*_DURATIONS, *_CHARACTERS))


def has_length(body: JsonObject) -> bool:
    """Whether a body is a transcript with its duration, or speech with its characters."""
    paths = [*_CHARACTERS, *(() if _TRANSCRIPTS.isdisjoint(body) else _DURATIONS)]
    return any(within(body, *path) is not None for path in paths)


def counts_without_usage(provider: str, body: JsonObject) -> Counts:
    """The counts of a response that no layout describes. Raises NotThere, NoCount."""
    for read in (_titan, _watsonx, _embeddings, _characters):
        counts = read(body)
        if counts:
            return counts
    total = _total_alone(provider, body)
    if total is not None:
        return {"input_tokens": total}
    seconds = _seconds(provider, body)
    if seconds is not None:
        return {"audio_seconds": seconds}
    raise NotThere


def _titan(body: JsonObject) -> Counts:
    """Amazon's Titan: text has results with their own counts, embeddings have none."""
    prompt = body.get("inputTextTokenCount")
    if prompt is None:
        return {}
    counts: Counts = {"input_tokens": _checked("inputTextTokenCount", prompt)}
    results = body.get("results")
    if isinstance(results, list):
        counted = (within(each, "tokenCount") for each in items_in(results))
        counts["output_tokens"] = _sum("results.*.tokenCount", counted)
    elif body.get("totalOutputTextTokenCount") is not None:
        counts["output_tokens"] = _checked(
            "totalOutputTextTokenCount", body["totalOutputTextTokenCount"]
        )
    return counts


def _watsonx(body: JsonObject) -> Counts:
    """IBM's watsonx: its results have both counts."""
    results = items_in(body.get("results"))
    counted = {
        unit: [within(each, name) for each in results]
        for unit, name in (
            ("input_tokens", "input_token_count"),
            ("output_tokens", "generated_token_count"),
        )
    }
    if any(None in counts or not counts for counts in counted.values()):
        return {}
    return {unit: _sum("results.*.token_count", counts) for unit, counts in counted.items()}


def _embeddings(body: JsonObject) -> Counts:
    """Vertex AI's embeddings, which count each text."""
    path = ("embeddings", "statistics", "token_count")
    counted = [within(each, *path) for each in items_in(body.get("predictions"))]
    if not any(count is not None for count in counted):
        return {}
    return {"input_tokens": _sum(".".join(("predictions", "*", *path)), counted)}


def _characters(body: JsonObject) -> Counts:
    for path in _CHARACTERS:
        count = within(body, *path)
        if count is not None:
            return {"input_characters": _checked(".".join(path), count)}
    return {}


def _total_alone(provider: str, body: JsonObject) -> Count | None:
    usage = body.get("usage", body)
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    is_list = body.get("object") == "list" or isinstance(body.get("results"), list)
    if total is None or not (is_list or provider in _TOTAL_ALONE):
        return None
    return _checked("total_tokens", total)


def _seconds(provider: str, body: JsonObject) -> Count | None:
    if not _TRANSCRIPTS.intersection(body):
        return None
    for path in _DURATIONS:
        duration = within(body, *path)
        if duration is not None:
            return _billed(provider, _checked(".".join(path), duration))
    return None


def _billed(provider: str, duration: Count) -> Count:
    """OpenAI rounds up to whole seconds: its reference shows 8.47 s with a usage of 9 s.

    https://platform.openai.com/docs/api-reference/audio/verbose-json-object. Other
    providers publish no rule: their seconds are not rounded.
    """
    if provider in ("openai", "azure"):
        return int(Decimal(duration).to_integral_value(ROUND_CEILING))
    return duration


def _sum(name: str, counts: Iterable[object]) -> Count:
    return sum((_checked(name, count) for count in counts), start=0)


def _checked(name: str, value: object) -> Count:
    if not is_count(value):
        raise NoCount(name)
    return value
