"""Reading the log for a workspace's streams: an event that cannot be counted stops no other."""

from __future__ import annotations

from collections import Counter

import structlog

from models.alert_bucket import Tally
from models.alert_problem import Skip
from models.database import Database
from resolvers.alerts.fault import Excluded, is_fault, is_late, message_of
from resolvers.alerts.stream_set import Place, StreamSet

# Read at a time.
CHUNK = 20_000
# Where others could count so many events that a stream could not, it is the stream's fault.
MAX_SKIPPED_OF_STREAM = 20

log = structlog.get_logger(__name__)


class Intake:
    """`skipped` are events that could not be counted since it was cleared, and why."""

    def __init__(self, database: Database, workspace_id: int, streams: StreamSet) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._streams = streams
        self._size = CHUNK
        self._skipped_of: Counter[str] = Counter()
        self.skipped: dict[Skip, str] = {}

    async def read(self, after: int, last: int) -> tuple[int, dict[Place, Tally]]:
        """Up to where the log was read, at most to `last`, and the sums of what was.

        What fails, or takes too long, is read in parts, half as large each time: then nothing may
        be read by a call. Raises Excluded where rules cannot be evaluated, and the time-out where
        Postgres is late even for one event.
        """
        until = min(last, after + self._size)
        try:
            sums = await self._read(after, until)
        except Exception as error:
            is_one = until - after == 1
            if is_late(error) and not is_one:
                self._read_less(after, until, error)
                return after, {}
            if not is_fault(error):
                raise
            if is_one:
                return until, await self._read_by_stream(until, error)
            if self._size == CHUNK:
                await self._check_streams(until)
            self._size = (until - after) // 2
            return after, {}
        self._size = min(CHUNK, 2 * self._size)
        return until, sums

    def _read_less(self, after: int, until: int, error: Exception) -> None:
        self._size = (until - after) // 2
        log.warning(
            "alerts_late",
            workspace=self._workspace_id,
            events=self._size,
            problem=message_of(error),
        )

    async def read_again(self, skip: Skip) -> dict[Place, Tally] | None:
        """What was skipped, where it can be counted by now."""
        try:
            return await self._read(skip.sequence - 1, skip.sequence, [skip.watched])
        except Exception as error:
            if not is_fault(error) and not is_late(error):
                raise
            return None

    async def _read(
        self, after: int, until: int, marks: list[str] | None = None
    ) -> dict[Place, Tally]:
        async with self._database.driver() as driver:
            return await self._streams.read(driver, after, until, marks)

    async def _read_by_stream(self, sequence: int, error: Exception) -> dict[Place, Tally]:
        """One event, for each stream that can count it."""
        sums: dict[Place, Tally] = {}
        failed: dict[str, Exception] = {}
        for mark in self._streams.marks:
            try:
                sums |= await self._read(sequence - 1, sequence, [mark])
            except Exception as of_stream:
                if not is_fault(of_stream):
                    raise
                failed[mark] = of_stream
        if len(failed) < len(self._streams.marks):
            self._skipped_of.update(failed)
        for mark, cause in failed.items():
            if self._skipped_of[mark] >= MAX_SKIPPED_OF_STREAM:
                raise Excluded(self._streams.rule_ids(mark), cause)
            self.skipped[Skip(sequence, mark)] = self._streams.skip(mark, cause)
        log.warning(
            "alerts_event_skipped",
            workspace=self._workspace_id,
            sequence=sequence,
            problem=message_of(error),
        )
        return sums

    async def _check_streams(self, place: int) -> None:
        """Whether a stream fails although there is nothing to read. Raises Excluded.

        Where all of them do, it is the fault of none: the error is raised.
        """
        try:
            await self._read(place, place)
        except Exception as of_all:
            if not is_fault(of_all):
                raise
            await self._find_streams(place, of_all)

    async def _find_streams(self, place: int, error: Exception) -> None:
        failed = []
        for mark in self._streams.marks:
            try:
                await self._read(place, place, [mark])
            except Exception as of_stream:
                if not is_fault(of_stream):
                    raise
                failed.append(mark)
        raise_culprits(self._streams, failed, error)


def raise_culprits(streams: StreamSet, failed: list[str], error: Exception) -> None:
    """Raises Excluded of the rules of streams that fail alone, the error where all do."""
    if failed and (len(failed) == 1 or len(failed) < len(streams.marks)):
        raise Excluded([id for mark in failed for id in streams.rule_ids(mark)], error)
    raise error
