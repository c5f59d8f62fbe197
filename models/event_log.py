"""The sequence log: events of a workspace numbered 1, 2, 3 …, in the order of their commits."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import Integer, Text, any_, bindparam, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY

from models.catalogue_table import LEARNING_LOCK
from models.cube_gaps import note_gap
from models.cube_writing import add_to_cubes
from models.database import Database
from models.event import UsageEvent
from models.event_table import COPY_COLUMNS, EVENTS, SELECTION, from_row, to_copy_row
from models.presence_memory import PresenceMemory

# Not FOR UPDATE: rows that refer to the workspace may still be inserted meanwhile.
_LOCK = f"""
    SELECT last_sequence, cubed_sequence, price_revision,
        pg_advisory_xact_lock_shared({LEARNING_LOCK})
    FROM workspaces WHERE id = $1 FOR NO KEY UPDATE
"""
# By itself, after the locks: a statement that waits for a lock sees other rows as they were before.
# What follows in the transaction is planned once for a connection, since planning takes as long as
# running for a small batch; by indexes, since that plan may be made while the tables are empty.
_CATALOGUE = """
    SELECT revision,
        set_config('plan_cache_mode', 'force_generic_plan', true),
        set_config('enable_seqscan', 'off', true)
    FROM catalogue
"""
# One look into the index of ids for each. As `id = ANY($2)` Postgres may well read all events of
# the workspace instead: without statistics it takes a workspace for 1/200 of the table.
_KNOWN = """
    SELECT known.* FROM unnest($2::text[]) AS sought (id) CROSS JOIN LATERAL (
        SELECT id, fingerprint, sequence, recorded_at FROM usage_events
        WHERE workspace_id = $1 AND id = sought.id
        LIMIT 1
    ) AS known
"""
_ADVANCE = "UPDATE workspaces SET last_sequence = $2, cubed_sequence = $2 WHERE id = $1"
_STORED = str(
    select(*SELECTION)
    .where(
        EVENTS.c.workspace_id == bindparam("workspace_id", type_=Integer),
        EVENTS.c.id == any_(bindparam("ids", type_=ARRAY(Text))),
    )
    .compile(dialect=postgresql.asyncpg.dialect())  # type: ignore[no-untyped-call]  # untyped there
)


class Standing(StrEnum):
    """What the log knows of an event that was brought to it."""

    RECORDED = "RECORDED"
    DUPLICATE = "DUPLICATE"
    CONFLICT = "CONFLICT"


class Draft(msgspec.Struct, frozen=True):
    """An event on its way into the log, without its place yet.

    The fingerprint is of the content as it was sent: it tells a retry from another event
    under the same id. `given_id` is false where the server made the id. `price_revision` says by
    which state of the prices (the catalogue's, the workspace's) the cost was reckoned.
    """

    event: UsageEvent
    fingerprint: bytes
    given_id: bool = True
    price_revision: tuple[int, int] | None = None


class StalePrices(Exception):
    """Prices were changed since the drafts were priced: price them again. Nothing was written."""


class Entry(msgspec.Struct, frozen=True):
    """A draft's outcome; `event` is the one that stands in the log under its id."""

    standing: Standing
    event: UsageEvent


@dataclass
class Attempts:
    """The places that earlier tries of one batch gave: how to know one's own rows again.

    A connection may die while a commit is under way. The next try takes the lock, so that
    commit is over by then, and finds either nothing or the very rows that it wrote.
    """

    tries: list[Sequence[UsageEvent]] = field(default_factory=list)

    def note(self, events: Sequence[UsageEvent]) -> None:
        self.tries.append(events)

    def ids(self) -> set[str]:
        return {event.id for events in self.tries for event in events}

    def places(self) -> set[tuple[str, int, datetime]]:
        return {(e.id, e.sequence, e.recorded_at) for events in self.tries for e in events}


async def append(
    database: Database,
    workspace_id: int,
    drafts: Sequence[Draft],
    attempts: Attempts,
    memory: PresenceMemory | None = None,
) -> list[Entry]:
    """Write the drafts that are new at the end of the log, all in one transaction.

    Returns an entry for each draft, in their order. After an error that says nothing of the
    commit's outcome, call again with the same drafts and attempts. Raises StalePrices.
    """
    memory = memory or PresenceMemory()
    async with database.driver() as driver, driver.transaction():
        entries, written = await _append(driver, workspace_id, drafts, attempts, memory)
    if written:
        memory.note(workspace_id, written[-1].sequence, written)
    return entries


async def _append(
    driver: asyncpg.Connection[Any],
    workspace_id: int,
    drafts: Sequence[Draft],
    attempts: Attempts,
    memory: PresenceMemory,
) -> tuple[list[Entry], list[UsageEvent]]:
    """The entries, and the events that were written."""
    head = await driver.fetchrow(_LOCK, workspace_id)
    if head is None:
        raise LookupError(f"workspace {workspace_id} does not exist")
    last_sequence = head["last_sequence"]
    # An id that the server has just made can stand in the log only if an earlier try put it there.
    tried = attempts.ids()
    sought = [d.event.id for d in drafts if d.given_id or d.event.id in tried]
    known = {row["id"]: row for row in await driver.fetch(_KNOWN, workspace_id, sought)}
    own = attempts.places() if known else set()
    fresh = _number(drafts, known, last_sequence)
    events = [draft.event for draft in fresh.values()]
    if fresh:
        catalogue_revision = await driver.fetchval(_CATALOGUE)
        _check_prices(fresh.values(), (catalogue_revision, head["price_revision"]))
        attempts.note(events)
        await _copy(driver, list(fresh.values()))
        if head["cubed_sequence"] < last_sequence:
            await note_gap(driver, workspace_id, head["cubed_sequence"], last_sequence)
        news = memory.news(workspace_id, last_sequence, events)
        await add_to_cubes(driver, workspace_id, events, news)
        await driver.execute(_ADVANCE, workspace_id, last_sequence + len(fresh))
    stored = await _stored(driver, workspace_id, list(known))
    return _entries(drafts, known, fresh, stored, own), events


def _check_prices(drafts: Iterable[Draft], now: tuple[int, int]) -> None:
    """Only of what is new: after a commit of unknown outcome, its events are known by their ids."""
    if any(draft.price_revision not in (None, now) for draft in drafts):
        raise StalePrices


def _number(
    drafts: Sequence[Draft], known: Mapping[str, Any], last_sequence: int
) -> dict[str, Draft]:
    """Give what is new its place, the first of each id; the time is taken under the lock."""
    now = datetime.now(UTC)
    fresh: dict[str, Draft] = {}
    for draft in drafts:
        event_id = draft.event.id
        if event_id not in known and event_id not in fresh:
            last_sequence += 1
            event = msgspec.structs.replace(draft.event, sequence=last_sequence, recorded_at=now)
            fresh[event_id] = msgspec.structs.replace(draft, event=event)
    return fresh


async def _copy(driver: asyncpg.Connection[Any], drafts: Sequence[Draft]) -> None:
    await driver.copy_records_to_table(
        EVENTS.name,
        columns=COPY_COLUMNS,
        records=[to_copy_row(d.event, d.fingerprint) for d in drafts],
    )


async def _stored(
    driver: asyncpg.Connection[Any], workspace_id: int, ids: list[str]
) -> dict[str, UsageEvent]:
    if not ids:
        return {}
    rows = await driver.fetch(_STORED, workspace_id, ids)
    return {event.id: event for event in map(from_row, rows)}


def _entries(
    drafts: Sequence[Draft],
    known: Mapping[str, Any],
    fresh: Mapping[str, Draft],
    stored: Mapping[str, UsageEvent],
    own_places: Container[tuple[str, int, datetime]],
) -> list[Entry]:
    entries: list[Entry] = []
    seen: set[str] = set()
    for draft in drafts:
        event_id = draft.event.id
        row = known.get(event_id)
        if row is None:
            first, event = fresh[event_id].fingerprint, fresh[event_id].event
            own = True
        else:
            first, event = row["fingerprint"], stored[event_id]
            own = (event_id, row["sequence"], row["recorded_at"]) in own_places
        if first != draft.fingerprint:
            standing = Standing.CONFLICT
        elif own and event_id not in seen:
            standing = Standing.RECORDED
        else:
            standing = Standing.DUPLICATE
        seen.add(event_id)
        entries.append(Entry(standing, event))
    return entries
