"""Reading the log: one event, a page of a list, what lies after a place in the feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from models.cursor import START, Position
from models.event import UsageEvent
from models.event_table import EVENTS, SELECTION, from_row
from models.usage_filter import EVERYTHING, UsageFilter
from models.workspace import WORKSPACES


@dataclass(frozen=True)
class EventQuery:
    """A list of events in order of time, then of recording. The range is half-open, in UTC.

    With `until` it is of the log as it was when that sequence was its last; with `upto` the list
    ends at that place.
    """

    workspace_id: int
    limit: int
    after: Position | None = None
    filter: UsageFilter = EVERYTHING
    from_: datetime | None = None
    to: datetime | None = None
    newest_first: bool = True
    until: int | None = None
    upto: Position | None = None

    def page(self) -> Select[Any]:
        """One row more than the limit, to know whether there is a next page."""
        return self.rows().limit(self.limit + 1)

    def rows(self) -> Select[Any]:
        place = (EVENTS.c.occurred_at, EVENTS.c.sequence)
        order = [column.desc() if self.newest_first else column.asc() for column in place]
        statement = select(*SELECTION).where(*self._conditions())
        if self.after is not None:
            statement = statement.where(self._beyond(self.after))
        if self.upto is not None:
            statement = statement.where(~self._beyond(self.upto))
        return statement.order_by(*order).limit(self.limit)

    def slice_end(self, rows: int) -> Select[Any]:
        """The place of the row that ends a slice of the list, whatever passes the filter."""
        whole = replace(self, filter=EVERYTHING, limit=1)
        return (
            whole.rows().with_only_columns(EVENTS.c.sequence, EVENTS.c.occurred_at).offset(rows - 1)
        )

    def before(self) -> Select[Any]:
        """A row where the list has events up to and with `after`."""
        assert self.after is not None
        return select(1).where(*self._conditions(), ~self._beyond(self.after)).limit(1)

    def _conditions(self) -> list[ColumnElement[bool]]:
        conditions = [EVENTS.c.workspace_id == self.workspace_id, *self.filter.conditions()]
        if self.from_ is not None:
            conditions.append(EVENTS.c.occurred_at >= self.from_)
        if self.to is not None:
            conditions.append(EVENTS.c.occurred_at < self.to)
        if self.until is not None:
            conditions.append(EVENTS.c.sequence <= self.until)
        return conditions

    def _beyond(self, position: Position) -> ColumnElement[bool]:
        here = tuple_(EVENTS.c.occurred_at, EVENTS.c.sequence)
        # With their types: a bare number would go as an int4, which a long log outgrows.
        there = tuple_(
            position.occurred_at,
            position.sequence,
            types=(EVENTS.c.occurred_at.type, EVENTS.c.sequence.type),
        )
        return here < there if self.newest_first else here > there


@dataclass(frozen=True)
class EventPage:
    """A page of a list, and where the log ended when it was read."""

    workspace_id: int
    events: list[UsageEvent]
    has_next: bool
    has_previous: bool
    head: Position


async def read_page(session: AsyncSession, query: EventQuery) -> EventPage:
    head = await read_head(session, query.workspace_id)
    rows = (await session.execute(query.page())).all()
    has_previous = query.after is not None and (
        (await session.execute(query.before())).first() is not None
    )
    events = [from_row(row) for row in rows[: query.limit]]
    return EventPage(query.workspace_id, events, len(rows) > query.limit, has_previous, head)


async def read_events(session: AsyncSession, query: EventQuery) -> list[UsageEvent]:
    """A page's events, without what a list tells beside them."""
    return [from_row(row) for row in (await session.execute(query.rows())).all()]


async def read_slice_end(session: AsyncSession, query: EventQuery, rows: int) -> Position | None:
    """Where the next so many rows of the list end; None where the list does before."""
    end = (await session.execute(query.slice_end(rows))).first()
    return None if end is None else Position(*end)


async def read_event(session: AsyncSession, workspace_id: int, event_id: str) -> UsageEvent | None:
    statement = select(*SELECTION).where(
        EVENTS.c.workspace_id == workspace_id, EVENTS.c.id == event_id
    )
    row = (await session.execute(statement)).first()
    return None if row is None else from_row(row)


async def read_log(
    session: AsyncSession,
    workspace_id: int,
    *,
    after: int,
    until: int,
    limit: int,
    filter: UsageFilter = EVERYTHING,
) -> list[UsageEvent]:
    """Events with sequences in (after, until] that pass, in order of recording."""
    statement = (
        select(*SELECTION)
        .where(
            EVENTS.c.workspace_id == workspace_id,
            EVENTS.c.sequence > after,
            EVENTS.c.sequence <= until,
            *filter.conditions(),
        )
        .order_by(EVENTS.c.sequence)
        .limit(limit)
    )
    return [from_row(row) for row in (await session.execute(statement)).all()]


async def read_head(session: AsyncSession, workspace_id: int) -> Position:
    """Where the log ends: the last event's place, or the place before the first."""
    return (await read_heads(session, [workspace_id])).get(workspace_id, Head()).position


@dataclass(frozen=True)
class Head:
    """Where a log ends, and how often the costs of its events were changed so far."""

    position: Position = START
    repriced: int = 0


async def read_heads(session: AsyncSession, workspace_ids: Sequence[int]) -> dict[int, Head]:
    """The heads of several logs in one statement.

    The last event's time is no customer's to see but its own: of others it is that of the start.
    """
    statement = (
        select(
            WORKSPACES.c.id,
            WORKSPACES.c.repriced,
            WORKSPACES.c.last_sequence,
            EVENTS.c.occurred_at,
        )
        .outerjoin(
            EVENTS,
            (EVENTS.c.workspace_id == WORKSPACES.c.id)
            & (EVENTS.c.sequence == WORKSPACES.c.last_sequence),
        )
        .where(WORKSPACES.c.id == func.any(list(workspace_ids)))
    )
    rows = (await session.execute(statement)).all()
    return {
        workspace_id: Head(Position(last, START.occurred_at if at is None else at), repriced)
        for workspace_id, repriced, last, at in rows
    }
