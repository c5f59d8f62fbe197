"""What some events add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, localcontext
from typing import Any

import msgspec

from models.cube_sums import EXACT, measures_of
from models.cubes import MEASURES
from models.event import UsageEvent


class UsageSums(msgspec.Struct, frozen=True):
    """MEASURES of some events. `cost` is USD of what could be priced."""

    events: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    input_audio_tokens: int = 0
    output_audio_tokens: int = 0
    images: int = 0
    cost: Decimal = Decimal(0)
    unpriced_events: int = 0
    errors: int = 0

    @property
    def total_tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    @property
    def usage(self) -> UsageSums:
        """The counts among them."""
        return self

    @property
    def coverage(self) -> float:
        """Share of events whose cost is known in full; 1 where there are no events."""
        return (self.events - self.unpriced_events) / self.events if self.events else 1.0

    @property
    def error_rate(self) -> float:
        return self.errors / self.events if self.events else 0.0

    def __sub__(self, other: UsageSums) -> UsageSums:
        with localcontext(EXACT):
            values = zip(_values(self), _values(other), strict=True)
            return _of_values(mine - its for mine, its in values)


NOTHING = UsageSums()
_COST = MEASURES.index("cost")


def sums_of(event: UsageEvent) -> UsageSums:
    """One event's own: what was not reported counts as none."""
    values: list[Any] = [0] * len(MEASURES)
    values[_COST] = Decimal(0)
    for place, value in measures_of(event):
        values[place] = value
    return _of_values(values)


def read_sums(values: Sequence[Any]) -> UsageSums:
    """From MEASURES as Postgres sums them."""
    return _of_values(value if place == _COST else int(value) for place, value in enumerate(values))


def add_sums(sums: Iterable[UsageSums]) -> UsageSums:
    with localcontext(EXACT):
        columns = zip(*map(_values, (NOTHING, *sums)), strict=True)
        return _of_values(map(sum, columns))


def _of_values(values: Iterable[Any]) -> UsageSums:
    """`values` are MEASURES in their order, as the fields are."""
    return UsageSums(*values)


def _values(sums: UsageSums) -> tuple[Any, ...]:
    return msgspec.structs.astuple(sums)
