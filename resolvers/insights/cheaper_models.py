"""What the very same usage would have cost at other models: by price alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pricing.arithmetic import EXACT
from pricing.what_if import Cheaper, Market, usage_kind
from resolvers.insights.comparison import BASE, LEFT_OUT, Comparison
from resolvers.insights.insight import CheaperModel, Insight, InsightAmount, InsightKind, count
from resolvers.insights.model_usage import named
from resolvers.insights.question import Question

MAX_CANDIDATES = 3

_FORMULA = (
    f"saving = compared with - cost at the first of the other models; {BASE}; the cost at a "
    "model = the sum, over the units that do not overlap (input without cached and audio tokens, "
    "cache reads, cache writes, output without audio …), of count x rate"
)
_ASSUMPTION = (
    "A what-if on price alone: it says nothing of quality, speed or limits, nor whether the other "
    "model would have used as many tokens. All calls at base rates as they held at the moment that "
    "the query names. " + LEFT_OUT
)


def cheaper_models(question: Question, comparisons: Sequence[Comparison]) -> Iterator[Insight]:
    market = Market(question.book.offers(question.at))
    for comparison in comparisons:
        if comparison.model.model is not None and comparison.model.counts and comparison.base > 0:
            yield from _of_model(question, comparison, market)


def _of_model(question: Question, comparison: Comparison, market: Market) -> Iterator[Insight]:
    model = comparison.model
    provider, itself = _listed_names(question, comparison)
    kind = usage_kind(model.model or "", model.counts, comparison.price)
    if kind is None:
        return
    found = market.cheaper(model.counts, model.known.events, comparison.base, kind)
    cheaper = [each for each in found if (each.offer.provider, each.offer.model) not in itself]
    if not cheaper:
        return
    candidates = tuple(
        CheaperModel(
            each.offer.provider,
            each.offer.model,
            each.offer.price.source,
            each.offer.provider == provider,
            each.cost,
            EXACT.subtract(comparison.base, each.cost),
        )
        for each in _chosen(cheaper, provider)
    )
    first = candidates[0]
    yield Insight(
        InsightKind.CHEAPER_MODEL,
        f"Usage of {model.name} would have cost less at {named(first.provider, first.model)}, "
        "by price alone.",
        first.saving_usd,
        InsightAmount.COULD_SAVE,
        model.key,
        (*comparison.numbers(), count("cheaper models", len(cheaper), "models")),
        _FORMULA,
        _ASSUMPTION,
        comparison.query(question, [(each.provider, each.model) for each in candidates]),
        candidates,
    )


def _listed_names(
    question: Question, comparison: Comparison
) -> tuple[str | None, set[tuple[str | None, str | None]]]:
    """The catalogue's name of the provider, and the names that are the model itself."""
    provider, model = comparison.model.provider, comparison.model.model
    names: set[tuple[str | None, str | None]] = {(provider, model)}
    if provider and model:
        timeline = question.book.catalogue.timeline(provider, model)
        if timeline is not None:
            return timeline.provider, names | {(timeline.provider, timeline.model)}
    return provider, names


def _chosen(cheaper: Sequence[Cheaper], provider: str | None) -> list[Cheaper]:
    """The cheapest of each provider: of the same one first, then those that cost least."""
    best: dict[str, Cheaper] = {}
    for each in cheaper:
        best.setdefault(each.offer.provider, each)
    same = [best.pop(provider)] if provider in best else []
    return [*same, *best.values()][:MAX_CANDIDATES]
