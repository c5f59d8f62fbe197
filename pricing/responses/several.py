"""Tells a list of several responses from the list of one stream's events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pricing.responses.call import word
from pricing.responses.field import Count, JsonObject, UnreadableResponse, is_count, within
from pricing.responses.key import (
    EVENT_WRAPPERS,
    USAGE,
    WHOLE_WRAPPERS,
    holds_usage,
    is_batch_line,
)
from pricing.responses.uncounted import LENGTH_KEYS, has_length

_WRAPPERS = frozenset(EVENT_WRAPPERS)
_RESPONSES = ("response", "message", "interaction")
_IDS = ("id", "responseId", "response_id")
# Words of whole responses. `assistant` marks the messages in Claude Code's logs, `message-end` the
# end of Cohere's streams.
_WORDS = {
    "object": ("chat.completion", "text_completion", "list"),
    "type": ("message", "assistant", "message-end"),
}
# Keys that only the end of a response has set, and values that say that it goes on.
_ENDS = ("stopReason", "stop_reason", "completionReason", "stop", "done")
_GOES_ON = ("not_finished", "NOT_FINISHED")
# Keys of whole contents. Streams have parts of contents under other keys.
_CONTENTS = ("content", "data", "embeddings", "pages", "results")
# Counts that streams have within a usage object only.
_BARE = frozenset(
    {
        "prompt_tokens",
        "completion_tokens",
        "input_tokens",
        "output_tokens",
        "total_tokens",
        "inputTokens",
        "outputTokens",
        "promptTokens",
        "completionTokens",
        "promptTokenCount",
        "candidatesTokenCount",
        "candidates_token_count",
        "total_input_tokens",
    }
)
_LENGTHS = frozenset(LENGTH_KEYS)
_WHOLE = frozenset(WHOLE_WRAPPERS)
# What an object holds at most that is nothing but usage.
_USAGE_ALONE = frozenset({"usage", "model"})
_MARKS = frozenset(
    {
        *_ENDS,
        *_CONTENTS,
        *_BARE,
        *_LENGTHS,
        *_WHOLE,
        "choices",
        "metadata",
        "predictions",
        "text",
        "usage",
    }
)
# How the names of counts end.
_COUNTS = ("tokens", "tokencount", "token_count", "eval_count")


def batch_line(events: Sequence[JsonObject]) -> JsonObject | None:
    """The batch line among events of one response; None where there is none.

    Raises UnreadableResponse where the events are of several responses.

    A batch job with one response is read like a line. Responses with ids are told apart by their
    ids, others by what only whole responses have. Where there is neither, counts that shrink
    show that there are several: the counts of a stream only grow.
    """
    line = None
    wholes = 0
    ids = set()
    before: dict[str, Count] = {}
    for event in events:
        parts = tuple(parts_of(event))
        if any(is_batch_line(part) for part in parts):
            line = event
            wholes += 1
            continue
        is_counted = any(_is_counted(part) for part in parts)
        name = _id(event)
        if is_counted:
            ids.add(name)
        if is_counted and any(event.get(key) in words for key, words in _WORDS.items()):
            wholes += 1
        elif name is None:
            wholes += _is_whole(event, is_counted)
            counts = _counts(parts)
            if any(before.get(key, 0) > count for key, count in counts.items()):
                raise _several()
            before.update(counts)
    if max(wholes, len(ids - {None})) > 1 or (line is not None and ids):
        raise _several()
    return line


def parts_of(event: JsonObject) -> Iterator[JsonObject]:
    """The event, then the objects in it that hold a response or a part of one."""
    yield event
    if _WRAPPERS.isdisjoint(event):
        return
    for key in EVENT_WRAPPERS:
        inner = event.get(key)
        if isinstance(inner, dict):
            yield inner


def _several() -> UnreadableResponse:
    return UnreadableResponse("There are several responses here: send an event for each.")


def _id(event: JsonObject) -> str | None:
    """The id of the response that an event belongs to."""
    inner = [part for key in _RESPONSES if isinstance(part := event.get(key), dict)]
    return word([*inner, event], *_IDS)


def _is_counted(part: JsonObject) -> bool:
    return holds_usage(part) or (
        "metrics" in part and within(part, "metrics", "input_token_count") is not None
    )


def _is_whole(event: JsonObject, is_counted: bool) -> bool:
    """Whether an event without an id is a whole response, or the one event with all counts."""
    if _MARKS.isdisjoint(event):
        return False
    if _is_sure(event):
        return True
    return is_counted and (
        _has_ended([event])
        or any(isinstance(event.get(key), list) for key in _CONTENTS)
        or isinstance(event.get("text"), str)
        or any("message" in each and "delta" not in each for each in _objects(event, "choices"))
        or _USAGE_ALONE.issuperset(event)
    )


def _is_sure(event: JsonObject) -> bool:
    """Whether no stream has such an event more than once, whatever it counts."""
    return (
        event.get("done") is True
        or "predictions" in event
        or ("metadata" in event and within(event, "metadata", "usage") is not None)
        or ("results" in event and _has_ended(_objects(event, "results")))
        or (not _LENGTHS.isdisjoint(event) and has_length(event))
        or (not _BARE.isdisjoint(event) and any(is_count(event.get(key)) for key in _BARE))
        or any(isinstance(event.get(key), dict) for key in _WHOLE.intersection(event))
    )


def _has_ended(objects: Iterable[JsonObject]) -> bool:
    ends = (each.get(key) for each in objects for key in _ENDS)
    return any(end is True or (isinstance(end, str) and end not in ("", *_GOES_ON)) for end in ends)


def _objects(event: JsonObject, key: str) -> list[JsonObject]:
    """The first objects of a list: these are enough to tell a whole response."""
    items = event.get(key)
    return [each for each in items[:1] if isinstance(each, dict)] if isinstance(items, list) else []


def _counts(parts: Sequence[JsonObject]) -> dict[str, Count]:
    """The counts of tokens in an event and in its usage objects, by name."""
    usages = [part[key] for part in parts for key in USAGE.intersection(part)]
    objects = (*parts, *usages, *_objects(parts[0], "results"))
    return {
        key: value
        for each in objects
        if isinstance(each, dict)
        for key, value in each.items()
        if key.lower().endswith(_COUNTS) and is_count(value)
    }
