"""What a provider's response says was used: its counts, its model, and how the call was run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from functools import cache

import msgspec
from genai_prices.data import providers as bundled_providers
from genai_prices.types import ExtractPath, Provider, UsageExtractor

from models.cost import CostReason
from models.event import SideCall
from pricing.extraction import (
    Extraction,
    Interfaces,
    JsonObject,
    Layout,
    Location,
    MissingCount,
    NoCount,
    NotThere,
)
from pricing.provider import MAX_NAME, find_provider
from pricing.rate_card import CallContext

# Documents are read for the same pages with annotations and without, at different prices; only
# the annotations tell the two apart (https://docs.mistral.ai/capabilities/document_ai).
_ANNOTATED = "ocr_annotated"
# What a stream's event holds a whole response in, where it is called so by the API or the provider.
# Not Anthropic's `message_start`: its output is only begun.
_ENVELOPES: Mapping[str, Location] = {
    "responses": ("response",),
    "aws": ("metadata",),
    "cohere": ("delta",),
    "groq": ("x_groq",),
    "openrouter": ("response",),
}
_GOOGLE_ROOT = "usageMetadata"
# Google names the tier by the kind of traffic, in capitals; prices go by the tier.
_GOOGLE_TIERS = {
    "on_demand": "standard",
    "on_demand_flex": "flex",
    "on_demand_priority": "priority",
}


class ReportedUsage(msgspec.Struct, frozen=True):
    """Counts by unit, parts beside their wholes, and what prices may depend on.

    `model` is the one that the response names. `quantities` are of the whole call, `side_calls`
    included. `reported_cost` is USD, what the provider or gateway says it charged. `reasons` say
    where the response contradicts itself.
    """

    quantities: Mapping[str, int | Decimal]
    model: str | None = None
    processing: str | None = None
    service_tier: str | None = None
    speed: str | None = None
    region: str | None = None
    search_context_size: str | None = None
    side_calls: tuple[SideCall, ...] = ()
    reported_cost: Decimal | None = None
    reasons: tuple[CostReason, ...] = ()


class UnreadableResponse(ValueError):
    """A response that no counts can be read from, and why."""


def read_response(provider: str, body: object, model: str | None = None) -> ReportedUsage:
    """Reads a provider's response body, or just its usage object, as decoded from JSON.

    Numbers must be int or Decimal. Which of the provider's APIs it is from is found out. Input
    counts include cached tokens, output counts reasoning, whatever the provider's own habit is.
    `model` goes before the one that the response names. Raises UnreadableResponse.
    """
    reader = _reader(provider, model if _is_litellm(provider) else None)
    if not isinstance(body, dict):
        raise UnreadableResponse("A response is an object: its body, or its usage object.")
    try:
        extraction = _interfaces(reader.id, _is_annotated(body)).extract(body)
    except NoCount as error:
        raise UnreadableResponse(
            f"{error} is no count: a number from 0 to 2^63 - 1 was expected."
        ) from None
    except MissingCount as error:
        raise UnreadableResponse(f"{error} is missing: the response is not complete.") from None
    except NotThere:
        raise UnreadableResponse(
            f"No usage was found where {reader.id} reports it. It reports {_expected(reader)}."
        ) from None
    return _reported(extraction, model)


def _is_litellm(provider: str) -> bool:
    return provider.strip().lower() == "litellm"


def _reader(name: str, model: str | None) -> Provider:
    provider = find_provider(bundled_providers, name, model)
    if provider is None:
        raise UnreadableResponse(_unknown_provider(name))
    if not provider.extractors:
        raise UnreadableResponse(
            f"How {provider.id} reports usage is not known: send the counts instead."
        )
    return provider


def _unknown_provider(name: str) -> str:
    if _is_litellm(name):
        return "Whose response litellm passed on is told by the model's name: send it too."
    known = [provider.id for provider in bundled_providers]
    close = get_close_matches(name[:64].lower(), known, n=3)
    hint = f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(known)}."
    return f"There is no provider {name[:64]!a}: {hint}"


@cache  # as many as there are providers
def _known_layouts(provider_id: str) -> tuple[Layout, ...]:
    provider = next(each for each in bundled_providers if each.id == provider_id)
    return tuple(
        Layout(extractor, _ENVELOPES.get(extractor.api_flavor, _ENVELOPES.get(provider.id, ())))
        for extractor in (*(provider.extractors or ()), *_further_extractors(provider))
    )


def _further_extractors(provider: Provider) -> Iterator[UsageExtractor]:
    """Google's Live API names what other APIs call candidates a response; genai-prices does not."""
    if provider.id == "google":
        for extractor in provider.extractors or ():
            if extractor.root == _GOOGLE_ROOT:
                mappings = [replace(each, path=_live(each.path)) for each in extractor.mappings]
                yield replace(extractor, api_flavor="live", mappings=mappings)


def _live(path: ExtractPath) -> ExtractPath:
    first, *rest = [path] if isinstance(path, str) else path
    if isinstance(first, str):
        first = first.replace("candidates", "response")
    return [first, *rest]


@cache  # twice as many as there are providers
def _interfaces(provider_id: str, annotated: bool) -> Interfaces:
    layouts = _known_layouts(provider_id)
    # Sorting is stable: all keep their places, but for the one that is now known to be meant.
    return Interfaces(
        sorted(
            (layout for layout in layouts if annotated or layout.flavor != _ANNOTATED),
            key=lambda layout: layout.flavor != _ANNOTATED,
        )
    )


def _is_annotated(body: JsonObject) -> bool:
    """Whether a document was read with annotations. No other response has these fields."""
    if body.get("document_annotation") is not None:
        return True
    return any(
        image.get("image_annotation") is not None
        for page in _objects_in(body.get("pages"))
        for image in _objects_in(page.get("images"))
    )


def _objects_in(items: object) -> list[JsonObject]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _expected(provider: Provider) -> str:
    places = (".".join((*layout.root, "…")) for layout in _known_layouts(provider.id))
    return ", ".join(dict.fromkeys(places))


def _reported(extraction: Extraction, model: str | None) -> ReportedUsage:
    context = CallContext.told(
        None, _service_tier(extraction.objects), _word(extraction.objects, "speed")
    )
    return ReportedUsage(
        extraction.counts,
        model or _word(extraction.objects[1:], extraction.layout.model_key),
        *context,
    )


def _service_tier(objects: Sequence[JsonObject]) -> str | None:
    # Amazon's is an object: {"type": "flex"}.
    inner = [tier for each in objects if isinstance(tier := each.get("serviceTier"), dict)]
    tier = _word(objects, "service_tier") or _word(objects, "serviceTier") or _word(inner, "type")
    if tier is not None:
        return tier
    traffic = _word(objects, "trafficType")
    return None if traffic is None else _GOOGLE_TIERS.get(traffic.lower(), traffic)


def _word(objects: Sequence[JsonObject], key: str) -> str | None:
    """A printable word under the key, from the usage object outwards."""
    for each in objects:
        value = each.get(key)
        if isinstance(value, str) and 0 < len(value) <= MAX_NAME and value.isprintable():
            return value
    return None
