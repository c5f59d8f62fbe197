"""Group commit: joined, bounded, and nobody fails for a neighbour."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import asyncpg
import pytest

from models.database import Database
from models.errors import Unavailable
from models.event import UsageEvent
from models.event_log import Standing
from models.event_query import read_head, read_log
from resolvers.recording.recorder import Recorder
from tests.events import make_draft, make_drafts


class Announcements:
    """What the recorder announced, and a recorder that does."""

    def __init__(self, database: Database, **bounds: float) -> None:
        self.heard: list[tuple[int, list[int]]] = []
        self.recorder = Recorder(database, self._hear, **bounds)  # type: ignore[arg-type]  # ints too

    def _hear(self, workspace_id: int, events: list[UsageEvent]) -> None:
        self.heard.append((workspace_id, [event.sequence for event in events]))


@pytest.fixture
async def announcements(database: Database) -> AsyncIterator[Announcements]:
    announcements = Announcements(database)
    yield announcements
    await announcements.recorder.close()


async def _ids(database: Database) -> list[str]:
    async with database.read_as_owner() as session:
        events = await read_log(session, 1, after=0, until=1 << 40, limit=100_000)
    return [event.id for event in events]


async def test_concurrent_callers_share_transactions(
    database: Database, announcements: Announcements
) -> None:
    await asyncio.gather(
        *(announcements.recorder.record(1, make_drafts([f"event-{n}"])) for n in range(100))
    )
    assert len(await _ids(database)) == 100
    assert len(announcements.heard) < 10


async def test_what_was_committed_is_announced_in_order(announcements: Announcements) -> None:
    await asyncio.gather(
        *(announcements.recorder.record(1, make_drafts([f"event-{n}"])) for n in range(30))
    )
    announced = [sequence for _, sequences in announcements.heard for sequence in sequences]
    assert announced == list(range(1, 31))


async def test_duplicates_are_not_announced(announcements: Announcements) -> None:
    await announcements.recorder.record(1, make_drafts(["a"]))
    await announcements.recorder.record(1, make_drafts(["a"]))
    assert announcements.heard == [(1, [1])]


async def test_callers_with_the_same_id_in_one_transaction_record_it_once(
    database: Database, announcements: Announcements
) -> None:
    answers = await asyncio.gather(
        *(announcements.recorder.record(1, make_drafts(["a"])) for _ in range(20))
    )
    standings = [entry.standing for entries in answers for entry in entries]
    assert standings.count(Standing.RECORDED) == 1
    assert standings.count(Standing.DUPLICATE) == 19
    assert await _ids(database) == ["a"]


async def test_nobody_fails_for_a_neighbour(
    database: Database, announcements: Announcements
) -> None:
    # The first is under way alone; the others are joined, one of them with data that fail.
    answers = await asyncio.gather(
        announcements.recorder.record(1, make_drafts(["first"])),
        announcements.recorder.record(1, make_drafts(["good-1"])),
        announcements.recorder.record(1, [make_draft("bad", cost_status=None)]),
        announcements.recorder.record(1, make_drafts(["good-2"])),
        return_exceptions=True,
    )
    assert isinstance(answers[2], asyncpg.PostgresError)
    assert await _ids(database) == ["first", "good-1", "good-2"]


async def test_past_its_bound_a_workspaces_queue_refuses_at_once(database: Database) -> None:
    recorder = Announcements(database, max_queued=10).recorder
    first = asyncio.create_task(recorder.record(1, make_drafts([f"a-{n}" for n in range(8)])))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await recorder.record(1, make_drafts(["b-1", "b-2", "b-3"]))
    assert len(await first) == 8
    await recorder.close()
    assert len(await _ids(database)) == 8


async def test_past_the_bound_of_all_queues_others_are_refused_too(database: Database) -> None:
    recorder = Announcements(database, max_queued_in_all=5).recorder
    first = asyncio.create_task(recorder.record(1, make_drafts([f"a-{n}" for n in range(5)])))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await recorder.record(2, [make_draft("b", workspace_id=2)])
    await first
    await recorder.close()


async def test_an_empty_queue_takes_a_request_larger_than_its_bound(database: Database) -> None:
    recorder = Announcements(database, max_queued=10).recorder
    entries = await recorder.record(1, make_drafts([f"a-{n}" for n in range(50)]))
    assert len(entries) == 50
    await recorder.close()


async def test_closing_waits_for_what_was_accepted(database: Database) -> None:
    recorder = Announcements(database).recorder
    waiting = [
        asyncio.create_task(recorder.record(1, make_drafts([f"event-{n}"]))) for n in range(20)
    ]
    await asyncio.sleep(0)
    await recorder.close()
    assert all(task.done() for task in waiting)
    assert len(await _ids(database)) == 20


async def test_a_closed_recorder_takes_nothing_more(database: Database) -> None:
    recorder = Announcements(database).recorder
    await recorder.close()
    with pytest.raises(Unavailable):
        await recorder.record(1, make_drafts(["a"]))


async def test_a_caller_who_goes_away_takes_nothing_back(
    database: Database, announcements: Announcements
) -> None:
    gone = asyncio.create_task(announcements.recorder.record(1, make_drafts(["a"])))
    await asyncio.sleep(0)
    gone.cancel()
    await announcements.recorder.record(1, make_drafts(["b"]))
    assert await _ids(database) == ["a", "b"]


async def test_a_connection_that_dies_in_a_batch_loses_and_doubles_nothing(
    database: Database, database_url: str
) -> None:
    """Every backend is ended again and again while batches are being written."""
    # The pauses between the ends grow, so that a slow machine gets a batch through at some time.
    recorder = Announcements(database, patience_seconds=60).recorder
    pauses = itertools.chain((0.02,) * 40, itertools.cycle((0.03, 0.1, 0.3)))
    admin = await asyncpg.connect(database_url)

    async def end_backends() -> None:
        for pause in pauses:
            await asyncio.sleep(pause)
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    ending = asyncio.create_task(end_backends())
    recorded: list[str] = []
    for number in range(60):
        ids = [f"{number}-{n}" for n in range(50)]
        entries = await recorder.record(1, make_drafts(ids))
        assert {entry.standing for entry in entries} == {Standing.RECORDED}
        recorded += ids
        if number == 40:
            ending.cancel()
    await recorder.close()
    await admin.close()
    assert sorted(await _ids(database)) == sorted(recorded)
    async with database.read_as_owner() as session:
        assert (await read_head(session, 1)).sequence == len(recorded)
