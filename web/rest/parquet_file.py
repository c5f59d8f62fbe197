"""Events as Parquet: exact decimals, instants in UTC, row groups of bounded size."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from models.event import UsageEvent
from models.money import plain
from web.rest.event_columns import COLUMNS, Column, Kind

# Large enough that the list of groups at the end of the file stays small, however many there are.
GROUP_ROWS = 64 * 1024
GROUP_BYTES = 32 * 2**20
# Readers at large know no more digits than 38.
_DIGITS = 38
_SCALES = {"costUsd": 24, "reportedCostUsd": 24, "computedCostUsd": 24, "quantity": 18}
_TYPES = {
    Kind.TEXT: pa.string(),
    Kind.NAME: pa.string(),
    Kind.COUNT: pa.int64(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
    Kind.JSON: pa.string(),
}


class ParquetFile:
    """An amount that no decimal of 38 digits holds stands in a column of text beside its own."""

    def __init__(self, group_rows: int = GROUP_ROWS, group_bytes: int = GROUP_BYTES) -> None:
        self._group_rows = group_rows
        self._group_bytes = group_bytes
        self._sink = _Sink()
        self._writer: Any = None
        self._waiting: list[Any] = []

    def begin(self) -> bytes:
        self._writer = parquet.ParquetWriter(self._sink, SCHEMA, compression="zstd")
        return self._sink.take()

    def write(self, events: list[UsageEvent]) -> bytes:
        self._waiting.append(_batch(events))
        rows = sum(batch.num_rows for batch in self._waiting)
        size = sum(batch.nbytes for batch in self._waiting)
        if rows >= self._group_rows or size >= self._group_bytes:
            self._write_group()
        return self._sink.take()

    def end(self) -> bytes:
        self._write_group()
        self._writer.close()
        return self._sink.take()

    def _write_group(self) -> None:
        if self._waiting:
            group = pa.Table.from_batches(self._waiting)
            self._waiting.clear()
            self._writer.write_table(group, row_group_size=group.num_rows)


class _Sink:
    """A file that is taken away piece by piece."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(self._pieces[-1])

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def _fields(column: Column) -> Iterable[Any]:
    if column.kind is not Kind.AMOUNT:
        yield pa.field(column.name, _TYPES[column.kind])
        return
    yield pa.field(column.name, pa.decimal128(_DIGITS, _SCALES[column.name]))
    yield pa.field(column.name + "Text", pa.string())


SCHEMA = pa.schema([field for column in COLUMNS for field in _fields(column)])


def _batch(events: list[UsageEvent]) -> Any:
    arrays: list[Any] = []
    for column in COLUMNS:
        values = [column.read(event) for event in events]
        if column.kind is Kind.AMOUNT:
            arrays += _split(values, _SCALES[column.name])
        else:
            arrays.append(values)
    return pa.record_batch(
        [pa.array(values, field.type) for values, field in zip(arrays, SCHEMA, strict=True)],
        schema=SCHEMA,
    )


def _split(amounts: list[Decimal | None], scale: int) -> tuple[list[Any], list[Any]]:
    """The amounts that a decimal holds, and the others as text."""
    fitting: list[Decimal | None] = []
    texts: list[str | None] = []
    for amount in amounts:
        text = None if amount is None else plain(amount)
        fits = text is not None and _fits(text, scale)
        fitting.append(Decimal(text) if text is not None and fits else None)
        texts.append(None if fits else text)
    return fitting, texts


def _fits(text: str, scale: int) -> bool:
    whole, _, fraction = text.partition(".")
    return len(whole.lstrip("-")) <= _DIGITS - scale and len(fraction) <= scale
