"""Group commit: while one batch of a workspace is being written, the next one gathers."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from models.database import Database, is_unavailable
from models.errors import Unavailable
from models.event import UsageEvent
from models.event_log import Attempts, Draft, Entry, Standing, append
from models.presence_memory import PresenceMemory

MAX_JOINED = 5_000
MAX_QUEUED = 20_000
MAX_QUEUED_IN_ALL = 100_000
# How long a batch waits for Postgres to come back before its callers are told.
PATIENCE_SECONDS = 5.0
_FIRST_PAUSE_SECONDS = 0.05
_LAST_PAUSE_SECONDS = 1.0
# More would not write faster, and readers want connections too.
_WRITERS = 4

Announce = Callable[[int, list[UsageEvent]], None]


@dataclass
class _Call:
    """One caller's drafts, and the place where it waits for its entries."""

    drafts: Sequence[Draft]
    answer: asyncio.Future[list[Entry]]

    def succeed(self, entries: list[Entry]) -> None:
        if not self.answer.done():
            self.answer.set_result(entries)

    def fail(self, error: BaseException) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


@dataclass
class _Lane:
    """The callers of one workspace who wait for the batch in flight."""

    workspace_id: int
    calls: deque[_Call] = field(default_factory=deque)
    queued: int = 0
    task: asyncio.Task[None] | None = None


class Recorder:
    """Writes drafts into the logs of workspaces; one for a process.

    `announce` is told of what was committed, in order; it must return at once.
    """

    def __init__(
        self,
        database: Database,
        announce: Announce,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        max_queued: int = MAX_QUEUED,
        max_queued_in_all: int = MAX_QUEUED_IN_ALL,
    ) -> None:
        self._database = database
        self._announce = announce
        self._memory = PresenceMemory()
        self._patience_seconds = patience_seconds
        self._max_queued = max_queued
        self._max_queued_in_all = max_queued_in_all
        self._lanes: dict[int, _Lane] = {}
        self._queued = 0
        self._writers = asyncio.Semaphore(_WRITERS)
        self._closed = False

    async def record(self, workspace_id: int, drafts: Sequence[Draft]) -> list[Entry]:
        """An entry for each draft, once they are durable.

        Raises Unavailable at once where too much waits already, and where Postgres stays away;
        drafts with ids of their own may then be sent again.
        """
        if not drafts:
            return []
        lane = self._lanes.setdefault(workspace_id, _Lane(workspace_id))
        self._admit(lane, len(drafts))
        call = _Call(drafts, asyncio.get_running_loop().create_future())
        lane.calls.append(call)
        if lane.task is None:
            lane.task = asyncio.create_task(self._drain(lane))
        return await call.answer

    async def close(self) -> None:
        """Take nothing more, and wait until what was taken is written."""
        self._closed = True
        tasks = [lane.task for lane in self._lanes.values() if lane.task is not None]
        await asyncio.gather(*tasks)

    def _admit(self, lane: _Lane, count: int) -> None:
        if self._closed:
            raise Unavailable("The server is stopping; send the events again in a moment.")
        # A lane that is empty takes any one request: it could never be sent in parts.
        fits_lane = lane.queued == 0 or lane.queued + count <= self._max_queued
        fits_all = self._queued == 0 or self._queued + count <= self._max_queued_in_all
        if not (fits_lane and fits_all):
            raise Unavailable("Too many events wait to be written; send these again in a moment.")
        lane.queued += count
        self._queued += count

    async def _drain(self, lane: _Lane) -> None:
        while lane.calls:
            async with self._writers:
                calls = self._join(lane)
                try:
                    await self._write_together(lane.workspace_id, calls)
                finally:
                    written = sum(len(call.drafts) for call in calls)
                    lane.queued -= written
                    self._queued -= written
        del self._lanes[lane.workspace_id]

    def _join(self, lane: _Lane) -> list[_Call]:
        calls = [lane.calls.popleft()]
        size = len(calls[0].drafts)
        while lane.calls and size + len(lane.calls[0].drafts) <= MAX_JOINED:
            calls.append(lane.calls.popleft())
            size += len(calls[-1].drafts)
        return calls

    async def _write_together(self, workspace_id: int, calls: list[_Call]) -> None:
        """Write the calls in one transaction; where data fail it, each in one of its own."""
        try:
            entries = await self._write(workspace_id, [d for call in calls for d in call.drafts])
        except Exception as error:
            if isinstance(error, Unavailable) or len(calls) == 1:
                for call in calls:
                    call.fail(error)
                return
            for call in calls:
                await self._write_together(workspace_id, [call])
            return
        start = 0
        for call in calls:
            call.succeed(entries[start : start + len(call.drafts)])
            start += len(call.drafts)

    async def _write(self, workspace_id: int, drafts: Sequence[Draft]) -> list[Entry]:
        attempts = Attempts()
        pause = _FIRST_PAUSE_SECONDS
        deadline = asyncio.get_running_loop().time() + self._patience_seconds
        while True:
            try:
                entries = await append(self._database, workspace_id, drafts, attempts, self._memory)
                break
            except Exception as error:
                if not is_unavailable(error):
                    raise
                if asyncio.get_running_loop().time() + pause > deadline:
                    raise Unavailable(
                        "The database is not reachable. Send the events again: those with ids "
                        "are never recorded twice."
                    ) from error
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LAST_PAUSE_SECONDS)
        recorded = [entry.event for entry in entries if entry.standing is Standing.RECORDED]
        if recorded:
            self._announce(workspace_id, recorded)
        return entries
