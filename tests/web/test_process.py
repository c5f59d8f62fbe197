"""What runs in the background of a process goes on as long as the process does."""

from __future__ import annotations

import asyncio

from resolvers.alerts.delivery_settings import DeliverySettings
from resolvers.prices.refresh import RefreshSettings
from tests.valkey import ValkeyServer, eventually
from web.process import open_process

# These have loops of their own: the link to Redis, and broadcaster's listener.
OTHERS = {
    "RedisChannel._keep_connected",
    "RedisChannel._send",
    "RedisChannel._read",
    "Broadcast._listener",
}


async def test_every_background_task_goes_on_after_a_round_that_failed(
    database_url: str, valkey: ValkeyServer
) -> None:
    """By one mechanism, `Rounds`; a task with a loop of its own would have to prove it anew."""
    valkey.start()
    before = asyncio.all_tasks()
    refresh = RefreshSettings(url="http://127.0.0.1:9/", every_seconds=3600)
    async with open_process(database_url, valkey.url, refresh, DeliverySettings()) as process:
        await eventually(lambda: process.channel.healthy)
        tasks = asyncio.all_tasks() - before
        kinds = {task.get_coro().__qualname__ for task in tasks}
        assert len(tasks) > 8
    assert kinds - OTHERS == {"Rounds._go_on"}
    assert asyncio.all_tasks() - before == set()
