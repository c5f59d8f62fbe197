"""Who was there in some ranges, as SQL: from the sets by whole quarters, or from the events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from asyncpg import BitString

from models.cubes import QUARTERS_A_DAY, PresenceSet, Tier
from models.presence import quarters_text
from models.time_range import EVER, TimeRange
from models.usage_conditions import Arguments

# A range and its place among those that are asked for.
Part = tuple[int, TimeRange]

_NOBODY = f"B'{quarters_text(0)}'"
_WHOLE_DAY = (1 << QUARTERS_A_DAY) - 1
_BITS = f"bit({QUARTERS_A_DAY})"


class _Piece(NamedTuple):
    """A part of a UTC day that belongs to the range at a place; no quarters: all of it."""

    day: datetime
    quarters: BitString | None
    cell: int


def rows_of_set(
    presence_set: PresenceSet,
    member: str,
    parts: Sequence[Part],
    where: Sequence[str],
    arguments: Arguments,
) -> str:
    """Each day's rows are read once, and told apart by their quarters where a range has a part."""
    pieces = [
        _Piece(day, None if quarters == _WHOLE_DAY else _bits(quarters), cell)
        for cell, range in parts
        for day, quarters in _days(range)
    ]
    days = [piece.day for piece in pieces] or [EVER.to]
    conditions = [
        "workspace_id = $1",
        f"bucket >= {arguments.add(min(days), 'timestamptz')}",
        f"bucket <= {arguments.add(max(days), 'timestamptz')}",
        *where,
    ]
    if len(parts) == 1:
        conditions += [
            _is_in_part(piece, arguments) for piece in pieces if piece.quarters is not None
        ]
        return (
            f"SELECT {parts[0][0]} AS cell, feature_id, {member} FROM {presence_set.table_name} "
            f"WHERE {' AND '.join(conditions)}"
        )
    arrays = ", ".join(
        (
            arguments.add([piece.day for piece in pieces], "timestamptz[]"),
            arguments.add([piece.quarters for piece in pieces], f"{_BITS}[]"),
            arguments.add([piece.cell for piece in pieces], "int[]"),
        )
    )
    return (
        f"SELECT piece.cell, feature_id, {member} FROM {presence_set.table_name} AS there "
        f"JOIN unnest({arrays}) AS piece (day, quarters, cell) ON piece.day = there.bucket "
        f"AND (piece.quarters IS NULL OR piece.quarters & there.quarters <> {_NOBODY}) "
        f"WHERE {' AND '.join(conditions)}"
    )


def _bits(quarters: int) -> BitString:
    return BitString.frombytes(quarters.to_bytes(QUARTERS_A_DAY // 8), QUARTERS_A_DAY)


def _is_in_part(piece: _Piece, arguments: Arguments) -> str:
    day = arguments.add(piece.day, "timestamptz")
    quarters = arguments.add(piece.quarters, _BITS)
    return f"(bucket <> {day} OR quarters & {quarters} <> {_NOBODY})"


def rows_of_events(
    member: str,
    parts: Sequence[Part],
    where: Sequence[str],
    arguments: Arguments,
) -> str:
    arrays = ", ".join(
        (
            arguments.add([range.from_ for _, range in parts], "timestamptz[]"),
            arguments.add([range.to for _, range in parts], "timestamptz[]"),
            arguments.add([cell for cell, _ in parts], "int[]"),
        )
    )
    conditions = " AND ".join(
        (
            "workspace_id = $1",
            "occurred_at >= run.starts",
            "occurred_at < run.ends",
            *where,
        )
    )
    return (
        f"SELECT run.cell, there.* FROM unnest({arrays}) AS run (starts, ends, cell) "
        f"CROSS JOIN LATERAL (SELECT feature_id, {member} FROM usage_events "
        f"WHERE {conditions} OFFSET 0) AS there"
    )


def _whole_quarters(range: TimeRange) -> TimeRange:
    """From the first quarter's start to the last one's end; the one after the other if none."""
    return TimeRange(Tier.QUARTER_HOUR.ceiling(range.from_), Tier.QUARTER_HOUR.floor(range.to))


def ragged_ends(range: TimeRange) -> Iterator[TimeRange]:
    whole = _whole_quarters(range)
    if whole.from_ >= whole.to:
        yield range
        return
    if range.from_ < whole.from_:
        yield TimeRange(range.from_, whole.from_)
    if whole.to < range.to:
        yield TimeRange(whole.to, range.to)


def _days(range: TimeRange) -> Iterator[tuple[datetime, int]]:
    """The UTC days of a range's whole quarters, each with the quarters of it that are in."""
    whole = _whole_quarters(range)
    day = Tier.DAY.floor(whole.from_)
    while day < whole.to:
        starts = max(0, (whole.from_ - day) // Tier.QUARTER_HOUR.length)
        ends = min(QUARTERS_A_DAY, (whole.to - day) // Tier.QUARTER_HOUR.length)
        if starts < ends:
            yield day, (1 << (QUARTERS_A_DAY - starts)) - (1 << (QUARTERS_A_DAY - ends))
        day += Tier.DAY.length
