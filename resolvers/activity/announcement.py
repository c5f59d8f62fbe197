"""What a process tells the others right after a commit."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

import msgspec
import structlog

from models.event import UsageEvent
from resolvers.activity.channel import Channel

# Past this a message carries its range alone, and who watches reads the events from Postgres.
MAX_MESSAGE_BYTES = 256 * 1024
# No batch beyond this fits, so it need not be encoded to be seen not to.
MAX_EVENTS = 1_000
# What is dropped beyond is made up for by the hubs' beat.
MAX_WAITING = 1_000

log = structlog.get_logger(__name__)


class Announcement(msgspec.Struct, frozen=True, array_like=True):
    """Sequences `first` to `last` were committed; `events` is None where they are too large.

    `repriced` is how often the costs of the workspace's events were changed so far, where they
    just were.
    """

    first: int
    last: int
    events: list[UsageEvent] | None
    repriced: int | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Announcement).decode


def channel_name(workspace_id: int) -> str:
    return f"livemeter:activity:{workspace_id}"


def encode_announcement(events: Sequence[UsageEvent]) -> bytes:
    """One commit's events, in their order, as a message."""
    first, last = events[0].sequence, events[-1].sequence
    if len(events) < MAX_EVENTS:
        message = _encode(Announcement(first, last, list(events)))
        if len(message) <= MAX_MESSAGE_BYTES:
            return message
    return _encode(Announcement(first, last, None))


def encode_repricing(repriced: int) -> bytes:
    return _encode(Announcement(0, 0, [], repriced))


def decode_announcement(message: bytes) -> Announcement:
    """What is no announcement of this version says no more than that there is something."""
    try:
        return _decode(message)
    except msgspec.DecodeError:
        return Announcement(0, 0, None)


class Announcer:
    """Publishes commits in their order, beside the recorder and never in its way."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._waiting: deque[tuple[int, Callable[[], bytes]]] = deque(maxlen=MAX_WAITING)
        self._task: asyncio.Task[None] | None = None

    def announce(self, workspace_id: int, events: list[UsageEvent]) -> None:
        self._publish(workspace_id, partial(encode_announcement, events))

    def announce_repricing(self, workspace_id: int, repriced: int) -> None:
        """`repriced` is how often costs were changed, with this time."""
        self._publish(workspace_id, partial(encode_repricing, repriced))

    def _publish(self, workspace_id: int, encode: Callable[[], bytes]) -> None:
        self._waiting.append((workspace_id, encode))
        if self._task is None:
            self._task = asyncio.create_task(self._publish_all())

    async def close(self) -> None:
        """Publish what waits."""
        if self._task is not None:
            await self._task

    async def _publish_all(self) -> None:
        while self._waiting:
            workspace_id, encode = self._waiting.popleft()
            try:
                await self._channel.publish(channel_name(workspace_id), encode())
            except Exception as error:
                # Whatever it is, the hubs read the log once a second and lose nothing.
                log.warning("announcement_failed", workspace=workspace_id, error=str(error))
        self._task = None
