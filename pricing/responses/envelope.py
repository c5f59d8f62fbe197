"""Unwraps responses from batch lines, stream events and the objects of gateways."""

from __future__ import annotations

from dataclasses import dataclass

from pricing.responses.field import JsonObject, UnreadableResponse, objects_in
from pricing.responses.key import LISTS, WRAPPERS, holds_usage, is_batch_line
from pricing.responses.stream import check_finished, whole_of_stream

BATCH = "batch"

_FURTHER_IN = frozenset({*WRAPPERS, "error"})
_MAX_DEPTH = 8
_FAILED = ("errored", "canceled", "expired")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A response, the objects around it from the inside out, and `batch` for a batch line."""

    body: JsonObject
    around: tuple[JsonObject, ...] = ()
    processing: str | None = None


def opened(body: object) -> Envelope:
    """Unwraps a response body. Raises UnreadableResponse."""
    if isinstance(body, list):
        body = whole_of_stream(body)
    if not isinstance(body, dict):
        raise UnreadableResponse(
            "A response is an object: its body, its usage object, or the list of its chunks."
        )
    around: list[JsonObject] = []
    processing: str | None = None
    while not holds_usage(body) and len(around) < _MAX_DEPTH:
        if is_batch_line(body):
            processing = BATCH
            _check_succeeded(body)
        inner = _inner(body)
        if inner is None:
            break
        around.insert(0, body)
        body = inner
    check_finished(around)
    return Envelope(body, tuple(around), processing)


def _check_succeeded(line: JsonObject) -> None:
    result = line.get("result")
    failed = isinstance(result, dict) and result.get("type") in _FAILED
    if failed or (line.get("error") is not None and not line.get("response")):
        raise UnreadableResponse("This batch line failed: it holds an error and no usage.")


def _inner(body: JsonObject) -> JsonObject | None:
    candidates = []
    for choice in objects_in(body.get("choices"))[-1:]:
        if holds_usage(choice):  # The last chunk of Moonshot's streams.
            return choice
    for key in WRAPPERS:
        inner = body.get(key)
        if isinstance(inner, list) and key in LISTS:
            inner = _only(inner)
        if isinstance(inner, dict):
            if holds_usage(inner):
                return inner
            candidates.append(inner)
    return next((each for each in candidates if not _FURTHER_IN.isdisjoint(each)), None)


def _only(responses: list[object]) -> object:
    if len(responses) > 1:
        raise UnreadableResponse(
            f"There are {len(responses)} responses here: send an event for each."
        )
    return responses[0] if responses else None
