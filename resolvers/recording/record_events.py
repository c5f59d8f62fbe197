"""The mutation's work: many events in, one result for each, in their order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from models.errors import BadInput
from models.event import UsageEvent
from models.event_log import Draft, Entry, Standing
from models.price import Price
from models.price_store import PriceStore
from pricing.catalogue import Catalogue
from resolvers.recording.draft import draft_event
from resolvers.recording.event_input import EventInput
from resolvers.recording.recorder import Recorder
from resolvers.recording.rejection import Problem, Rejected

MAX_EVENTS = 10_000
# Drafting holds the event loop; other requests get their turn in between.
_DRAFTS_AT_A_TIME = 200


class RecordStatus(StrEnum):
    RECORDED = "RECORDED"
    DUPLICATE = "DUPLICATE"
    CONFLICT = "CONFLICT"
    REJECTED = "REJECTED"


class RecordResult(msgspec.Struct, frozen=True):
    """What became of one event. `index` is its place in the request, from 0."""

    index: int
    id: str | None
    status: RecordStatus
    event: UsageEvent | None
    problem: Problem | None


@dataclass(frozen=True)
class Recording:
    """What became of a request's events."""

    results: list[RecordResult]

    def count(self, status: RecordStatus) -> int:
        return Counter(result.status for result in self.results)[status]


async def record_events(
    recorder: Recorder,
    catalogue: Catalogue,
    prices: PriceStore,
    workspace_id: int,
    events: Sequence[EventInput],
) -> Recording:
    """Record what is valid and new; say of the rest why not. Raises BadInput, Unavailable."""
    if len(events) > MAX_EVENTS:
        raise BadInput(
            f"At most {MAX_EVENTS} events go into one request, and this has {len(events)}.",
            field="events",
        )
    drafts, problems, applied = await _draft_all(workspace_id, events, catalogue)
    await prices.keep(applied)
    entries = await recorder.record(workspace_id, list(drafts.values()))
    by_index = dict(zip(drafts, entries, strict=True))
    return Recording(
        [
            _rejected(index, event, problems[index])
            if index in problems
            else _written(index, by_index[index])
            for index, event in enumerate(events)
        ]
    )


async def _draft_all(
    workspace_id: int, events: Sequence[EventInput], catalogue: Catalogue
) -> tuple[dict[int, Draft], dict[int, Problem], dict[str, Price]]:
    drafts: dict[int, Draft] = {}
    problems: dict[int, Problem] = {}
    applied: dict[str, Price] = {}
    now = datetime.now(UTC)
    for index, event in enumerate(events):
        if index % _DRAFTS_AT_A_TIME == _DRAFTS_AT_A_TIME - 1:
            await asyncio.sleep(0)
        try:
            priced = draft_event(workspace_id, event, catalogue, now)
        except Rejected as rejection:
            problems[index] = rejection.problem
            continue
        drafts[index] = priced.draft
        if priced.price is not None:
            applied[priced.price.id] = priced.price
    return drafts, problems, applied


def _rejected(index: int, event: EventInput, problem: Problem) -> RecordResult:
    valid_id = None if problem.field == "id" else event.id
    return RecordResult(index, valid_id, RecordStatus.REJECTED, None, problem)


def _written(index: int, entry: Entry) -> RecordResult:
    problem = None
    if entry.standing is Standing.CONFLICT:
        problem = Problem(
            "CONFLICT", "id", "This id was recorded before with other content; nothing was changed."
        )
    return RecordResult(
        index, entry.event.id, RecordStatus(entry.standing.value), entry.event, problem
    )
