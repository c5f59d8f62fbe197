"""Tools that a provider ran within a call, in the units that it bills them by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models.cost import CostReason, CostReasonCode
from pricing.responses.field import Counts, JsonObject, is_count, items_in, objects_in, within

_WEB = "web_searches"
_FILES = "storage_searches"
_CODE = "code_executions"
_X = "social_searches"
# Items of OpenAI's and xAI's Responses, and the units that they are billed in.
_CALLS = {
    "file_search_call": _FILES,
    "code_interpreter_call": _CODE,
    "x_search_call": _X,
}
# xAI also calls its searches of X so, in items of the type `custom_tool_call`.
_X_TOOLS = ("x_keyword_search", "x_semantic_search", "x_user_search", "x_thread_fetch")
# Tools that the customer runs.
_CUSTOMERS = ("function_call", "computer_call", "local_shell_call", "shell_call")
_XAI_TOTAL = "num_server_side_tools_used"
# xAI's own counts (https://docs.x.ai/docs/guides/tools/overview).
_XAI_DETAILS = "server_side_tool_usage_details"
_XAI = {
    "web_search_calls": _WEB,
    "x_search_calls": _X,
    "file_search_calls": _FILES,
    "document_search_calls": _FILES,
    "code_interpreter_calls": _CODE,
}
# OpenAI's chat models that search in every call, whatever the response says of it: in its chats
# "the model always retrieves information from the web before responding"
# (https://platform.openai.com/docs/guides/tools-web-search?api-mode=chat).
_SEARCHING = re.compile(r"\bgpt-[\w.-]*-search-(?:preview|api)\b")


def tool_calls(objects: Sequence[JsonObject], model: str | None) -> Counts:
    """Counts by unit of the tools that were used, searched from the usage object outwards.

    `model` is the one that served the call: some of OpenAI's search in every call.
    """
    counts: Counts = {}
    for each in objects:
        if _PLACES.isdisjoint(each):
            continue
        for unit, count in _counted(each):
            counts[unit] = counts.get(unit, 0) + count
        if counts or isinstance(each.get(_XAI_DETAILS), dict):
            break  # Outer objects would count the same calls again.
    if _SEARCHING.search(model or ""):
        counts.setdefault(_WEB, 1)
    return counts


def untold_tools(objects: Sequence[JsonObject]) -> tuple[CostReason, ...]:
    """A reason where xAI ran more tools than the response names: what they cost is not known.

    Counts by tool name all that is billed; without them the items of the output do.
    """
    usage = objects[0]
    used = usage.get(_XAI_TOTAL)
    if not is_count(used) or isinstance(usage.get(_XAI_DETAILS), dict):
        return ()
    outputs = (objects_in(each.get("output")) for each in objects)
    named = max(sum(_is_providers_call(item) for item in items) for items in outputs)
    return (CostReason(CostReasonCode.CONTRADICTION, _XAI_TOTAL),) if used > named else ()


def _is_providers_call(item: JsonObject) -> bool:
    kind = item.get("type")
    return isinstance(kind, str) and kind not in _CUSTOMERS and kind.endswith("_call")


def _counted(body: JsonObject) -> Iterator[tuple[str, int]]:
    details = body.get(_XAI_DETAILS)
    if isinstance(details, dict):
        yield from _of_xai(details)
    elif isinstance(body.get("output"), list):
        yield from _of_items(body)
    for key, read in _READERS.items():
        items = body.get(key)
        if isinstance(items, list):
            yield from read(items)


def _of_xai(details: JsonObject) -> Iterator[tuple[str, int]]:
    for name, unit in _XAI.items():
        count = details.get(name)
        if is_count(count) and count:
            yield unit, int(count)


def _of_items(body: JsonObject) -> Iterator[tuple[str, int]]:
    items = objects_in(body.get("output"))
    searches = _told_searches(body)
    if searches is None:
        searches = sum(_is_web_search(item) for item in items)
    if searches:
        yield _WEB, searches
    for item in items:
        kind = item.get("type")
        if isinstance(kind, str) and kind in _CALLS:
            yield _CALLS[kind], 1
        elif kind == "custom_tool_call" and item.get("name") in _X_TOOLS:
            yield _X, 1


def _told_searches(body: JsonObject) -> int | None:
    told = within(body, "tool_usage", "web_search", "num_requests")
    return int(told) if is_count(told) else None


def _is_web_search(item: JsonObject) -> bool:
    """Opening a page and finding a word are not billed. Older calls have no action."""
    if item.get("type") != "web_search_call":
        return False
    action = item.get("action")
    return not isinstance(action, dict) or action.get("type", "search") == "search"


def _of_candidates(candidates: list[object]) -> Iterator[tuple[str, int]]:
    """Gemini's queries, each once: the chunks of a stream repeat them.

    How many of them are billed depends on the model's price.
    """
    queries: set[str] = set()
    for candidate in objects_in(candidates):
        for key in ("groundingMetadata", "grounding_metadata"):
            grounding = candidate.get(key)
            if isinstance(grounding, dict):
                queries.update(_words(grounding.get("webSearchQueries")))
                queries.update(_words(grounding.get("web_search_queries")))
    if queries:
        yield _WEB, len(queries)


def _of_steps(steps: list[object]) -> Iterator[tuple[str, int]]:
    """Google's Interactions."""
    calls = [each for each in objects_in(steps) if each.get("type") == "google_search_call"]
    queries = sum(len(_words(within(call, "arguments", "queries"))) for call in calls)
    if queries:
        yield _WEB, queries


def _words(value: object) -> list[str]:
    return [each for each in items_in(value) if isinstance(each, str) and each]


_READERS = {
    "candidates": _of_candidates,
    "outputs": _of_steps,
    "steps": _of_steps,
}
_PLACES = frozenset({_XAI_DETAILS, "output", *_READERS})
