"""Redis dies, hangs and comes back: recording does not notice, and the feed stays whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from models.database import Database
from models.reach import Reach
from resolvers.activity.announcement import Announcer
from resolvers.activity.channel import Channel
from resolvers.activity.feed import activity
from resolvers.activity.hub import Hub
from resolvers.recording.recorder import Recorder
from tests.conftest import Keys
from tests.events import make_drafts
from tests.faults.caller import Load, load
from tests.faults.table import Table, read_table
from tests.faults.watcher import Watcher, watching
from tests.livemeter_server import InProcessServer, ServerProcess
from tests.valkey import ValkeyServer, eventually


@dataclass(frozen=True)
class Scene:
    """Callers record through one process, a subscriber watches through another."""

    load: Load
    watcher: Watcher
    valkey: ValkeyServer
    database_url: str

    async def sees_what_is_recorded_now(self) -> bool:
        """Waits until the subscriber has something that is not even sent yet."""
        known = set(self.load.ids)
        seen = len(self.watcher.ids)
        await eventually(lambda: not known.issuperset(self.watcher.ids[seen:]), seconds=30)
        return True

    async def finish(self) -> Table:
        """Stop recording, and wait until the subscriber has it all."""
        await self.load.stop_and_send_again()
        table = await read_table(self.database_url)
        await self.watcher.has_seen(len(table.ids))
        return table


@pytest.fixture
async def scene(database_url: str, keys: Keys, valkey: ValkeyServer) -> AsyncIterator[Scene]:
    valkey.start()
    environment = {"DATABASE_URL": database_url, "REDIS_URL": valkey.url}
    with ServerProcess("--port", "0", environment=environment) as recording:
        async with (
            InProcessServer(database_url, valkey.url) as watched,
            watching(lambda: watched.url, keys.full) as watcher,
            load(lambda: recording.url, keys.full) as calls,
        ):
            await watcher.has_seen(1)
            yield Scene(calls, watcher, valkey, database_url)


async def _die_and_return(scene: Scene) -> None:
    scene.valkey.kill()
    await scene.sees_what_is_recorded_now()
    scene.valkey.start()
    await scene.sees_what_is_recorded_now()


async def test_recording_is_never_refused_while_redis_dies_and_returns(scene: Scene) -> None:
    await _die_and_return(scene)
    await scene.load.stop()
    assert scene.load.codes == set()


async def test_recording_is_never_refused_while_redis_hangs(scene: Scene) -> None:
    scene.valkey.stop_process()
    await scene.load.has_recorded(200)
    scene.valkey.continue_process()
    await scene.load.stop()
    assert scene.load.codes == set()


async def test_while_redis_dies_and_returns_a_subscriber_misses_and_repeats_nothing(
    scene: Scene,
) -> None:
    await _die_and_return(scene)
    await _die_and_return(scene)
    table = await scene.finish()
    assert scene.watcher.ids == table.ids


async def test_while_redis_hangs_a_subscriber_misses_and_repeats_nothing(scene: Scene) -> None:
    scene.valkey.stop_process()
    await scene.sees_what_is_recorded_now()
    scene.valkey.continue_process()
    table = await scene.finish()
    assert scene.watcher.ids == table.ids


async def test_without_redis_the_feed_goes_on(scene: Scene) -> None:
    """There is nothing but the beat to carry it."""
    scene.valkey.kill()
    assert await scene.sees_what_is_recorded_now()


async def test_a_subscription_outlives_redis(scene: Scene) -> None:
    await _die_and_return(scene)
    assert scene.watcher.subscriptions == 1


async def test_after_redis_returned_events_come_without_the_beat(
    database: Database, valkey: ValkeyServer
) -> None:
    valkey.start()
    there, here = Channel(valkey.url), Channel(valkey.url)
    await there.connect()
    await here.connect()
    announcer = Announcer(there)
    recorder = Recorder(database, announcer.announce)
    hub = Hub(database, here, beat_seconds=600)
    await hub.start()
    feed = await activity(hub, database, Reach(1))
    await anext(feed)
    valkey.kill()
    await eventually(lambda: not (there.healthy or here.healthy))
    valkey.start()
    await eventually(lambda: there.healthy and here.healthy)
    await recorder.record(1, make_drafts(["after"]))
    async with asyncio.timeout(20):
        update = await anext(feed)
    assert [event.id for event in update.events] == ["after"]
    await feed.aclose()
    await recorder.close()
    await announcer.close()
    await hub.close()
    await there.disconnect()
    await here.disconnect()
