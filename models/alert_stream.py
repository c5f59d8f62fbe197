"""Streams: what rules watch. All rules with one filter and one key share a stream's buckets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

import asyncpg
import msgspec
from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, Table, Text
from sqlmodel import SQLModel

from models.alert_rule import AlertRule, filter_values
from models.usage_filter import UsageFilter

ALERT_STREAMS = Table(
    "alert_streams",
    SQLModel.metadata,
    Column("workspace_id", Integer, ForeignKey("workspaces.id"), primary_key=True),
    Column("id", Text, primary_key=True),
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
    def stream_id(self) -> str:
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


class Stream(NamedTuple):
    """What was recorded after `start_sequence` came in as it was recorded."""

    id: str
    start_sequence: int
    filled_from: datetime
    needed_from: datetime

    @property
    def is_filled(self) -> bool:
        return self.filled_from <= self.needed_from


_STREAMS = """
    SELECT id, start_sequence, filled_from, needed_from FROM alert_streams
    WHERE workspace_id = $1 ORDER BY id
"""
_OPEN = """
    INSERT INTO alert_streams (workspace_id, id, start_sequence, filled_from, needed_from)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (workspace_id, id)
    DO UPDATE SET needed_from = least(alert_streams.needed_from, excluded.needed_from)
"""
_FILLED = "UPDATE alert_streams SET filled_from = $3 WHERE workspace_id = $1 AND id = $2"
_CLOSE = "DELETE FROM alert_streams WHERE workspace_id = $1 AND id = ANY($2::text[])"
_EMPTY = "DELETE FROM alert_buckets WHERE workspace_id = $1 AND stream_id = ANY($2::text[])"
# What a window has left behind is not asked for any more.
_PRUNE = "DELETE FROM alert_buckets WHERE workspace_id = $1 AND stream_id = $2 AND minute < $3"
_NEED = """
    UPDATE alert_streams SET needed_from = $3, filled_from = greatest(filled_from, $3)
    WHERE workspace_id = $1 AND id = $2
"""


async def read_streams(driver: asyncpg.Connection[Any], workspace_id: int) -> list[Stream]:
    return [Stream(*row) for row in await driver.fetch(_STREAMS, workspace_id)]


async def open_stream(driver: asyncpg.Connection[Any], workspace_id: int, stream: Stream) -> None:
    """One that is there is needed from the earlier moment from now on."""
    await driver.execute(_OPEN, workspace_id, *stream)


async def close_streams(
    driver: asyncpg.Connection[Any], workspace_id: int, ids: Sequence[str]
) -> None:
    await driver.execute(_CLOSE, workspace_id, ids)
    await driver.execute(_EMPTY, workspace_id, ids)


async def need_stream_from(
    driver: asyncpg.Connection[Any], workspace_id: int, stream_id: str, from_: datetime
) -> None:
    """What is before is of no window any more."""
    await driver.execute(_NEED, workspace_id, stream_id, from_)
    await driver.execute(_PRUNE, workspace_id, stream_id, from_)


async def note_filled(
    driver: asyncpg.Connection[Any], workspace_id: int, stream_id: str, from_: datetime
) -> None:
    await driver.execute(_FILLED, workspace_id, stream_id, from_)
