"""Usage whose cost is not known: how much of it there is, since what it cost nobody can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.cost import CostStatus
from models.usage_query import Measure, RankQuery
from models.usage_sums import NOTHING, UsageSums, add_sums
from resolvers.analytics.dimension import GroupKey, narrowed
from resolvers.insights.insight import (
    Insight,
    InsightAmount,
    InsightKind,
    InsightNumber,
    count,
    usd,
)
from resolvers.insights.model_usage import named
from resolvers.insights.question import Question

MAX_NAMES = 50

_UNKNOWN = (CostStatus.UNPRICED, CostStatus.PARTIAL)
_NAMES = ("provider", "model")
_FORMULA = "events of unknown cost = events without a price + events that are priced in part"
_ASSUMPTION = (
    "None: the amount is not known, and not zero. With a price for the model, or the missing unit, "
    "past events can be priced again."
)


@dataclass(frozen=True)
class Unpriced:
    """Events of one name without a price, and those priced in part."""

    provider: str | None
    model: str | None
    unpriced: UsageSums
    partial: UsageSums


async def read_unpriced_names(question: Question) -> list[Unpriced]:
    """The names with the most such events first: at most 50, by two statements."""
    usage = question.usage
    unknown = question.filter(cost_status=_UNKNOWN)
    keys = await usage.ranking(
        RankQuery(
            usage.workspace_id,
            usage.range.range,
            _NAMES,
            Measure.EVENTS,
            MAX_NAMES,
            unknown,
        )
    )
    if not keys:
        return []
    columns = (*_NAMES, "cost_status")
    filter = narrowed(unknown, _NAMES, keys)
    found = await usage.sums((usage.range.range,), columns, filter)
    by_key = {key: sums for (_, key), sums in found.items()}
    return [_unpriced(provider, model, by_key) for provider, model in keys]


def _unpriced(
    provider: str | None, model: str | None, by_key: Mapping[tuple[str | None, ...], UsageSums]
) -> Unpriced:
    unpriced, partial = (by_key.get((provider, model, each), NOTHING) for each in _UNKNOWN)
    return Unpriced(provider, model, unpriced, partial)


def unpriced_usage(question: Question, names: list[Unpriced]) -> Iterator[Insight]:
    for each in names:
        filter = question.filter(
            provider=(each.provider,), model=(each.model,), cost_status=_UNKNOWN
        )
        yield Insight(
            InsightKind.UNPRICED_USAGE,
            f"{named(each.provider, each.model)}: what events have cost is not known.",
            None,
            InsightAmount.UNKNOWN,
            GroupKey(provider=each.provider, model=each.model),
            tuple(_numbers(each)),
            _FORMULA,
            _ASSUMPTION,
            question.proof.of_unpriced(filter),
        )


def _numbers(each: Unpriced) -> Iterator[InsightNumber]:
    both = add_sums((each.unpriced, each.partial))
    yield count("events of unknown cost", both.events, "events")
    yield count("events without a price", each.unpriced.events, "events")
    yield count("events priced in part", each.partial.events, "events")
    yield count("input tokens", both.input_tokens, "tokens")
    yield count("output tokens", both.output_tokens, "tokens")
    yield usd("known part", each.partial.cost if each.partial.events else None)
