"""What a response says was billed, at a fee that no price has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models.cost import CostReason, CostReasonCode
from pricing.responses.field import JsonObject, is_count, objects_in, within
from pricing.responses.key import USAGE

# $25 for 1,000 with models that do not reason, $10 with those that do
# (https://developers.openai.com/api/docs/pricing).
_PREVIEW = "web_search_preview"
_REASONING = re.compile(r"^(?:gpt-5|o\d)")
# xAI bills its live search by the source (https://docs.x.ai/docs/guides/live-search); where it says
# what it charged, nothing is unknown.
_SOURCES = "num_sources_used"
_CHARGE = "cost_in_usd_ticks"
# Grounding with Google Maps has a fee of its own (https://ai.google.dev/gemini-api/docs/pricing).
_MAPS = "google_maps"
_PLACES = frozenset({"candidates", "tools", _SOURCES, *USAGE})


def unknown_fees(objects: Sequence[JsonObject], model: str | None) -> tuple[CostReason, ...]:
    """A reason for each fee, once. `objects` are searched from the usage object outwards."""
    names = {
        name: None
        for each in objects
        if not _PLACES.isdisjoint(each)
        for name in _named(each, model or "")
    }
    return tuple(CostReason(CostReasonCode.UNKNOWN_FEE, name) for name in names)


def _named(body: JsonObject, model: str) -> Iterator[str]:
    sources = body.get(_SOURCES)
    if is_count(sources) and sources and not body.get(_CHARGE):
        yield _SOURCES
    if any(_is_on_maps(candidate) for candidate in objects_in(body.get("candidates"))):
        yield _MAPS
    if not _REASONING.match(model) and _has_preview(body):
        yield _PREVIEW


def _is_on_maps(candidate: JsonObject) -> bool:
    chunks = within(candidate, "groundingMetadata", "groundingChunks")
    return any("maps" in chunk for chunk in objects_in(chunks))


def _has_preview(body: JsonObject) -> bool:
    """Whether the older tool was there and searched."""
    kinds = (tool.get("type") for tool in objects_in(body.get("tools")))
    if not any(isinstance(kind, str) and kind.startswith(_PREVIEW) for kind in kinds):
        return False
    return any(item.get("type") == "web_search_call" for item in objects_in(body.get("output")))
