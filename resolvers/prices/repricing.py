"""Pricing earlier events again: in steps, each under the workspace's lock, with what was before."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import blake2b

from models.audit import AuditAction, note
from models.cursor import Position
from models.database import Database
from models.event import UsageEvent
from models.reach import Reach
from models.repricing_table import (
    RepricingQuery,
    RepricingRow,
    advance_repricing,
    change_costs,
    open_repricing,
    read_by_sequence,
    read_repriceable,
)
from models.usage_filter import UsageFilter
from models.workspace import lock_workspace, note_repricing, read_price_revision
from pricing.arithmetic import EXACT
from pricing.price_book import PriceBook
from pricing.priced_event import priced
from resolvers.prices.price_books import PriceBooks
from resolvers.time_range import TimeRange

MAX_STEP = 5_000
# An answer should come before a proxy gives the request up.
TIME_LIMIT_SECONDS = 20.0
_EVENTS_AT_A_TIME = 500

AnnounceRepricing = Callable[[int, int], None]
# An event before and after.
Change = tuple[UsageEvent, UsageEvent]


@dataclass
class RepricingGroup:
    """What was, or would be, changed of one provider's model. Costs are USD of what is priced."""

    provider: str
    model: str
    changed: int = 0
    cost_before: Decimal = Decimal(0)
    cost_after: Decimal = Decimal(0)


@dataclass
class Repricing:
    """What a repricing changed, or would change; groups with most changes first.

    `complete` is false where time ran out: the same request again goes on from there.
    """

    dry_run: bool
    complete: bool = False
    events: int = 0
    changed: int = 0
    _groups: dict[tuple[str, str], RepricingGroup] = field(default_factory=dict)

    @property
    def groups(self) -> list[RepricingGroup]:
        return sorted(self._groups.values(), key=lambda g: (-g.changed, g.provider, g.model))

    @property
    def cost_before(self) -> Decimal:
        return _sum([group.cost_before for group in self._groups.values()])

    @property
    def cost_after(self) -> Decimal:
        return _sum([group.cost_after for group in self._groups.values()])

    def count(self, events: int, changes: Sequence[Change]) -> None:
        self.events += events
        self.changed += len(changes)
        for before, after in changes:
            key = (before.provider or "", before.model or before.unit or "")
            group = self._groups.setdefault(key, RepricingGroup(*key))
            group.changed += 1
            group.cost_before = EXACT.add(group.cost_before, before.cost or Decimal(0))
            group.cost_after = EXACT.add(group.cost_after, after.cost or Decimal(0))


class Repricer:
    """Prices a workspace's events of a range again, by the prices as they are now."""

    def __init__(
        self,
        database: Database,
        books: PriceBooks,
        announce: AnnounceRepricing,
        *,
        step: int = MAX_STEP,
        time_limit_seconds: float = TIME_LIMIT_SECONDS,
    ) -> None:
        self._database = database
        self._books = books
        self._announce = announce
        self._step = step
        self._time_limit_seconds = time_limit_seconds

    async def reprice(
        self,
        workspace_id: int,
        range: TimeRange,
        filter: UsageFilter,
        *,
        dry_run: bool,
        by: str,
    ) -> Repricing:
        """Raises Unavailable."""
        if dry_run:
            return await self.preview(workspace_id, range, filter)
        done = await self.change(workspace_id, range, filter, by=by)
        async with self._database.write() as session:
            detail = {"from": str(range.from_), "to": str(range.to), "changed": done.changed}
            await note(session, workspace_id, by, AuditAction.EVENTS_REPRICED, detail=detail)
        return done

    async def preview(self, workspace_id: int, range: TimeRange, filter: UsageFilter) -> Repricing:
        """What repricing would change. Changes nothing. Raises Unavailable."""
        query = RepricingQuery(workspace_id, range.from_, range.to, filter, self._step)
        book = await self._books.fresh(workspace_id)
        found = Repricing(dry_run=True)
        reached: Position | None = None
        deadline = self._deadline()
        while not found.complete and time.monotonic() < deadline:
            async with self._database.read(Reach(workspace_id)) as session:
                events = await read_repriceable(session, query, reached)
            found.count(len(events), await _changes(book, events))
            found.complete = len(events) < self._step
            reached = _place(events) or reached
        return found

    async def change(
        self, workspace_id: int, range: TimeRange, filter: UsageFilter, *, by: str
    ) -> Repricing:
        """Change what is priced otherwise now. Costs that were supplied stay. Raises Unavailable.

        One that ran out of time, or was killed, is gone on with by the same request.
        """
        query = RepricingQuery(workspace_id, range.from_, range.to, filter, self._step)
        request = _fingerprint(range, filter)
        done = Repricing(dry_run=False)
        deadline = self._deadline()
        while not done.complete:
            # Looked for and reckoned without the lock: recording goes on meanwhile.
            book = await self._books.fresh(workspace_id)
            async with self._database.write() as session:
                row = await open_repricing(
                    session, workspace_id, request, book.revision, datetime.now(UTC), by
                )
            async with self._database.read(Reach(workspace_id)) as session:
                events = await read_repriceable(session, query, _reached(row))
            changes = await _changes(book, events)
            await self._change_step(query, row, book, events, changes, done)
            if time.monotonic() >= deadline:
                break
        return done

    async def _change_step(
        self,
        query: RepricingQuery,
        row: RepricingRow,
        book: PriceBook,
        events: Sequence[UsageEvent],
        changes: Sequence[Change],
        done: Repricing,
    ) -> None:
        """Write what changes, under the lock; nothing, where prices have changed meanwhile."""
        workspace_id = query.workspace_id
        repriced = None
        async with self._database.write() as session:
            if changes:
                await lock_workspace(session, workspace_id)
                if await read_price_revision(session, workspace_id) != book.revision:
                    return
                # Another repricing may have changed some of them.
                sequences = [event.sequence for event, _ in changes]
                current = await read_by_sequence(session, workspace_id, sequences)
                changes = await _changes(book, current)
            if changes:
                before, after = zip(*changes, strict=True)
                await change_costs(session, workspace_id, row.id, before, after)
                repriced = await note_repricing(session, workspace_id)
            complete = len(events) < query.limit
            await advance_repricing(
                session,
                row,
                _place(events),
                events=len(events),
                changed=len(changes),
                finished_at=datetime.now(UTC) if complete else None,
            )
        done.complete = complete
        done.count(len(events), changes)
        if repriced is not None:
            self._announce(workspace_id, repriced)

    def _deadline(self) -> float:
        return time.monotonic() + self._time_limit_seconds


async def _changes(book: PriceBook, events: Sequence[UsageEvent]) -> list[Change]:
    """Events that cost otherwise now, before and after."""
    changes: list[Change] = []
    for index, event in enumerate(events):
        if index % _EVENTS_AT_A_TIME == _EVENTS_AT_A_TIME - 1:
            # Reckoning holds the event loop; other requests get their turn in between.
            await asyncio.sleep(0)
        after = priced(book, event)
        if after != event:
            changes.append((event, after))
    return changes


def _reached(row: RepricingRow) -> Position | None:
    if row.reached_at is None or row.reached_sequence is None:
        return None
    return Position(row.reached_sequence, row.reached_at)


def _place(events: Sequence[UsageEvent]) -> Position | None:
    return Position(events[-1].sequence, events[-1].occurred_at) if events else None


def _fingerprint(range: TimeRange, filter: UsageFilter) -> bytes:
    """What tells that a request is the same as one before."""
    return blake2b(repr((range, filter)).encode(), digest_size=16).digest()


def _sum(amounts: Sequence[Decimal]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total
