"""The feed: from a cursor on, then live; no gap, no repeat, by whatever way events come."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import pytest

from models.cursor import Position
from models.database import Database
from models.errors import BadInput
from models.event import UsageEvent
from models.event_log import Attempts, append
from models.reach import Reach
from models.usage_filter import EVERYTHING, UsageFilter
from resolvers.activity.announcement import Announcement, Announcer, decode_announcement
from resolvers.activity.channel import Channel
from resolvers.activity.feed import ActivityUpdate, activity
from resolvers.activity.hub import Hub
from tests.events import NOON, make_drafts
from tests.valkey import ValkeyServer, eventually


class Process:
    """What one server process has: a recorder of sorts, a hub, feeds."""

    def __init__(self, database: Database, channel: Channel, hub: Hub) -> None:
        self.database = database
        self.hub = hub
        self.announcer = Announcer(channel)

    async def record(self, *ids: str, announced: bool = True, **values: str) -> list[UsageEvent]:
        entries = await append(self.database, 1, make_drafts(ids, **values), Attempts())
        events = [entry.event for entry in entries]
        if announced:
            self.announcer.announce(1, events)
        return events

    async def feed(
        self, after: Position | None = None, filter: UsageFilter = EVERYTHING
    ) -> AsyncGenerator[ActivityUpdate, None]:
        return await activity(self.hub, self.database, Reach(1), after=after, filter=filter)


@asynccontextmanager
async def _process(
    database: Database, channel_url: str = "memory://", beat_seconds: float = 1.0
) -> AsyncIterator[Process]:
    channel = Channel(channel_url)
    await channel.connect()
    hub = Hub(database, channel, beat_seconds=beat_seconds)
    await hub.start()
    process = Process(database, channel, hub)
    yield process
    await process.announcer.close()
    await hub.close()
    await channel.disconnect()


@pytest.fixture
async def process(database: Database) -> AsyncIterator[Process]:
    async with _process(database) as process:
        yield process


async def _take(feed: AsyncGenerator[ActivityUpdate, None], count: int) -> list[str]:
    """The ids of the next events, as many as are asked for."""
    ids: list[str] = []
    async with asyncio.timeout(20):
        while len(ids) < count:
            update = await anext(feed)
            ids += [event.id for event in update.events]
    return ids


async def test_the_first_update_comes_at_once_and_is_empty(process: Process) -> None:
    await process.record("before")
    feed = await process.feed()
    update = await anext(feed)
    assert (update.events, update.position) == ([], Position(1, NOON))
    await feed.aclose()


async def test_what_is_recorded_from_now_on_comes(process: Process) -> None:
    await process.record("before")
    feed = await process.feed()
    await anext(feed)
    await process.record("a", "b")
    assert await _take(feed, 2) == ["a", "b"]
    await feed.aclose()


async def test_a_cursor_resumes_without_gap_or_repeat(process: Process) -> None:
    first = await process.feed()
    await anext(first)
    await process.record("a")
    position = (await anext(first)).position
    await first.aclose()
    await process.record("b", "c")
    second = await process.feed(after=position)
    assert (await anext(second)).position == position
    assert await _take(second, 2) == ["b", "c"]
    await process.record("d")
    assert await _take(second, 1) == ["d"]
    await second.aclose()


async def test_an_event_that_was_never_announced_comes_with_the_next_beat(
    database: Database,
) -> None:
    async with _process(database, beat_seconds=0.05) as process:
        feed = await process.feed()
        await anext(feed)
        await process.record("silent", announced=False)
        assert await _take(feed, 1) == ["silent"]
        await feed.aclose()


async def test_a_listener_that_failed_listens_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the beat: that is a minute away."""
    monkeypatch.setattr("resolvers.activity.hub.LISTEN_AGAIN_SECONDS", 0.01)
    decode, fails = decode_announcement, [LookupError("nobody expected this")]

    def decode_later(message: bytes) -> Announcement:
        if fails:
            raise fails.pop()
        return decode(message)

    monkeypatch.setattr("resolvers.activity.hub.decode_announcement", decode_later)
    async with _process(database, beat_seconds=60) as process:
        feed = await process.feed()
        await anext(feed)
        await process.record("failed on")
        await eventually(lambda: not fails)
        taken = asyncio.create_task(_take(feed, 2))
        for number in itertools.count():
            # The first of these may come before it listens again; the next ones tell it of all.
            await process.record(f"after-{number}")
            done, _ = await asyncio.wait([taken], timeout=0.05)
            if done:
                break
        assert taken.result()[:2] == ["failed on", "after-0"]
        await feed.aclose()


async def test_a_gap_before_an_announcement_is_filled_from_the_log(process: Process) -> None:
    feed = await process.feed()
    await anext(feed)
    await process.record("silent", announced=False)
    await process.record("told")
    assert await _take(feed, 2) == ["silent", "told"]
    await feed.aclose()


async def test_an_announcement_that_comes_twice_or_late_shows_nothing_twice(
    process: Process,
) -> None:
    feed = await process.feed()
    await anext(feed)
    old = await process.record("a", "b")
    await process.record("c")
    process.announcer.announce(1, old)
    await process.record("d")
    assert await _take(feed, 4) == ["a", "b", "c", "d"]
    await feed.aclose()


async def test_an_announcement_too_large_for_the_channel_is_read_from_the_log(
    process: Process,
) -> None:
    feed = await process.feed()
    await anext(feed)
    ids = [f"{number:04}-{'x' * 200}" for number in range(1_000)]
    await process.record(*ids)
    assert await _take(feed, 1_000) == ids
    await feed.aclose()


async def test_a_slow_subscriber_reads_on_from_its_own_place(process: Process) -> None:
    slow = await process.feed()
    await anext(slow)
    ids = [f"event-{number}" for number in range(7_000)]
    for start in range(0, 7_000, 500):
        await process.record(*ids[start : start + 500])
    assert await _take(slow, 7_000) == ids
    await slow.aclose()


async def test_a_subscriber_far_behind_catches_up_and_goes_on_live(process: Process) -> None:
    first = await process.feed()
    start = (await anext(first)).position
    await first.aclose()
    ids = [f"event-{number}" for number in range(6_000)]
    for begin in range(0, 6_000, 1_000):
        await process.record(*ids[begin : begin + 1_000], announced=False)
    feed = await process.feed(after=start)
    assert await _take(feed, 6_000) == ids
    await process.record("live")
    assert await _take(feed, 1) == ["live"]
    await feed.aclose()


async def test_a_filter_lets_through_what_it_names_live_and_from_the_log(
    process: Process,
) -> None:
    start_feed = await process.feed()
    start = (await anext(start_feed)).position
    await start_feed.aclose()
    await process.record("old-no", customer_id="b")
    await process.record("old-yes", customer_id="a")
    feed = await process.feed(after=start, filter=UsageFilter(customer_id=("a",)))
    assert await _take(feed, 1) == ["old-yes"]
    await process.record("new-no", customer_id="b")
    await process.record("new-yes", customer_id="a")
    assert await _take(feed, 1) == ["new-yes"]
    await feed.aclose()


async def test_two_processes_over_redis_see_each_others_events(
    database: Database, valkey: ValkeyServer
) -> None:
    valkey.start()
    async with (
        _process(database, valkey.url, beat_seconds=60) as here,
        _process(database, valkey.url, beat_seconds=60) as there,
    ):
        feed = await here.feed()
        await anext(feed)
        for number in range(20):
            await there.record(f"event-{number}")
        assert await _take(feed, 20) == [f"event-{number}" for number in range(20)]
        await feed.aclose()


async def test_a_place_beyond_the_end_of_the_log_is_refused(process: Process) -> None:
    with pytest.raises(BadInput):
        await process.feed(after=Position(5, NOON))


async def test_a_stopping_hub_ends_its_feeds(process: Process) -> None:
    feed = await process.feed()
    await anext(feed)
    process.hub.stop()
    with pytest.raises(Exception, match="stopping"):
        await anext(feed)


async def test_nobody_watching_costs_nothing(process: Process) -> None:
    feed = await process.feed()
    await anext(feed)
    await feed.aclose()
    assert process.hub._watches == {}
