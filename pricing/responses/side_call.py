"""Other models that ran within a call, and attempts that a response's totals leave out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from models.event import SideCall
from pricing.responses.call import word
from pricing.responses.family import MESSAGES
from pricing.responses.field import Counts, JsonObject, objects_in
from pricing.responses.layout import Layout

_ADVISOR = "advisor_message"
_COMPACTION = "compaction"
_FALLBACK = "fallback_message"


def with_iterations(
    counts: Counts, usage: JsonObject, layout: Layout, model: str | None
) -> tuple[Counts, tuple[SideCall, ...]]:
    """Counts with all that Anthropic billed within a call, and the part of other models.

    The totals of a message leave out its compaction and its advisor, and count only the first
    prompt of the model itself; a fallback's totals are those of the model that answered. Each
    iteration is billed by its own model, but not an attempt that was declined before any output.
    https://platform.claude.com/docs/en/agents-and-tools/tool-use/advisor-tool
    https://platform.claude.com/docs/en/build-with-claude/compaction
    https://platform.claude.com/docs/en/build-with-claude/refusals-and-fallback
    """
    if layout.family != MESSAGES or not isinstance(usage.get("iterations"), list):
        return counts, ()
    own, further, others = _sorted_out(list(_iterations(usage, layout)), model)
    total = {unit: max(counts.get(unit, 0), own.get(unit, 0)) for unit in {**counts, **own}}
    for units in (further, *(units for _, units in others)):
        _add(total, units)
    return total, _side_calls(others)


def _sorted_out(
    iterations: Sequence[tuple[JsonObject, Counts]], model: str | None
) -> tuple[Counts, Counts, list[tuple[str, Counts]]]:
    """The model's own answers, which the totals know; its compaction; what other models did."""
    own: Counts = {}
    compaction: Counts = {}
    others: list[tuple[str, Counts]] = []
    fallbacks = [each for each, _ in iterations if each.get("type") == _FALLBACK]
    served = word(fallbacks[-1:], "model") or model
    for each, units in iterations:
        kind, ran = each.get("type"), word([each], "model")
        is_other = ran is not None and served is not None and ran != served
        if ran is not None and (kind == _ADVISOR or (is_other and kind == _COMPACTION)):
            others.append((ran, units))
        elif kind == _COMPACTION:
            _add(compaction, units)
        elif ran is not None and is_other and fallbacks:
            if units["output_tokens"]:
                others.append((ran, units))
        elif kind != _ADVISOR:
            _add(own, units)
    return own, compaction, others


def of_breakdown(
    counts: Counts, objects: Sequence[JsonObject], layout: Layout
) -> tuple[SideCall, ...]:
    """The models that Groq's compound systems called, which the totals count already.

    https://console.groq.com/docs/compound. None where they come to more than the totals.
    """
    for each in objects:
        breakdown = each.get("usage_breakdown")
        models = breakdown.get("models") if isinstance(breakdown, dict) else None
        if isinstance(models, list):
            calls = list(_broken_down(models, layout))
            sums: Counts = {}
            for _, units in calls:
                _add(sums, units)
            if all(count <= counts.get(unit, 0) for unit, count in sums.items()):
                return _side_calls(calls)
    return ()


def _broken_down(models: list[object], layout: Layout) -> Iterator[tuple[str, Counts]]:
    for each in objects_in(models):
        usage, name = each.get("usage"), word([each], "model")
        units = layout.read(usage) if isinstance(usage, dict) else None
        if name is not None and units:
            yield name, units


def _iterations(usage: JsonObject, layout: Layout) -> Iterator[tuple[JsonObject, Counts]]:
    for each in objects_in(usage.get("iterations")):
        units = layout.read(each)
        if units:
            yield each, units


def _add(sums: Counts, units: Counts) -> None:
    for unit, count in units.items():
        sums[unit] = sums.get(unit, 0) + count


def _side_calls(calls: Iterable[tuple[str, Counts]]) -> tuple[SideCall, ...]:
    """One for each model."""
    by_model: dict[str, Counts] = {}
    for model, units in calls:
        _add(by_model.setdefault(model, {}), units)
    return tuple(
        SideCall(model, {unit: Decimal(count) for unit, count in units.items() if count})
        for model, units in by_model.items()
    )
