"""What rules watch follows a change of costs, in the transaction that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import localcontext
from typing import Any

import asyncpg
import msgspec

from models.alert_bucket import Bucket, Key, Tally, add_buckets
from models.alert_problem import Skip, read_skipped
from models.alert_stream import Stream, Watched, close_streams, read_streams
from models.cost import CostStatus
from models.cube_sums import EXACT
from models.errors import LivemeterError
from models.event import Outcome, UsageEvent
from models.usage_filter import UsageFilter

# Those who evaluate hold it too: what they have taken in does not change meanwhile.
_LOCK = "SELECT sequence FROM alert_progress WHERE workspace_id = $1 FOR UPDATE"
_WATCHED = """
    SELECT DISTINCT filter::text, per FROM alert_rules
    WHERE workspace_id = $1 AND is_enabled AND deleted_at IS NULL
"""
_decode_filter = msgspec.json.Decoder(UsageFilter).decode


async def change_buckets(
    driver: asyncpg.Connection[Any],
    workspace_id: int,
    before: Sequence[UsageEvent],
    after: Sequence[UsageEvent],
) -> None:
    """The same events as they were and as they are now. The caller holds the workspace's lock.

    Events that the buckets do not hold yet will be read as they are now.
    """
    sequence = await driver.fetchval(_LOCK, workspace_id)
    if sequence is None:
        return
    streams = {stream.watched: stream for stream in await read_streams(driver, workspace_id)}
    watched = list(_readable(await driver.fetch(_WATCHED, workspace_id)))
    skipped = await read_skipped(driver, workspace_id)
    # Of rules that were paused just now: when they are taken up again, it is begun anew.
    left = streams.keys() - {one.mark for one in watched}
    await close_streams(driver, workspace_id, [streams[mark].id for mark in left])
    sums: dict[tuple[str, datetime, Key], Tally] = {}
    with localcontext(EXACT):
        for sign, events in ((-1, before), (1, after)):
            for event in events:
                for one in watched:
                    stream = streams.get(one.mark)
                    if stream is None or Skip(event.sequence, one.mark) in skipped:
                        continue
                    if _holds(stream, event, sequence):
                        for place in _places(one, stream, event):
                            sums.setdefault(place, Tally()).add(_tally(event), sign)
    buckets = [
        (stream_id, Bucket(minute, key, tally)) for (stream_id, minute, key), tally in sums.items()
    ]
    await add_buckets(driver, workspace_id, buckets)


def _readable(rows: Iterable[Any]) -> Iterator[Watched]:
    """A rule that cannot be read is not evaluated either, and keeps nobody from repricing."""
    for row in rows:
        with suppress(msgspec.MsgspecError, LivemeterError):
            yield Watched(_decode_filter(row["filter"]), row["per"])


def _holds(stream: Stream, event: UsageEvent, sequence: int) -> bool:
    """Whether the stream's buckets have the event: recorded since it was, or filled in."""
    if event.sequence > sequence or event.occurred_at < stream.needed_from:
        return False
    return event.sequence > stream.start_sequence or event.occurred_at >= stream.filled_from


def _places(
    watched: Watched, stream: Stream, event: UsageEvent
) -> Iterator[tuple[str, datetime, Key]]:
    key = None if watched.per is None else getattr(event, watched.per)
    if watched.filter.matches(event) and (watched.per is None or key is not None):
        minute = event.occurred_at.replace(second=0, microsecond=0)
        yield stream.id, minute, key


def _tally(event: UsageEvent) -> Tally:
    unknown = event.cost_status in (CostStatus.PARTIAL, CostStatus.UNPRICED)
    tokens = (event.input_tokens or 0) + (event.output_tokens or 0)
    cost = event.cost if event.cost is not None else Tally().cost
    return Tally(1, tokens, cost, int(unknown), int(event.outcome is Outcome.ERROR))
