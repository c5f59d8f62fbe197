"""The mutation's work: many events in, one result for each, in their order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from models.errors import BadInput, Unavailable
from models.event import UsageEvent
from models.event_log import Draft, Entry, StalePrices, Standing
from pricing.price_book import PriceBook
from resolvers.prices.price_books import PriceBooks
from resolvers.recording.draft import draft_event
from resolvers.recording.event_input import EventInput
from resolvers.recording.event_rules import EARLIEST_EVENT
from resolvers.recording.recorder import Recorder
from resolvers.recording.rejection import Problem, Rejected

MAX_EVENTS = 10_000
# Drafting holds the event loop; other requests get their turn in between.
_DRAFTS_AT_A_TIME = 200
# How often prices may change between reckoning costs and writing them.
_TRIES = 5


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


def too_many_events(count: int) -> str:
    return f"At most {MAX_EVENTS} events go into one request, and this has {count}."


async def record_events(
    recorder: Recorder,
    books: PriceBooks,
    workspace_id: int,
    events: Sequence[EventInput],
    *,
    earliest: datetime = EARLIEST_EVENT,
) -> Recording:
    """Record what is valid and new; say of the rest why not.

    Events that occurred before `earliest` are rejected. Raises BadInput, Unavailable.
    """
    if len(events) > MAX_EVENTS:
        raise BadInput(too_many_events(len(events)), field="events")
    book = await books.book(workspace_id)
    for _ in range(_TRIES):
        drafts, problems = await _draft_all(workspace_id, events, book, earliest)
        try:
            entries = await recorder.record(workspace_id, list(drafts.values()))
        except StalePrices:
            book = await books.fresh(workspace_id)
            continue
        by_index = dict(zip(drafts, entries, strict=True))
        return Recording(
            [
                _rejected(index, event, problems[index])
                if index in problems
                else _written(index, by_index[index])
                for index, event in enumerate(events)
            ]
        )
    raise Unavailable("Prices are being changed all the time; send the events again in a moment.")


async def _draft_all(
    workspace_id: int, events: Sequence[EventInput], book: PriceBook, earliest: datetime
) -> tuple[dict[int, Draft], dict[int, Problem]]:
    drafts: dict[int, Draft] = {}
    problems: dict[int, Problem] = {}
    now = datetime.now(UTC)
    for index, event in enumerate(events):
        if index % _DRAFTS_AT_A_TIME == _DRAFTS_AT_A_TIME - 1:
            await asyncio.sleep(0)
        try:
            drafts[index] = draft_event(workspace_id, event, book, now, earliest)
        except Rejected as rejection:
            problems[index] = rejection.problem
    return drafts, problems


def _rejected(index: int, event: EventInput, problem: Problem) -> RecordResult:
    valid_id = None if problem.field == "id" else event.id
    return RecordResult(index, valid_id, RecordStatus.REJECTED, None, problem)


def _written(index: int, entry: Entry) -> RecordResult:
    problem = None
    if entry.standing is Standing.CONFLICT:
        problem = Problem(
            "CONFLICT",
            "id",
            "This id was recorded before with other content, and the first content stands. A "
            "recorded event cannot be changed: send each id once, when its call has ended. To add "
            "what is missing, record it as a further event under an id of its own.",
        )
    return RecordResult(
        index, entry.event.id, RecordStatus(entry.standing.value), entry.event, problem
    )
