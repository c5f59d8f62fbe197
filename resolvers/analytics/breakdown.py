"""Usage by one to three dimensions: the top groups, and the rest in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.errors import BadInput
from models.usage_query import Measure, RankQuery
from models.usage_sums import NOTHING, UsageSums, add_sums
from resolvers.analytics.dimension import Dimension, GroupKey, group_key, narrowed
from resolvers.analytics.usage import Usage, check_top

MAX_DIMENSIONS = 3


@dataclass(frozen=True)
class UsageGroup:
    """`is_other`: the sum of all that did not make the top, in either range.

    `cost_share` is the group's part of the whole range's cost; 0 where that cost is 0.
    """

    key: GroupKey
    is_other: bool
    totals: UsageSums
    previous: UsageSums
    cost_share: float


async def read_breakdown(
    usage: Usage, by: Sequence[Dimension], top: int, measure: Measure
) -> list[UsageGroup]:
    """Raises BadInput for too many dimensions, one that is given twice, and such a top."""
    _check_dimensions(by)
    check_top(top)
    columns = tuple(dimension.column for dimension in by)
    range, previous = usage.range.range, usage.range.previous
    async with usage.reader.open():
        keys = await usage.ranking(
            RankQuery(usage.workspace_id, range, columns, measure, top, usage.filter)
        )
        totals = await usage.both_totals()
        filter = narrowed(usage.filter, columns, keys) if keys else None
        found = await usage.sums((range, previous), columns, filter) if keys else {}
    pairs = [(found.get((0, key), NOTHING), found.get((1, key), NOTHING)) for key in keys]
    rest = _rest(totals, pairs)
    groups = [
        _group(group_key(columns, key), False, *pair, totals[0].cost)
        for key, pair in zip(keys, pairs, strict=True)
    ]
    if rest[0].events or rest[1].events:
        groups.append(_group(GroupKey(), True, *rest, totals[0].cost))
    return groups


def _check_dimensions(by: Sequence[Dimension]) -> None:
    if not 1 <= len(by) <= MAX_DIMENSIONS:
        raise BadInput(f"A breakdown has 1 to {MAX_DIMENSIONS} dimensions.", field="by")
    if len(set(by)) < len(by):
        raise BadInput("A breakdown has each dimension once.", field="by")


def _rest(
    totals: tuple[UsageSums, UsageSums], pairs: list[tuple[UsageSums, UsageSums]]
) -> tuple[UsageSums, UsageSums]:
    """What is left of the totals, so that the groups add up to them."""
    return (
        totals[0] - add_sums(pair[0] for pair in pairs),
        totals[1] - add_sums(pair[1] for pair in pairs),
    )


def _group(
    key: GroupKey, is_other: bool, totals: UsageSums, previous: UsageSums, whole_cost: Decimal
) -> UsageGroup:
    share = float(totals.cost / whole_cost) if whole_cost else 0.0
    return UsageGroup(key, is_other, totals, previous, share)
