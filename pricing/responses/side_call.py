"""Calls of other models within a call, and usage that a response's totals leave out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice

from models.cost import CostReason, CostReasonCode
from models.event import SideCall
from pricing.responses.call import word
from pricing.responses.family import MESSAGES
from pricing.responses.field import Counts, JsonObject, items_in, objects_in, within
from pricing.responses.layout import Layout
from pricing.units import IMAGES

_ADVISOR = "advisor_message"
_COMPACTION = "compaction"
_FALLBACK = "fallback_message"
_BREAKDOWN = "usage_breakdown"
_IMAGE_TOOL = "image_generation"
_ITERATIONS = "iterations"
# Each is read in some 15 µs.
_MAX_ITERATIONS = 1_000
# Models that have a side call of their own. Each name is looked up in the catalogue.
_MAX_MODELS = 32
# The name of all other models, and of those that are not told. It has no price.
_OTHERS = "usage.iterations"
_OTHERS_BROKEN_DOWN = "usage_breakdown.models"
_DOUBTED = CostReasonCode.CONTRADICTION
_PLACES = frozenset({_ITERATIONS, _BREAKDOWN, "tool_usage", "output"})


def with_side_calls(
    counts: Counts, objects: Sequence[JsonObject], layout: Layout, model: str | None
) -> tuple[Counts, tuple[SideCall, ...], tuple[CostReason, ...]]:
    """The counts of the whole call, the side calls of other models that they include, and reasons.

    `objects` are the usage object and those around it, `model` is the one that the response names.
    The reasons name lists that lack a model or a count, or that have more models than are priced
    one by one. The usage of these other models is a side call without a price.
    """
    if all(_PLACES.isdisjoint(each) for each in objects):
        return counts, (), ()
    routed, has_more = _limited(_broken_down(counts, objects, layout), _OTHERS_BROKEN_DOWN)
    counts, further, is_doubted = _with_iterations(counts, objects[0], layout, model)
    further, has_more_iterations = _limited(further, _OTHERS)
    further += _image_tool(objects, layout)
    for _, units in further:
        _add(counts, units)
    reasons = [CostReason(_DOUBTED, _OTHERS_BROKEN_DOWN)] if has_more else []
    if is_doubted or has_more_iterations:
        reasons.append(CostReason(_DOUBTED, _OTHERS))
    return counts, _side_calls([*routed, *further]), tuple(reasons)


def fallback_model(usage: JsonObject, layout: Layout) -> str | None:
    """The model that answered in place of the one that was asked; None where none did.

    A stream names the model that was asked before it is known that another will answer.
    """
    if layout.family != MESSAGES:
        return None
    iterations = objects_in(usage.get("iterations"))
    return word([each for each in iterations if each.get("type") == _FALLBACK][-1:], "model")


def _with_iterations(
    counts: Counts, usage: JsonObject, layout: Layout, model: str | None
) -> tuple[Counts, list[tuple[str, Counts]], bool]:
    """The counts of Anthropic's own model with its compaction, and the calls of other models.

    The last value says whether an iteration lacks its model or a count.

    The totals of a message leave out compaction and advisors. With an advisor, their input is
    that of the first iteration. With a fallback, they are those of the model that answered. Each
    iteration is billed at its model; an attempt that was declined before any output is not.
    https://platform.claude.com/docs/en/agents-and-tools/tool-use/advisor-tool
    https://platform.claude.com/docs/en/build-with-claude/compaction
    https://platform.claude.com/docs/en/build-with-claude/refusals-and-fallback
    """
    listed = items_in(usage.get(_ITERATIONS), at_most=_MAX_ITERATIONS)
    if layout.family != MESSAGES or not listed:
        return counts, [], False
    iterations = list(_iterations(listed, layout))
    own, compaction, others = _sorted_out(iterations, model)
    total = {unit: max(counts.get(unit, 0), own.get(unit, 0)) for unit in {**counts, **own}}
    _add(total, compaction)
    is_doubted = len(iterations) < len(listed) or any(name == _OTHERS for name, _ in others)
    return total, others, is_doubted


def _sorted_out(
    iterations: Sequence[tuple[JsonObject, Counts]], model: str | None
) -> tuple[Counts, Counts, list[tuple[str, Counts]]]:
    """Sums of the model's own answers and of its compaction, and the calls of other models."""
    own: Counts = {}
    compaction: Counts = {}
    others: list[tuple[str, Counts]] = []
    fallbacks = [each for each, _ in iterations if each.get("type") == _FALLBACK]
    served = word(fallbacks[-1:], "model") or model
    for each, units in iterations:
        kind, ran = each.get("type"), word([each], "model")
        is_other = ran is not None and served is not None and ran != served
        if kind == _ADVISOR:
            others.append((ran or _OTHERS, units))
        elif ran is not None and is_other and kind == _COMPACTION:
            others.append((ran, units))
        elif kind == _COMPACTION:
            _add(compaction, units)
        elif ran is not None and is_other and fallbacks:
            if units["output_tokens"]:
                others.append((ran, units))
        else:
            _add(own, units)
    return own, compaction, others


def _broken_down(
    counts: Counts, objects: Sequence[JsonObject], layout: Layout
) -> list[tuple[str, Counts]]:
    """The calls of Groq's compound systems to other models; the totals include them.

    https://console.groq.com/docs/compound. Empty where their sum is over the totals.
    """
    models = next((each[_BREAKDOWN] for each in objects if each.get(_BREAKDOWN)), None)
    calls: list[tuple[str, Counts]] = []
    sums: Counts = {}
    for each in objects_in(within(models, "models"), at_most=_MAX_ITERATIONS):
        usage, name = each.get("usage"), word([each], "model")
        units = layout.read(usage) if isinstance(usage, dict) else None
        if name is not None and units:
            calls.append((name, units))
            _add(sums, units)
    believed = all(count <= counts.get(unit, 0) for unit, count in sums.items())
    return calls if believed else []


def _image_tool(objects: Sequence[JsonObject], layout: Layout) -> list[tuple[str, Counts]]:
    """The image model that OpenAI's tool called: its tokens, or the number of images.

    https://platform.openai.com/docs/guides/tools-image-generation
    """
    for each in objects:
        tool = within(each, "tool_usage", "image_gen")
        units = layout.read(tool) if isinstance(tool, dict) else None
        if not any((units or {}).values()):
            calls = [item for item in objects_in(each.get("output")) if _made_an_image(item)]
            units = {IMAGES: len(calls)} if calls else None
        if units:
            return [(_image_model(each), units)]
    return []


def _made_an_image(item: JsonObject) -> bool:
    return item.get("type") == "image_generation_call" and item.get("status") != "failed"


def _image_model(body: JsonObject) -> str:
    """The model of the tool, or the tool's name, which has no price, where no model is told."""
    tools = [each for each in objects_in(body.get("tools")) if each.get("type") == _IMAGE_TOOL]
    return word(tools, "model") or _IMAGE_TOOL


def _iterations(listed: list[object], layout: Layout) -> Iterator[tuple[JsonObject, Counts]]:
    """The iterations that have all counts."""
    for each in listed:
        if isinstance(each, dict):
            units = layout.read(each)
            if units is not None:
                yield each, units


def _limited(
    calls: Iterable[tuple[str, Counts]], others: str
) -> tuple[list[tuple[str, Counts]], bool]:
    """One call for each of the first models, one under the name `others` for all further ones.

    Calls without usage are left out. Returns also whether there were further ones.
    """
    by_model: dict[str, Counts] = {}
    for model, units in calls:
        if any(units.values()):
            _add(by_model.setdefault(model, {}), units)
    limited = dict(islice(by_model.items(), _MAX_MODELS))
    for units in islice(by_model.values(), _MAX_MODELS, None):
        _add(limited.setdefault(others, {}), units)
    return list(limited.items()), len(by_model) > _MAX_MODELS


def _add(sums: Counts, units: Counts) -> None:
    for unit, count in units.items():
        sums[unit] = sums.get(unit, 0) + count


def _side_calls(calls: Iterable[tuple[str, Counts]]) -> tuple[SideCall, ...]:
    """One for each model. Their counts are not 0."""
    by_model: dict[str, Counts] = {}
    for model, units in calls:
        _add(by_model.setdefault(model, {}), units)
    return tuple(
        SideCall(model, {unit: Decimal(count) for unit, count in units.items() if count})
        for model, units in by_model.items()
    )
