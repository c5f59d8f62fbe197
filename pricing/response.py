"""Reads a provider's response: counts, model, how the call was run, and what was charged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from functools import cache

import msgspec
from genai_prices.data import providers as bundled_providers
from genai_prices.types import Provider, UsageExtractor

from models.cost import CostReason
from models.event import SideCall
from pricing.cache import BoundedCache
from pricing.extraction import Extraction, Interfaces
from pricing.provider import find_provider, is_proxy
from pricing.responses.call import call_context, word
from pricing.responses.charge import reported_cost
from pricing.responses.envelope import Envelope, opened
from pricing.responses.evidence import INPUT, OUTPUT, Evidence, settled, total_of
from pricing.responses.family import EMBEDDINGS
from pricing.responses.field import (
    JsonObject,
    MissingCount,
    NoCount,
    NotThere,
    UnreadableResponse,
    objects_in,
)
from pricing.responses.hosted_tool import tool_calls, untold_tools
from pricing.responses.layout import Layout
from pricing.responses.shape import layouts_of
from pricing.responses.side_call import fallback_model, with_side_calls
from pricing.responses.uncounted import counts_without_usage
from pricing.responses.unknown_fee import unknown_fees
from pricing.units import wholes

__all__ = ["ReportedUsage", "UnreadableResponse", "read_response"]

# Documents are read for the same pages with annotations and without, at different prices; only
# the annotations tell the two apart (https://docs.mistral.ai/capabilities/document_ai).
_ANNOTATED = "ocr_annotated"
_known: BoundedCache[tuple[str, str | None], Provider] = BoundedCache(1024)
# For counts that no layout describes.
_NO_LAYOUT = Layout(UsageExtractor("usage", []))
_MODEL_KEYS = ("model", "modelVersion", "model_version", "modelId", "model_id", "model_name")


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


def read_response(provider: str, body: object, model: str | None = None) -> ReportedUsage:
    """Reads a provider's response body, or just its usage object, as decoded from JSON.

    Numbers must be int or Decimal. The provider's API is found from the shape; for an unknown
    provider all shapes are tried. A list is the events of one stream. Input counts include cached
    tokens and output counts include reasoning, also where the provider reports them apart.
    `model` is the caller's name for the model; it tells which provider's response a proxy passed
    on. Raises UnreadableResponse.
    """
    envelope = opened(body)
    known = _provider(provider, model, envelope.body)
    try:
        extraction = _extract(known, provider, envelope.body)
        return _reported(extraction, envelope, _id(known, provider), model)
    except NoCount as error:
        raise UnreadableResponse(
            f"{error} is no count: a number from 0 to 2^63 - 1 was expected."
        ) from None
    except MissingCount as error:
        raise UnreadableResponse(_what_is_missing(str(error), envelope.body)) from None
    except NotThere:
        raise UnreadableResponse(_not_found(provider, known, envelope.body)) from None


def _provider(name: str, model: str | None, body: JsonObject) -> Provider | None:
    """The provider of that name; for a proxy, the provider of the model."""
    for each in (model, word([body], "model")) if is_proxy(name) else (None,):
        known = _known.get((name, each))
        if known is not None:
            return known
        known = find_provider(bundled_providers, name, each)
        if known is not None:
            return _known.put((name, each), known)
    return None


def _id(provider: Provider | None, name: str) -> str:
    """genai-prices' name for a provider, or the caller's for one that it does not know."""
    return name.strip().lower() if provider is None else provider.id


def _extract(provider: Provider | None, name: str, body: JsonObject) -> Extraction:
    """Raises NoCount, MissingCount, NotThere."""
    interfaces = _interfaces(None if provider is None else provider.id, _is_annotated(body))
    try:
        extraction = interfaces.extract(body)
    except NotThere:
        counts = counts_without_usage(_id(provider, name), body)
        usage = body.get("usage")
        objects = (usage, body) if isinstance(usage, dict) else (body,)
        return Extraction(counts, _NO_LAYOUT, objects)
    _check_whole(extraction)
    return extraction


@cache  # twice as many as there are providers
def _interfaces(provider_id: str | None, annotated: bool) -> Interfaces:
    provider = next((each for each in bundled_providers if each.id == provider_id), None)
    # Sorting is stable: all keep their places, but for the one that is now known to be meant.
    return Interfaces(
        sorted(
            (each for each in layouts_of(provider) if annotated or each.flavor != _ANNOTATED),
            key=lambda layout: layout.flavor != _ANNOTATED,
        )
    )


def _is_annotated(body: JsonObject) -> bool:
    """Whether a document was read with annotations. No other response has these fields."""
    if body.get("document_annotation") is not None:
        return True
    return any(
        image.get("image_annotation") is not None
        for page in objects_in(body.get("pages"))
        for image in objects_in(page.get("images"))
    )


def _check_whole(extraction: Extraction) -> None:
    """Raises MissingCount where only a part of the usage is there.

    Embeddings report a prompt alone, but then the total is not higher. Parts without input or
    output tokens are no usage: Google's countTokens answers so.
    """
    layout, counts = extraction.layout, extraction.counts
    if layout.family == EMBEDDINGS:
        total = total_of(extraction.objects[0])
        if total is not None and total > counts["input_tokens"]:
            raise MissingCount("completion_tokens")
    for whole in (INPUT, OUTPUT):
        if whole not in counts and any(whole in wholes(unit) for unit in counts if counts[unit]):
            raise MissingCount(layout.first_name(whole))


def _what_is_missing(name: str, body: JsonObject) -> str:
    if body.get("type") == "message_delta":
        return (
            f"{name} is missing: a message_delta of this kind reports output alone. "
            "Send the list of message_start and message_delta."
        )
    return f"{name} is missing: the response is not complete."


def _not_found(name: str, provider: Provider | None, body: JsonObject) -> str:
    if body.get("error") is not None:
        return "The response is an error and has no usage."
    if "usage" in body and body["usage"] is None:
        return (
            "usage is null: the call has not ended, or the stream was not asked for its usage "
            "(stream_options with include_usage)."
        )
    if provider is not None:
        return f"No usage was found where {provider.id} reports it: {_expected(provider.id)}."
    close = get_close_matches(name[:64].lower(), [each.id for each in bundled_providers], n=3)
    hint = f" There is no provider {name[:64]!a}: did you mean {' or '.join(close)}?"
    return f"No usage was found: {_expected(None)}.{hint if close else ''}"


def _expected(provider_id: str | None) -> str:
    layouts = _interfaces(provider_id, True).layouts
    places = (".".join((*layout.root, "…")) for layout in layouts)
    return "in " + ", ".join(dict.fromkeys(places))


def _reported(
    extraction: Extraction, envelope: Envelope, provider: str, model: str | None
) -> ReportedUsage:
    layout, usage = extraction.layout, extraction.objects[0]
    objects = (*extraction.objects, *envelope.around)
    served = fallback_model(usage, layout) or _served_model(objects, layout)
    evidence = Evidence(provider, served or model, layout, usage)
    counts, reasons = settled(extraction.counts, evidence)
    counts, side_calls, doubts = with_side_calls(counts, objects, layout, served)
    for unit, count in tool_calls(objects, served or model).items():
        counts[unit] = counts.get(unit) or count
    context = call_context(objects)
    return ReportedUsage(
        counts,
        served,
        envelope.processing or context.processing,
        *context[1:],
        side_calls=side_calls,
        reported_cost=reported_cost(usage, objects),
        reasons=(
            *reasons,
            *doubts,
            *untold_tools(objects),
            *unknown_fees(objects, served or model),
        ),
    )


def _served_model(objects: Sequence[JsonObject], layout: Layout) -> str | None:
    """The model that the response names. The AI SDK and LangChain put it into another object."""
    beside = [each.get(key) for each in objects for key in ("response", "response_metadata")]
    inner = [each for each in beside if isinstance(each, dict)]
    return word(objects, layout.model_key, *_MODEL_KEYS) or word(inner, *_MODEL_KEYS)
