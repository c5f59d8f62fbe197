"""One hub for a process: it follows the logs that someone here watches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import structlog

from models.database import Database
from models.errors import Unavailable
from models.event_query import Head, read_heads, read_log
from models.reach import Reach
from resolvers.activity.announcement import channel_name, decode_announcement
from resolvers.activity.channel import GAP, Channel
from resolvers.activity.tail import KEPT_EVENTS, Tail
from resolvers.rounds import Rounds, every

BEAT_SECONDS = 1.0
LISTEN_AGAIN_SECONDS = 1.0

log = structlog.get_logger(__name__)


@dataclass
class _Watch:
    """One workspace that is watched here."""

    tail: Tail
    listener: Rounds
    watchers: int = 0


class Hub:
    """Keeps a tail for each watched workspace, from the channel and, once a second, Postgres.

    The channel makes it quick; the beat makes it sure: a message that was never sent or was
    lost is made up for by the next beat.
    """

    def __init__(
        self, database: Database, channel: Channel, *, beat_seconds: float = BEAT_SECONDS
    ) -> None:
        self._database = database
        self._channel = channel
        self._watches: dict[int, _Watch] = {}
        # They are what makes the feed sure: they go on whatever happens.
        self._rounds = Rounds("activity feed", self._look_at_all, every(beat_seconds))
        self.closed = False

    async def start(self) -> None:
        self._rounds.start()

    @asynccontextmanager
    async def watch(self, workspace_id: int, head: Head) -> AsyncIterator[Tail]:
        """The tail of a workspace's log, followed for as long as the block lasts.

        `head` is where the caller found the end of the log: a new tail starts there.
        """
        watch = self._enter(workspace_id, head)
        watch.watchers += 1
        try:
            yield watch.tail
        finally:
            watch.watchers -= 1
            if watch.watchers == 0:
                del self._watches[workspace_id]
                await watch.listener.close()

    def stop(self) -> None:
        """End all feeds now, so that their connections can be closed."""
        self.closed = True
        for watch in self._watches.values():
            watch.tail.close()

    async def close(self) -> None:
        self.stop()
        listeners = [watch.listener for watch in self._watches.values()]
        await asyncio.gather(self._rounds.close(), *(one.close() for one in listeners))

    def _enter(self, workspace_id: int, head: Head) -> _Watch:
        if self.closed:
            raise Unavailable("The server is stopping; subscribe again in a moment.")
        watch = self._watches.get(workspace_id)
        if watch is None:
            tail = Tail(head.position, head.repriced)
            # Until it listens again the beat goes on: slower, and nothing is lost.
            listener = Rounds(
                f"listener of workspace {workspace_id}",
                partial(self._hear, workspace_id, tail),
                every(LISTEN_AGAIN_SECONDS),
            )
            listener.start()
            watch = self._watches[workspace_id] = _Watch(tail, listener)
        return watch

    async def _hear(self, workspace_id: int, tail: Tail) -> None:
        async with self._channel.subscribe(channel_name(workspace_id)) as messages:
            async for message in messages:
                heard = None if message is GAP else decode_announcement(message)
                if heard is None or heard.events is None or not tail.extend(heard.events):
                    await self._look(workspace_id, tail)
                elif heard.repriced is not None:
                    tail.note_repricing(heard.repriced)

    async def _look_at_all(self) -> None:
        tails = {workspace_id: watch.tail for workspace_id, watch in self._watches.items()}
        if not tails:
            return
        async with self._database.read_as_owner() as session:
            heads = await read_heads(session, list(tails))
        for workspace_id, head in heads.items():
            await self._catch_up(workspace_id, tails[workspace_id], head)

    async def _look(self, workspace_id: int, tail: Tail) -> None:
        """Go after what a message did not carry; where that fails, the beat will do it."""
        try:
            async with self._database.read(Reach(workspace_id)) as session:
                heads = await read_heads(session, [workspace_id])
            await self._catch_up(workspace_id, tail, heads[workspace_id])
        except Unavailable:
            log.warning("look_missed", reason="the database is away")

    async def _catch_up(self, workspace_id: int, tail: Tail, head: Head) -> None:
        """Read what lies between the tail and the head, or jump where that is much."""
        tail.note_repricing(head.repriced)
        known, last = tail.position.sequence, head.position.sequence
        if last - known > KEPT_EVENTS:
            tail.jump(head.position)
        elif last > known:
            async with self._database.read(Reach(workspace_id)) as session:
                tail.extend(
                    await read_log(
                        session, workspace_id, after=known, until=last, limit=KEPT_EVENTS
                    )
                )
