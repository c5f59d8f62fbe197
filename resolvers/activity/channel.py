"""How processes tell each other: named channels of messages, within one process or over Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import cast

from broadcaster import Broadcast, Event

from resolvers.activity.inbox import GAP, Gap, Inbox
from resolvers.activity.redis_channel import ChannelUnavailable, RedisChannel, Timing
from resolvers.activity.redis_check import RedisRefuses, check_redis

__all__ = [
    "GAP",
    "MEMORY_URL",
    "Channel",
    "ChannelUnavailable",
    "Gap",
    "Messages",
    "RedisRefuses",
    "Timing",
]

MEMORY_URL = "memory://"
_REDIS_SCHEMES = ("redis", "rediss", "unix")


async def check_channel(url: str) -> str | None:
    """What stands in the channel's way for now, as one line; None where nothing does.

    Raises RedisRefuses where it will not come up by itself, and ValueError.
    """
    return None if _redis_channel(url, None) is None else await check_redis(url)


class Channel:
    """`memory://` where there is one process; `redis://`, `rediss://` or `unix://` for more.

    Messages are delivered at most once, in order. Wherever some may be missing there is a GAP
    instead; with Redis also once at the start, when the server has taken the subscription.
    """

    def __init__(
        self,
        url: str = MEMORY_URL,
        *,
        timing: Timing | None = None,
        max_waiting: int = 1_000,
        max_waiting_bytes: int = 4 * 1024 * 1024,
    ) -> None:
        """`max_waiting…` is for each subscriber. Raises ValueError for a URL of another kind."""
        self._redis = _redis_channel(url, timing)
        self._broadcast = Broadcast(MEMORY_URL, backend=self._redis)
        self._max_waiting = max_waiting
        self._max_waiting_bytes = max_waiting_bytes
        self._pumps: set[asyncio.Task[None]] = set()

    @property
    def healthy(self) -> bool:
        return self._redis is None or self._redis.healthy

    @property
    def problem(self) -> str | None:
        """Why the channel is not healthy, without secrets."""
        return None if self._redis is None else self._redis.problem

    async def connect(self) -> None:
        """Never fails for want of Redis: the channel comes up when Redis does."""
        await self._broadcast.connect()

    async def disconnect(self) -> None:
        """End all subscriptions too: their iterators stop."""
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        await self._broadcast.disconnect()
        # Broadcast cancels its listener and does not wait for it.
        await asyncio.sleep(0)

    async def publish(self, name: str, message: bytes) -> None:
        """Raises ChannelUnavailable within half a second: what a GAP is for, try no harder."""
        await self._broadcast.publish(name, message)

    @asynccontextmanager
    async def subscribe(self, name: str) -> AsyncIterator[Messages]:
        """A subscriber that does not keep up loses what waits for it and finds a GAP there."""
        inbox = Inbox(self._max_waiting, self._max_waiting_bytes)
        async with self._broadcast.subscribe(name) as subscriber:
            pump = asyncio.create_task(_pump(subscriber.get, inbox))
            pump.add_done_callback(lambda _: inbox.close())
            self._pumps.add(pump)
            try:
                yield Messages(inbox)
            finally:
                self._pumps.discard(pump)
                pump.cancel()
                await asyncio.gather(pump, return_exceptions=True)


class Messages:
    """One subscriber's view of a channel."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def __aiter__(self) -> Messages:
        return self

    async def __anext__(self) -> bytes | Gap:
        _, message = await anext(self._inbox)
        return message


async def _pump(get: Callable[[], Awaitable[Event]], inbox: Inbox) -> None:
    """Empty Broadcast's queue, which has no bound, into one that has."""
    while True:
        event = await get()
        inbox.put(event.channel, cast("bytes | Gap", event.message))


def _redis_channel(url: str, timing: Timing | None) -> RedisChannel | None:
    scheme = url.partition(":")[0]
    if scheme in _REDIS_SCHEMES:
        return RedisChannel(url, timing=timing)
    if scheme == "memory":
        return None
    raise ValueError("REDIS_URL must start with redis://, rediss:// or unix://.")
