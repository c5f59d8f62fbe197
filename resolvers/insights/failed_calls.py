"""What calls have cost that ended with an error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from models.event import Outcome
from pricing.arithmetic import EXACT
from resolvers.insights.insight import (
    Insight,
    InsightAmount,
    InsightKind,
    InsightNumber,
    count,
    usd,
)
from resolvers.insights.model_usage import ModelUsage
from resolvers.insights.question import Question

_FORMULA = (
    "wasted = cost of the events with the outcome ERROR; share = wasted / cost of all of the "
    "model's events, in % with two places"
)
_ASSUMPTION = (
    "All that a failed call has cost was of no use. Failed calls whose cost is not known in full "
    "count with what is known of it."
)
_PLACES = Decimal("0.01")


def failed_calls(question: Question, models: Sequence[ModelUsage]) -> Iterator[Insight]:
    for model in models:
        if model.failed.cost <= 0:
            continue
        all_ = question.filter(provider=(model.provider,), model=(model.model,))
        failed = question.filter(
            provider=(model.provider,), model=(model.model,), outcome=(Outcome.ERROR,)
        )
        yield Insight(
            InsightKind.FAILED_CALLS,
            f"{model.name}: calls that failed have cost money.",
            model.failed.cost,
            InsightAmount.WASTED,
            model.key,
            tuple(_numbers(model)),
            _FORMULA,
            _ASSUMPTION,
            question.proof.of_failures(failed, all_),
        )


def _numbers(model: ModelUsage) -> Iterator[InsightNumber]:
    yield count("failed calls", model.failed.events, "events")
    yield count("failed calls of unknown cost", model.failed.unpriced_events, "events")
    yield count("all calls", model.all.events, "events")
    yield usd("cost of failed calls", model.failed.cost)
    yield usd("cost of all calls", model.all.cost)
    yield InsightNumber("share", share(model.failed.cost, model.all.cost), "%")


def share(part: Decimal, whole: Decimal) -> Decimal:
    """In percent, rounded to two places."""
    return EXACT.quantize(EXACT.divide(EXACT.multiply(part, Decimal(100)), whole), _PLACES)
