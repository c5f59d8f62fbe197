"""Where a question about usage is answered from: the smallest cube that can, else the events.

A range is cut into whole days, whole quarters of an hour, and what is left: each part is
read from the coarsest tier that the cube has, and the rest from the events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from models.cubes import CUBES, Cube, Tier
from models.time_range import TimeRange


class Run(NamedTuple):
    """A part of a range; `cell` is the place of the range in its query."""

    from_: datetime
    to: datetime
    cell: int


@dataclass(frozen=True)
class Part:
    """Runs that are read from one table: a cube's, or the events' where `tier` is None."""

    cube: Cube | None
    tier: Tier | None
    runs: tuple[Run, ...]


def plan(
    columns: Iterable[str], ranges: Sequence[TimeRange], *, cubes_hold_all: bool = True
) -> list[Part]:
    """Parts that hold every moment of each range once.

    `columns` are all that the query groups and filters by. Cubes that do not hold all events yet
    are not used.
    """
    cube = smallest_cube(columns) if cubes_hold_all else None
    runs: dict[Tier | None, list[Run]] = defaultdict(list)
    for cell, range in enumerate(ranges):
        tiers = () if cube is None else sorted(cube.tiers, key=lambda tier: -tier.length)
        for tier, from_, to in _cut(range.from_, range.to, tuple(tiers)):
            runs[tier].append(Run(from_, to, cell))
    return [
        Part(None if tier is None else cube, tier, tuple(found)) for tier, found in runs.items()
    ]


def smallest_cube(columns: Iterable[str]) -> Cube | None:
    """The first that has all the columns; None where only the events do."""
    wanted = set(columns)
    return next((cube for cube in CUBES if wanted <= set(cube.columns)), None)


def _cut(
    from_: datetime, to: datetime, tiers: tuple[Tier, ...]
) -> Iterable[tuple[Tier | None, datetime, datetime]]:
    if from_ >= to:
        return
    if not tiers:
        yield None, from_, to
        return
    tier, *finer = tiers
    starts, ends = tier.ceiling(from_), tier.floor(to)
    if starts >= ends:
        yield from _cut(from_, to, tuple(finer))
        return
    yield from _cut(from_, starts, tuple(finer))
    yield tier, starts, ends
    yield from _cut(ends, to, tuple(finer))
