"""Joins the events of a stream into the response that they carry."""

from __future__ import annotations

from collections.abc import Sequence

from pricing.responses.field import JsonObject, UnreadableResponse, within
from pricing.responses.key import EVENT_WRAPPERS, USAGE
from pricing.responses.several import batch_line, parts_of

# Nothing else runs while a list is read: this many events take some 60 ms.
_MAX_EVENTS = 10_000
# Lists whose items are spread over the events.
_ITEMS = ("candidates", "output", "outputs", "steps", "choices")
# Keys of the Live API's messages alone.
_LIVE = frozenset({"serverContent", "server_content", "setupComplete", "setup_complete"})
_SEARCH = "google_search_call"
# Anthropic's block where another model takes over: the start of the stream names the first.
_FALLBACK = "fallback"


def whole_of_stream(events: Sequence[object]) -> JsonObject:
    """Joins the events of one stream; later values replace earlier ones.

    Raises UnreadableResponse where the list has several responses, or too many events.
    """
    if len(events) > _MAX_EVENTS:
        raise UnreadableResponse(
            f"A list has at most {_MAX_EVENTS} events: send the last one with usage."
        )
    objects = [event for event in events if isinstance(event, dict)]
    if len(objects) == 1:
        return objects[0]
    check_finished(objects)
    if _number_of_live_turns(objects) > 1:
        raise UnreadableResponse(
            "There are several turns of a Live session here: send an event for each, the message "
            "that has its usageMetadata."
        )
    line = batch_line(objects)
    if line is not None:
        return line
    whole: dict[str, object] = {}
    searches: list[object] = []
    for event in objects:
        for part in parts_of(event):
            _add(whole, part, adds_counts=event.get("type") == "message_delta")
        if within(event, "content_block", "type") == _FALLBACK:
            _add(whole, {"model": within(event, "content_block", "to", "model")}, adds_counts=False)
        if within(event, "delta", "type") == _SEARCH:
            searches.append(event["delta"])
    # The last event of Google's Interactions does not repeat the steps.
    whole.setdefault("steps", searches)
    # The type of the last event is not the type of the response.
    whole.pop("type", None)
    return whole


def check_finished(events: Sequence[JsonObject]) -> None:
    """Raises UnreadableResponse where a stream of Anthropic has a start and no end."""
    kinds = [event.get("type") for event in events]
    if "message_start" in kinds and "message_delta" not in kinds:
        raise UnreadableResponse(
            "output_tokens is missing: a message_start has only the first of them. Send the list "
            "of message_start and message_delta, or the whole message."
        )


def _number_of_live_turns(events: Sequence[JsonObject]) -> int:
    """Counts the messages with usage of Google's Live API, which bills each turn by itself."""
    if all(_LIVE.isdisjoint(event) for event in events):
        return 0
    return sum(any(event.get(key) is not None for key in USAGE) for event in events)


def _add(whole: dict[str, object], part: JsonObject, adds_counts: bool) -> None:
    """Adds an event's fields to the response.

    Usage replaces earlier usage. Only Anthropic's deltas are merged into it: they leave out
    counts that the start has.
    """
    for key, value in part.items():
        known = whole.get(key)
        if value is None or (key in EVENT_WRAPPERS and isinstance(value, dict)):
            continue
        if key in USAGE and isinstance(value, dict):
            counts = {name: count for name, count in value.items() if count is not None}
            if adds_counts and isinstance(known, dict):
                known.update(counts)
            else:
                whole[key] = counts
        elif key in _ITEMS and isinstance(value, list) and isinstance(known, list):
            known.extend(value)
        else:
            whole[key] = list(value) if key in _ITEMS and isinstance(value, list) else value
