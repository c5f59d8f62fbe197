"""What usage would have cost by batch, where the model has a price for that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pricing.arithmetic import EXACT
from pricing.what_if import BATCH, base_rates, has_batch_rates
from resolvers.insights.comparison import BASE, LEFT_OUT, Comparison
from resolvers.insights.insight import Insight, InsightAmount, InsightKind, usd
from resolvers.insights.question import Question

_FORMULA = (
    f"saving = compared with - cost by batch; {BASE}; the cost by batch = the sum, over the units "
    "that do not overlap, of count x batch rate, or x the plain rate where a unit has none for "
    "batches"
)
_ASSUMPTION = (
    "All of the calls could have waited for a batch; none that somebody waits for can. What went "
    "by batch already is in both sums at the same price, so that it saves nothing again. Base "
    "rates as they held at the moment that the query names. " + LEFT_OUT
)


def batch_prices(question: Question, comparisons: Sequence[Comparison]) -> Iterator[Insight]:
    for comparison in comparisons:
        model, price = comparison.model, comparison.price
        if price is None or not has_batch_rates(price, model.counts):
            continue
        by_batch = base_rates(price, BATCH).cost(model.counts, model.known.events)
        if by_batch is None or by_batch >= comparison.base:
            continue
        yield Insight(
            InsightKind.BATCH_PRICE,
            f"Usage of {model.name} would have cost less by batch.",
            EXACT.subtract(comparison.base, by_batch),
            InsightAmount.COULD_SAVE,
            model.key,
            (*comparison.numbers(), usd("by batch", by_batch)),
            _FORMULA,
            _ASSUMPTION,
            comparison.query(question, []),
        )
