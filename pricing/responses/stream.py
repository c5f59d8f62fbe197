"""A stream's events, put together as the one response that they are of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pricing.responses.field import JsonObject, UnreadableResponse

# What an event holds a response in, or a part of one.
_WRAPPERS = ("response", "message", "metadata", "delta", "interaction", "x_groq")
# What events each report a part of, or report again with more: later counts replace earlier ones.
_USAGE = ("usage", "usageMetadata", "usage_metadata")
# What events each hold some items of.
_ITEMS = ("candidates", "output", "outputs", "steps", "choices")
# What is a whole response of its own, and not a part of one.
_WHOLE = {"object": ("chat.completion", "text_completion"), "type": ("message",)}


def whole_of_stream(events: Sequence[object]) -> JsonObject:
    """One response of a stream's events: the last word of each on everything.

    Raises UnreadableResponse where they are several responses.
    """
    objects = [event for event in events if isinstance(event, dict)]
    if len(objects) == 1:
        return objects[0]
    check_finished(objects)
    if _number_of_responses(objects) > 1:
        raise UnreadableResponse("There are several responses here: send an event for each.")
    whole: dict[str, object] = {}
    for event in objects:
        for part in _parts(event):
            _add(whole, part)
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
    lines = sum("custom_id" in event or "recordId" in event for event in events)
    wholes = sum(event.get(key) in words for event in events for key, words in _WHOLE.items())
    ids = {
        word
        for event in events
        for part in _parts(event)
        if any(part.get(key) is not None for key in _USAGE)
        for key in ("id", "responseId", "response_id")
        if isinstance(word := part.get(key), str)
    }
    return max(lines, wholes, len(ids))


def _parts(event: JsonObject) -> Iterator[JsonObject]:
    """The event, and what it holds of a response; that comes last."""
    yield event
    for key in _WRAPPERS:
        inner = event.get(key)
        if isinstance(inner, dict):
            yield inner


def _add(whole: dict[str, object], part: JsonObject) -> None:
    for key, value in part.items():
        known = whole.get(key)
        if value is None or (key in _WRAPPERS and isinstance(value, dict)):
            continue
        if key in _USAGE and isinstance(value, dict):
            counts = known if isinstance(known, dict) else {}
            counts.update({name: count for name, count in value.items() if count is not None})
            whole[key] = counts
        elif key in _ITEMS and isinstance(value, list) and isinstance(known, list):
            known.extend(value)
        elif key in _ITEMS and isinstance(value, list):
            whole[key] = list(value)
        else:
            whole[key] = value
