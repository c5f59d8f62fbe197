"""Streams: what rules watch. All rules with one filter and one key share a stream's buckets."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

import asyncpg
import msgspec
from sqlalchemy import BigInteger, Boolean, Column, DateTime, ForeignKey, Integer, Table, Text
from sqlmodel import SQLModel

from models.alert_rule import AlertRule, filter_values
from models.time_range import EVER
from models.usage_filter import UsageFilter

SWEPT_AT_A_TIME = 20_000

ALERT_STREAMS = Table(
    "alert_streams",
    SQLModel.metadata,
    Column("workspace_id", Integer, ForeignKey("workspaces.id"), primary_key=True),
    Column("id", Text(collation="C"), primary_key=True),
    Column("watched", Text, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("start_sequence", BigInteger, nullable=False),
    Column("filled_from", DateTime(timezone=True), nullable=False),
    Column("needed_from", DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True)
class Watched:
    """What a stream is of: events that pass the filter, by a column's value or as a whole."""

    filter: UsageFilter
    per: str | None

    @classmethod
    def by(cls, rule: AlertRule) -> Watched:
        return cls(rule.filter, rule.per)

    @cached_property
    def mark(self) -> str:
        """The same for rules that watch the same."""
        given = {name: sorted(map(_text, values)) for name, values in self._given.items()}
        text = msgspec.json.encode((given, self.per), order="sorted")
        return blake2b(text, digest_size=12).hexdigest()

    @property
    def _given(self) -> dict[str, Collection[Any]]:
        return filter_values(self.filter)

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.filter.columns, *(() if self.per is None else (self.per,)))


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def new_stream(watched: str, start_sequence: int, needed_from: datetime) -> Stream:
    """One that nothing was filled in of yet."""
    id = f"{watched}-{secrets.token_hex(4)}"
    return Stream(id, watched, start_sequence, EVER.to, needed_from)


class Stream(NamedTuple):
    """What was recorded after `start_sequence` came in as it was recorded.

    `watched` is the mark of what it is of; its buckets go by its id.
    """

    id: str
    watched: str
    start_sequence: int
    filled_from: datetime
    needed_from: datetime

    @property
    def is_filled(self) -> bool:
        return self.filled_from <= self.needed_from


_STREAMS = """
    SELECT id, watched, start_sequence, filled_from, needed_from FROM alert_streams
    WHERE workspace_id = $1 AND NOT closed ORDER BY id
"""
_OPEN = """
    INSERT INTO alert_streams
        (workspace_id, id, watched, start_sequence, filled_from, needed_from, closed)
    VALUES ($1, $2, $3, $4, $5, $6, false)
"""
_FILLED = "UPDATE alert_streams SET filled_from = $3 WHERE workspace_id = $1 AND id = $2"
_CLOSE = """
    UPDATE alert_streams SET closed = true WHERE workspace_id = $1 AND id = ANY($2::text[])
"""
_NEED = """
    UPDATE alert_streams
    SET needed_from = needed.from_, filled_from = greatest(filled_from, needed.from_)
    FROM unnest($2::text[], $3::timestamptz[]) AS needed (id, from_)
    WHERE workspace_id = $1 AND alert_streams.id = needed.id
"""
# What windows have left behind, and all of what is closed, so much of it.
_SWEEP = """
    DELETE FROM alert_buckets WHERE ctid = ANY (ARRAY(
        SELECT found.ctid FROM alert_streams AS stream CROSS JOIN LATERAL (
            SELECT ctid FROM alert_buckets
            WHERE workspace_id = $1 AND stream_id = stream.id
                AND minute < CASE WHEN stream.closed THEN 'infinity' ELSE stream.needed_from END
            LIMIT $2
        ) AS found
        WHERE stream.workspace_id = $1 LIMIT $2
    ))
"""
_END = """
    DELETE FROM alert_streams AS stream WHERE workspace_id = $1 AND closed AND NOT EXISTS (
        SELECT FROM alert_buckets WHERE workspace_id = $1 AND stream_id = stream.id
    )
"""


async def read_streams(driver: asyncpg.Connection[Any], workspace_id: int) -> list[Stream]:
    return [Stream(*row) for row in await driver.fetch(_STREAMS, workspace_id)]


async def open_stream(driver: asyncpg.Connection[Any], workspace_id: int, stream: Stream) -> None:
    await driver.execute(_OPEN, workspace_id, *stream)


async def close_streams(
    driver: asyncpg.Connection[Any], workspace_id: int, ids: Sequence[str]
) -> None:
    """Their buckets are left to `sweep`."""
    await driver.execute(_CLOSE, workspace_id, ids)


async def need_streams_from(
    driver: asyncpg.Connection[Any], workspace_id: int, needed: Mapping[str, datetime]
) -> None:
    """What is before is of no window any more. `needed` by the streams' ids."""
    await driver.execute(_NEED, workspace_id, list(needed), list(needed.values()))


async def sweep(driver: asyncpg.Connection[Any], workspace_id: int) -> bool:
    """Let go of some of what nobody will ask for; whether that was all.

    Without a lock: nobody adds to it.
    """
    done = await driver.execute(_SWEEP, workspace_id, SWEPT_AT_A_TIME)
    if int(done.split()[-1]) == SWEPT_AT_A_TIME:
        return False
    await driver.execute(_END, workspace_id)
    return True


async def note_filled(
    driver: asyncpg.Connection[Any], workspace_id: int, stream_id: str, from_: datetime
) -> None:
    await driver.execute(_FILLED, workspace_id, stream_id, from_)
