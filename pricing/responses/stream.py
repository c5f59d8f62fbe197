"""A stream's events, put together as the one response that they are of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pricing.responses.call import word
from pricing.responses.field import JsonObject, UnreadableResponse, within

# No stream has more; reading a list costs some microseconds an event.
_MAX_EVENTS = 200_000
# What an event holds a response in, or a part of one.
_WRAPPERS = ("response", "message", "metadata", "delta", "interaction", "x_groq")
# What events each report a part of, or report again with more: later counts replace earlier ones.
_USAGE = ("usage", "usageMetadata", "usage_metadata")
# What events each hold some items of.
_ITEMS = ("candidates", "output", "outputs", "steps", "choices")
_RESPONSES = ("response", "message")
_IDS = ("id", "responseId", "response_id")
_SEARCH = "google_search_call"
# What is a whole response of its own, and not a part of one; `assistant` is of Claude Code's logs.
_WHOLE = {"object": ("chat.completion", "text_completion"), "type": ("message", "assistant")}


def whole_of_stream(events: Sequence[object]) -> JsonObject:
    """One response of a stream's events: the last word of each on everything.

    Raises UnreadableResponse where they are several responses.
    """
    if len(events) > _MAX_EVENTS:
        raise UnreadableResponse(
            f"A list has at most {_MAX_EVENTS} events: send the one that ends the stream."
        )
    objects = [event for event in events if isinstance(event, dict)]
    if len(objects) == 1:
        return objects[0]
    check_finished(objects)
    if _number_of_responses(objects) > 1:
        raise UnreadableResponse("There are several responses here: send an event for each.")
    whole: dict[str, object] = {}
    searches: list[object] = []
    for event in objects:
        for part in _parts(event):
            _add(whole, part, adds_counts=event.get("type") == "message_delta")
        if within(event, "delta", "type") == _SEARCH:
            searches.append(event["delta"])
    # Google's Interactions end without the steps that they took.
    whole.setdefault("steps", searches)
    # What the last event is called says nothing of the whole.
    whole.pop("type", None)
    return whole


def check_finished(events: Sequence[JsonObject]) -> None:
    """Raises UnreadableResponse where Anthropic's stream was begun and not ended."""
    kinds = [event.get("type") for event in events]
    if "message_start" in kinds and "message_delta" not in kinds:
        raise UnreadableResponse(
            "output_tokens is missing: a message_start says how the output began. Send the list "
            "of message_start and message_delta, or the whole message."
        )


def _number_of_responses(events: Sequence[JsonObject]) -> int:
    """As many as there are lines of batches, whole responses with usage, or ids of usage."""
    lines = sum("custom_id" in event or "recordId" in event for event in events)
    wholes = 0
    ids = set()
    for event in events:
        if any(_has_usage(part) for part in _parts(event)):
            wholes += any(event.get(key) in words for key, words in _WHOLE.items())
            ids.add(_id(event))
    return max(lines, wholes, len(ids - {None}))


def _id(event: JsonObject) -> str | None:
    """The id of the response that an event is of."""
    inner = [part for key in _RESPONSES if isinstance(part := event.get(key), dict)]
    return word([*inner, event], *_IDS)


def _has_usage(part: JsonObject) -> bool:
    return any(part.get(key) is not None for key in _USAGE)


def _parts(event: JsonObject) -> Iterator[JsonObject]:
    """The event, and what it holds of a response; that comes last."""
    yield event
    for key in _WRAPPERS:
        inner = event.get(key)
        if isinstance(inner, dict):
            yield inner


def _add(whole: dict[str, object], part: JsonObject, adds_counts: bool) -> None:
    """Takes in what an event says.

    Usage replaces earlier usage, but for Anthropic's deltas, which leave out what their start told.
    """
    for key, value in part.items():
        known = whole.get(key)
        if value is None or (key in _WRAPPERS and isinstance(value, dict)):
            continue
        if key in _USAGE and isinstance(value, dict):
            counts = {name: count for name, count in value.items() if count is not None}
            if adds_counts and isinstance(known, dict):
                known.update(counts)
            else:
                whole[key] = counts
        elif key in _ITEMS and isinstance(value, list) and isinstance(known, list):
            known.extend(value)
        else:
            whole[key] = list(value) if key in _ITEMS and isinstance(value, list) else value
