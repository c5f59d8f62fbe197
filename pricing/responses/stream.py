"""Joins the events of a stream into the response that they carry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pricing.responses.call import word
from pricing.responses.field import JsonObject, UnreadableResponse, within

# No stream has more; reading a list costs some microseconds an event.
_MAX_EVENTS = 200_000
# Keys under which events hold a response, or a part of one.
_WRAPPERS = ("response", "message", "metadata", "delta", "interaction", "x_groq")
# Keys of usage objects.
_USAGE = ("usage", "usageMetadata", "usage_metadata")
# Lists whose items are spread over the events.
_ITEMS = ("candidates", "output", "outputs", "steps", "choices")
_RESPONSES = ("response", "message")
_IDS = ("id", "responseId", "response_id")
# Keys of the Live API's messages alone.
_LIVE = frozenset({"serverContent", "server_content", "setupComplete", "setup_complete"})
_SEARCH = "google_search_call"
# Anthropic's block where another model takes over: the start of the stream names the first.
_FALLBACK = "fallback"
# Marks of whole responses; `assistant` marks the messages in Claude Code's logs.
_WHOLE = {"object": ("chat.completion", "text_completion"), "type": ("message", "assistant")}


def whole_of_stream(events: Sequence[object]) -> JsonObject:
    """Joins the events of one stream; later values replace earlier ones.

    Raises UnreadableResponse where the list has several responses, or too many events.
    """
    if len(events) > _MAX_EVENTS:
        raise UnreadableResponse(
            f"A list has at most {_MAX_EVENTS} events: send the one that ends the stream."
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
    if _number_of_responses(objects) > 1:
        raise UnreadableResponse("There are several responses here: send an event for each.")
    whole: dict[str, object] = {}
    searches: list[object] = []
    for event in objects:
        for part in _parts(event):
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


def _number_of_responses(events: Sequence[JsonObject]) -> int:
    """Counts batch lines, whole responses with usage, and ids of events with usage."""
    lines = sum("custom_id" in event or "recordId" in event for event in events)
    wholes = 0
    ids = set()
    for event in events:
        if any(_has_usage(part) for part in _parts(event)):
            wholes += any(event.get(key) in words for key, words in _WHOLE.items())
            ids.add(_id(event))
    return max(lines, wholes, len(ids - {None}))


def _number_of_live_turns(events: Sequence[JsonObject]) -> int:
    """Counts the messages with usage of Google's Live API, which bills each turn by itself."""
    if all(_LIVE.isdisjoint(event) for event in events):
        return 0
    return sum(_has_usage(event) for event in events)


def _id(event: JsonObject) -> str | None:
    """The id of the response that an event belongs to."""
    inner = [part for key in _RESPONSES if isinstance(part := event.get(key), dict)]
    return word([*inner, event], *_IDS)


def _has_usage(part: JsonObject) -> bool:
    return any(part.get(key) is not None for key in _USAGE)


def _parts(event: JsonObject) -> Iterator[JsonObject]:
    """The event, then the objects in it that hold a response or a part of one."""
    yield event
    for key in _WRAPPERS:
        inner = event.get(key)
        if isinstance(inner, dict):
            yield inner


def _add(whole: dict[str, object], part: JsonObject, adds_counts: bool) -> None:
    """Adds an event's fields to the response.

    Usage replaces earlier usage. Only Anthropic's deltas are merged into it: they leave out
    counts that the start has.
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
