"""Lists: keyset pages in both orders, ranges, filters, heads that hand over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from models.cursor import Position, encode_cursor
from models.database import Database
from models.event_log import Attempts, append
from models.event_query import EventPage
from models.reach import Reach
from resolvers.events import find_event, list_events
from resolvers.time_range import TimeRange
from tests.events import NOON, make_draft

# Events out of the order of their times, some of them at the same time.
MINUTES = (5, 1, 3, 3, 9, 3, 7, 1)
OLDEST = ["event-1", "event-7", "event-2", "event-3", "event-5", "event-0", "event-6", "event-4"]


@pytest.fixture(autouse=True)
async def _log(database: Database) -> None:
    drafts = [
        make_draft(f"event-{n}", occurred_at=NOON + timedelta(minutes=minutes))
        for n, minutes in enumerate(MINUTES)
    ]
    await append(database, 1, drafts, Attempts())


def _ids(page: EventPage) -> list[str]:
    return [event.id for event in page.events]


def _cursor(page: EventPage, index: int = -1) -> str:
    last = page.events[index]
    return encode_cursor(1, Position(last.sequence, last.occurred_at))


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("size", [1, 2, 3, 8, 100])
async def test_pages_follow_each_other_without_gap_or_repeat(
    database: Database, newest_first: bool, size: int
) -> None:
    ids: list[str] = []
    after: str | None = None
    while True:
        page = await list_events(
            database, Reach(1), first=size, after=after, newest_first=newest_first
        )
        ids += _ids(page)
        if not page.has_next:
            break
        after = _cursor(page)
    assert ids == (OLDEST[::-1] if newest_first else OLDEST)


async def test_a_cursor_holds_in_the_other_order_too(database: Database) -> None:
    page = await list_events(database, Reach(1), first=3)
    back = await list_events(database, Reach(1), first=10, after=_cursor(page), newest_first=False)
    assert _ids(back) == ["event-6", "event-4"]


async def test_a_page_knows_of_its_neighbours(database: Database) -> None:
    first = await list_events(database, Reach(1), first=3)
    assert (first.has_previous, first.has_next) == (False, True)
    last = await list_events(database, Reach(1), first=100, after=_cursor(first))
    assert (last.has_previous, last.has_next) == (True, False)


async def test_a_range_is_half_open(database: Database) -> None:
    range = TimeRange(NOON + timedelta(minutes=3), NOON + timedelta(minutes=7))
    page = await list_events(database, Reach(1), first=10, range=range, newest_first=False)
    assert _ids(page) == ["event-2", "event-3", "event-5", "event-0"]


async def test_a_page_of_none_knows_whether_there_are_some(database: Database) -> None:
    page = await list_events(database, Reach(1), first=0)
    assert (page.events, page.has_next) == ([], True)


async def test_the_head_of_an_empty_log_is_the_place_before_the_first(database: Database) -> None:
    page = await list_events(database, Reach(2), first=10)
    assert (page.events, page.head.sequence) == ([], 0)


async def test_the_head_of_an_empty_log_is_good_in_lists(database: Database) -> None:
    head = encode_cursor(1, (await list_events(database, Reach(2), first=1)).head)
    all_of_them = await list_events(database, Reach(1), first=10, after=head, newest_first=False)
    none = await list_events(database, Reach(1), first=10, after=head)
    assert (len(all_of_them.events), none.events) == (8, [])


async def test_the_head_is_the_last_that_was_recorded_whatever_its_time(
    database: Database,
) -> None:
    assert (await list_events(database, Reach(1), first=1)).head.sequence == 8


async def test_an_event_is_found_by_its_id(database: Database) -> None:
    found = await find_event(database, Reach(1), "event-3")
    assert found is not None
    assert found.sequence == 4


@pytest.mark.parametrize("event_id", ["nothing", "", "\x00", "\ud800"])
async def test_an_id_that_nothing_has_finds_nothing(database: Database, event_id: str) -> None:
    assert await find_event(database, Reach(1), event_id) is None


async def test_a_page_is_read_in_few_statements(database: Database) -> None:
    statements: list[Any] = []
    engine = database.engine.sync_engine

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    await list_events(database, Reach(1), first=3)
    event.remove(engine, "before_cursor_execute", note)
    assert len([s for s in statements if "usage_events" in s]) == 2


@pytest.mark.parametrize("newest_first", [True, False])
async def test_a_cursor_of_a_log_of_billions_is_good(
    database: Database, newest_first: bool
) -> None:
    far = encode_cursor(1, Position((1 << 63) - 1, NOON + timedelta(minutes=3)))
    page = await list_events(database, Reach(1), first=10, after=far, newest_first=newest_first)
    expected = OLDEST[4::-1] if newest_first else OLDEST[5:]
    assert _ids(page) == expected
