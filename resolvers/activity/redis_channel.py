"""The channel between processes, over Redis: it outlives the server's absence."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

import structlog
from broadcaster import BroadcastBackend, Event
from redis.asyncio import BlockingConnectionPool, Connection, Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from resolvers.activity.inbox import GAP, Gap, Inbox

log = structlog.get_logger(__name__)

_PUBLISHING_CONNECTIONS = 4
_ADDRESS = {"host", "port", "path", "db", "username", "password", "connection_class"}


class ChannelUnavailable(Exception):
    """A message was not published. Its text is for operators and carries no secret."""


@dataclass(frozen=True)
class Timing:
    """How long the channel waits for Redis, in seconds."""

    # A ping goes out as often; twice that long without a word is a dead link.
    silence_seconds: float = 1.0
    connect_seconds: float = 1.0
    publish_seconds: float = 0.5
    # After a failed publish the next ones are refused at once, so that nobody queues for timeouts.
    refuse_seconds: float = 1.0
    # The pause before a new attempt doubles from the first to the last.
    first_pause_seconds: float = 0.05
    last_pause_seconds: float = 0.5


class RedisChannel(BroadcastBackend):
    """For `Broadcast(backend=RedisChannel(url))`; messages are bytes.

    `subscribe` and `unsubscribe` only say what is wanted and never yield: Broadcast loses
    subscribers when its backend does. One task owns the connection and brings it in line.
    """

    def __init__(
        self,
        url: str,
        *,
        timing: Timing | None = None,
        max_messages: int = 10_000,
        max_bytes: int = 16 * 1024 * 1024,
    ) -> None:
        """Raises ValueError for a URL that cannot be understood, without repeating it."""
        self._timing = timing or Timing()
        self._pool = connection_pool(url, self._timing)
        self._publisher = Redis(connection_pool=self._pool)
        self._wanted: set[str] = set()
        self._wanted_changed = asyncio.Event()
        self._inbox = Inbox(max_messages, max_bytes)
        self._problem: str | None = "not connected yet"
        self._first_outcome = asyncio.Event()
        self._refuse_until = float("-inf")
        self._keeper: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def healthy(self) -> bool:
        return self._problem is None

    @property
    def problem(self) -> str | None:
        """Why the link is down, without secrets; None while it is up."""
        return self._problem

    async def connect(self) -> None:
        """Wait a moment for the server, and without it as well: it may come later."""
        self._closing = False
        self._first_outcome.clear()
        self._keeper = asyncio.create_task(self._keep_connected(), name="redis-channel")
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timing.connect_seconds):
                await self._first_outcome.wait()

    async def disconnect(self) -> None:
        self._closing = True
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        self._problem = "disconnected"
        await self._drop_publishers(in_use=True)

    async def subscribe(self, channel: str) -> None:
        self._wanted.add(channel)
        self._wanted_changed.set()

    async def unsubscribe(self, channel: str) -> None:
        self._wanted.discard(channel)
        self._wanted_changed.set()

    async def publish(self, channel: str, message: bytes) -> None:
        """Raises ChannelUnavailable, at once while the link is known to be down."""
        loop = asyncio.get_running_loop()
        if self._problem is not None:
            raise ChannelUnavailable(f"Redis is away: {self._problem}")
        if loop.time() < self._refuse_until:
            raise ChannelUnavailable("Redis did not take a message a moment ago")
        try:
            async with asyncio.timeout(self._timing.publish_seconds):
                await self._publisher.publish(channel, message)
        except (RedisError, OSError) as error:
            self._refuse_until = loop.time() + self._timing.refuse_seconds
            problem = self._describe(error)
            # Not `from error`: a traceback that shows locals would show the password.
            raise ChannelUnavailable(f"Redis did not take a message: {problem}") from None

    async def next_published(self) -> Event:
        channel, message = await anext(self._inbox)
        # Broadcaster says str, and passes on whatever it is given.
        return Event(channel, cast(Any, message))

    async def _keep_connected(self) -> None:
        loop = asyncio.get_running_loop()
        pause = self._timing.first_pause_seconds
        while True:
            started = loop.time()
            try:
                await self._hold_link()
            except Exception as error:
                # Whatever it is, the feed of the whole process hangs on this task going on.
                self._went_down(self._describe(error))
            if self._closing:
                # A link that broke just then: a task group prefers the error to the cancellation.
                return
            await self._drop_publishers(in_use=False)
            if loop.time() - started > 2 * self._timing.last_pause_seconds:
                pause = self._timing.first_pause_seconds
            # With jitter, or all processes come at once to a server that has just started.
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(2 * pause, self._timing.last_pause_seconds)

    async def _hold_link(self) -> None:
        """One connection's life. Not redis-py's PubSub: that reconnects without a word."""
        connection = self._pool.make_connection()  # type: ignore[no-untyped-call]  # redis-py's gap
        try:
            async with asyncio.timeout(self._timing.connect_seconds):
                await connection.connect()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._send(connection))
                tasks.create_task(self._read(connection))
        finally:
            await connection.disconnect(nowait=True)

    async def _send(self, connection: Connection) -> None:
        # The ping comes second: where the subscription is refused, the link never counts as up.
        subscribed = await self._align(connection, frozenset())
        await connection.send_command("PING")
        while True:
            try:
                async with asyncio.timeout(self._timing.silence_seconds):
                    await self._wanted_changed.wait()
            except TimeoutError:
                await connection.send_command("PING")
            subscribed = await self._align(connection, subscribed)

    async def _align(self, connection: Connection, subscribed: frozenset[str]) -> frozenset[str]:
        self._wanted_changed.clear()
        wanted = frozenset(self._wanted)
        if gone := subscribed - wanted:
            await connection.send_command("UNSUBSCRIBE", *gone)
        if new := wanted - subscribed:
            await connection.send_command("SUBSCRIBE", *new)
        return wanted

    async def _read(self, connection: Connection) -> None:
        patience = 2 * self._timing.silence_seconds
        while True:
            reply = await connection.read_response(timeout=patience)
            if reply is None:
                raise TimeoutError(f"no answer for {patience:g} s")
            self._came_up()
            self._take(reply)

    def _take(self, reply: object) -> None:
        match reply:
            case [b"message", bytes(channel), bytes(message)]:
                self._put(channel.decode(), message)
            case [b"subscribe", bytes(channel), _]:
                # From here on nothing is missed; before, on an old link or none, it may be.
                self._put(channel.decode(), GAP)

    def _put(self, channel: str, message: bytes | Gap) -> None:
        if channel in self._wanted:
            self._inbox.put(channel, message)

    def _came_up(self) -> None:
        if self._problem is not None:
            self._problem = None
            self._refuse_until = float("-inf")
            self._first_outcome.set()
            log.info("channel_up")

    def _went_down(self, problem: str) -> None:
        if problem != self._problem:
            log.warning("channel_down", problem=problem)
        self._problem = problem
        self._first_outcome.set()

    async def _drop_publishers(self, *, in_use: bool) -> None:
        """Close publishing connections: those of a lost link would each cost a timeout."""
        # Whatever it is: the task that holds the link must go on.
        with suppress(Exception):
            async with asyncio.timeout(0.2):
                await self._pool.disconnect(inuse_connections=in_use)

    def _describe(self, error: BaseException) -> str:
        """An error as one line; servers repeat commands in errors, and AUTH is one."""
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        silent = "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__
        text = str(error) or silent
        password = self._pool.connection_kwargs.get("password")
        return text.replace(password, "***") if password else text


def connection_pool(url: str, timing: Timing) -> BlockingConnectionPool:
    """Raises ValueError for a URL that cannot be understood, without repeating it."""
    try:
        options = parse_url(url)
    except ValueError:
        # Its text may hold a piece of the password.
        raise ValueError(
            "REDIS_URL cannot be understood. It looks like redis://:password@host:6379/0 "
            "(rediss:// for TLS, unix:///path); percent-encode what is special in the password."
        ) from None
    ours: dict[str, Any] = {
        "max_connections": _PUBLISHING_CONNECTIONS,
        # Answers look the same on every server; redis-py's own retries would hide gaps.
        "protocol": 2,
        "decode_responses": False,
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 0,
        "socket_connect_timeout": timing.connect_seconds,
        # Every wait here has a deadline of its own; redis-py's uses `wait_for`, which on
        # Python 3.11 may swallow a cancellation and leave a task behind.
        "socket_timeout": None,
    }
    pool = BlockingConnectionPool(**{**options, **ours})
    try:
        # The URL's options are not looked at before.
        pool.make_connection()  # type: ignore[no-untyped-call]  # redis-py's gap
    except (TypeError, ValueError, RedisError) as error:
        names = ", ".join(sorted(options.keys() - _ADDRESS))
        raise ValueError(
            f"REDIS_URL has options that cannot be used, of {names}: {error}"
        ) from None
    return pool
