"""Contradictions in a response: which counts are corrected or dropped, and the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from models.cost import CostReason, CostReasonCode
from pricing.responses.family import AI_SDK, CHAT, RESPONSES
from pricing.responses.field import Count, Counts, JsonObject, is_count
from pricing.responses.layout import Layout
from pricing.units import wholes
from pricing.usage import PART_OVER_WHOLE, PART_WITHOUT_WHOLE, InvalidUsage, check_quantities

_TOTALS = ("total_tokens", "totalTokens", "totalTokenCount", "total_token_count")
INPUT = "input_tokens"
OUTPUT = "output_tokens"
_REASONING = "output_reasoning_tokens"
_WRITES = "cache_write_tokens"
# Families whose input includes what was written to the cache.
_INCLUSIVE = (CHAT, RESPONSES, AI_SDK)
_FOR_AN_HOUR = "cache_write_1h_tokens"
_LIFETIMES = ("cache_write_5m_tokens", _FOR_AN_HOUR)
# Parts that some report beside their whole and not within it.
_BESIDE = (
    (_REASONING, OUTPUT),
    ("input_audio_tokens", INPUT),
    ("cache_read_tokens", INPUT),
    (_WRITES, INPUT),
    ("output_audio_tokens", OUTPUT),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is needed to judge a response's counts beside the counts."""

    provider: str
    model: str | None
    layout: Layout
    usage: JsonObject


def settled(counts: Counts, evidence: Evidence) -> tuple[Counts, tuple[CostReason, ...]]:
    """Returns counts without contradictions, and a reason for each field that had one.

    A part that the total proves to be reported beside its whole is added to the whole. A part
    that is over its whole is dropped, and the whole is kept.
    """
    counts = _with_cache_apart(_with_cache_writes(dict(counts), evidence), evidence)
    doubted = _settle_total(counts, evidence)
    reasons = [CostReason(CostReasonCode.CONTRADICTION, "total_tokens")] if doubted else []
    for part in (*_impossible_parts(counts), *_writes_of_no_lifetime(counts)):
        name = evidence.layout.name(part, evidence.usage)
        reasons.append(CostReason(CostReasonCode.CONTRADICTION, name))
    return counts, tuple(dict.fromkeys(reasons))


def total_of(usage: JsonObject) -> Count | None:
    """The total number of tokens, where the usage object has one."""
    totals = (usage.get(name) for name in _TOTALS)
    return next((total for total in totals if is_count(total)), None)


def _settle_total(counts: Counts, evidence: Evidence) -> bool:
    """Corrects the counts by the total. Returns whether the total contradicts them for no known
    reason."""
    total = total_of(evidence.usage)
    if total is None or INPUT not in counts or OUTPUT not in counts:
        return False
    rest = total - counts[INPUT] - counts[OUTPUT]
    if rest < 0:
        return not _is_within(-rest, counts, evidence)
    if rest == 0:
        return False
    apart = evidence.layout.apart
    beside = [pair for pair in _BESIDE if counts.get(pair[0]) and pair[0] not in apart]
    explained = _adding_up(beside, rest, counts)
    if explained is None and _thinks_in_total_alone(evidence):
        counts[OUTPUT] += rest
    elif explained is None:
        return True
    for part, whole in explained or ():
        counts[whole] += counts[part]
    return False


def _is_within(excess: Count, counts: Counts, evidence: Evidence) -> bool:
    """Whether parts that are counted beside their wholes explain why the total is too low."""
    apart = [(part, part) for part in counts if part in evidence.layout.apart and counts[part]]
    explained = _adding_up(apart, excess, counts)
    if explained is None:
        return False
    # xAI's chat has reasoning apart from the output; a total without it says that it is within.
    # Perplexity bills reasoning and citations, which its total leaves out.
    if evidence.layout.family == CHAT and evidence.provider != "perplexity":
        for part, _ in explained:
            counts[OUTPUT] -= counts[part]
    return True


def _adding_up(
    parts: Sequence[tuple[str, str]], rest: Count, counts: Counts
) -> tuple[tuple[str, str], ...] | None:
    """The smallest set of parts whose sum is `rest`; None where no set has it."""
    for number in range(1, len(parts) + 1):
        for chosen in combinations(parts, number):
            if sum(counts[part] for part, _ in chosen) == rest:
                return chosen
    return None


def _thinks_in_total_alone(evidence: Evidence) -> bool:
    """Google's OpenAI-compatible API reports thinking tokens in the total only."""
    is_gemini = evidence.provider == "google" or "gemini" in (evidence.model or "").lower()
    return is_gemini and evidence.layout.family == CHAT


def _with_cache_writes(counts: Counts, evidence: Evidence) -> Counts:
    """LangChain reports no cache writes but those of each lifetime, where it knows lifetimes."""
    written = sum(counts.get(unit, 0) for unit in _LIFETIMES)
    if evidence.layout.family in _INCLUSIVE and written and not counts.get(_WRITES):
        counts[_WRITES] = written
    return counts


def _writes_of_no_lifetime(counts: Counts) -> Iterable[str]:
    """Cache writes of which some are for an hour, and others for nobody knows how long.

    The end of a stream of Anthropic counts more writes than its start, without their lifetimes.
    """
    told = sum(counts.get(unit, 0) for unit in _LIFETIMES)
    is_mixed = counts.get(_FOR_AN_HOUR) and told < counts.get(_WRITES, 0)
    return (_WRITES,) if is_mixed else ()


def _with_cache_apart(counts: Counts, evidence: Evidence) -> Counts:
    """Up to version 5 the AI SDK passes Anthropic's input on, which leaves out cached tokens."""
    cached = counts.get("cache_read_tokens", 0)
    if evidence.layout.family == AI_SDK and cached > counts.get(INPUT, 0):
        is_claude = evidence.provider in ("anthropic", "aws") or "claude" in (evidence.model or "")
        if is_claude:
            counts[INPUT] += cached
    return counts


def _impossible_parts(counts: Counts) -> Iterable[str]:
    """Removes the parts that are over their wholes, or that have no whole; returns their units."""
    dropped: list[str] = []
    while True:
        try:
            check_quantities(counts)
        except InvalidUsage as error:
            if error.code not in (PART_OVER_WHOLE, PART_WITHOUT_WHOLE):
                return dropped
            dropped += error.parts
            gone = [unit for unit in counts if {unit, *wholes(unit)} & set(error.parts)]
            for unit in gone:
                del counts[unit]
        else:
            return dropped
