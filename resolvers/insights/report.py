"""All insights of a range of usage, sorted by dollars."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from models.database import Database
from models.reach import Reach
from models.usage_filter import UsageFilter
from models.usage_sums import UsageSums
from resolvers.analytics.dimension import Dimension
from resolvers.analytics.usage import Usage, read_totals
from resolvers.analytics.usage_range import UsageRange
from resolvers.insights.batch_price import batch_prices
from resolvers.insights.cache_savings import cache_savings
from resolvers.insights.cheaper_models import cheaper_models
from resolvers.insights.comparison import Comparison
from resolvers.insights.failed_calls import failed_calls
from resolvers.insights.insight import Insight
from resolvers.insights.model_usage import ModelsUsed, read_models
from resolvers.insights.question import Question
from resolvers.insights.unpriced_usage import Unpriced, read_unpriced_names, unpriced_usage
from resolvers.insights.unusual_usage import DailyUsage, Days, read_daily, unusual_usage
from resolvers.prices.price_books import PriceBooks

MAX_INSIGHTS = 100


@dataclass(frozen=True)
class InsightReport:
    """`left_out` insights did not make the first 100; `models_left_out` were not looked at."""

    usage: Usage
    priced_at: datetime
    totals: UsageSums
    insights: list[Insight]
    left_out: int
    models_left_out: int


@dataclass(frozen=True)
class _Read:
    """All that is read; the rest is arithmetic."""

    models: ModelsUsed
    unpriced: list[Unpriced]
    days: Days
    daily: dict[Dimension, list[DailyUsage]]


async def read_insights(
    database: Database, books: PriceBooks, reach: Reach, range: UsageRange, filter: UsageFilter
) -> InsightReport:
    """Raises Unavailable and TooComplex."""
    book = await books.fresh(reach.workspace_id)
    return await report_on(Question(Usage.within(database, reach, range, filter), book))


async def report_on(question: Question) -> InsightReport:
    """What `read_insights` does, by the prices of the question."""
    usage = question.usage
    async with usage.reader.open():
        totals = await read_totals(usage)
        read = await _read(question)
    # In a thread, since going through the catalogue takes a while, and others are to be answered.
    found = await asyncio.to_thread(lambda: sorted(_insights(question, read), key=_place))
    return InsightReport(
        usage,
        question.at,
        totals,
        found[:MAX_INSIGHTS],
        len(found[MAX_INSIGHTS:]),
        read.models.left_out,
    )


async def _read(question: Question) -> _Read:
    days = Days.of(question.usage.range)
    return _Read(
        await read_models(question.usage),
        await read_unpriced_names(question),
        days,
        {
            by: await read_daily(question, days, by)
            for by in (Dimension.FEATURE, Dimension.CUSTOMER)
        },
    )


def _insights(question: Question, read: _Read) -> Iterator[Insight]:
    comparisons = [Comparison.of(question, model) for model in read.models.models]
    yield from cheaper_models(question, comparisons)
    yield from cache_savings(question, comparisons)
    yield from batch_prices(question, comparisons)
    yield from failed_calls(question, read.models.models)
    for by, daily in read.daily.items():
        yield from unusual_usage(question, read.days, by, daily)
    yield from unpriced_usage(question, read.unpriced)


def _place(insight: Insight) -> tuple[bool, Decimal]:
    """The most dollars first, what is not known last; of equals, the order in which they came."""
    amount = insight.amount_usd
    return amount is None, Decimal(0) if amount is None else amount.copy_negate()
