"""Insights equal plain Python over all events, to the digit: any zone, range and filter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal, localcontext
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.cost import CostStatus
from models.database import Database
from models.event import EventType, Outcome, UsageEvent
from models.event_log import Attempts, Draft, append
from models.event_query import read_log
from models.metadata_match import MetadataMatch
from models.reach import Reach
from models.usage_filter import UsageFilter
from resolvers.analytics.usage import Usage
from resolvers.analytics.usage_range import usage_range
from resolvers.analytics.usage_reader import UsageReader
from resolvers.insights.insight import Insight, InsightAmount, InsightKind
from resolvers.insights.question import Question
from resolvers.insights.report import InsightReport, report_on
from tests.events import make_draft
from tests.resolvers.insights.oracle import Oracle
from tests.resolvers.insights.own_prices import book

START = datetime(2026, 8, 20, tzinfo=UTC)
DAYS = 80
EVENTS = 2_500
ZONES = ("UTC", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe")
EXAMPLES = 80

_BOOK = book()
_MODELS = (
    ("acme", "bolt"),
    ("acme", "bolt"),
    ("acme", "mini"),
    ("acme", "speaker"),
    ("acme", "vector"),
    ("zeta", "nut"),
    ("home", "grown"),
    ("nobody", "none"),
    (None, None),
)


@dataclass(frozen=True)
class Log:
    """A database, all events in it, and a loop to ask it in."""

    database: Database
    events: list[UsageEvent]
    loop: asyncio.Runner

    def ask(self, question: Any) -> tuple[InsightReport, Oracle]:
        zone, (from_, to), filter = question
        range = usage_range(None, from_, to, zone, datetime(2026, 12, 1, tzinfo=UTC))
        usage = Usage(1, range, filter, UsageReader(self.database, Reach(1)))
        report = self.loop.run(report_on(Question(usage, _BOOK)))
        return report, Oracle(self.events, (from_, to), zone, filter)


def _drafts(random: Random) -> list[Draft]:
    return [_draft(random, f"event-{number}") for number in range(EVENTS)]


def _draft(random: Random, event_id: str) -> Draft:
    provider, model = random.choice(_MODELS)
    day = random.randrange(DAYS)
    feature = random.choice(("chat", "search", "agent", None))
    # Some days of a feature cost far more.
    factor = 40 if feature == "chat" and day in (50, 61, 75) else 1
    known = (CostStatus.PRICED, CostStatus.SUPPLIED, CostStatus.REPORTED)
    status = random.choice(tuple(CostStatus) if day % 5 == 0 else known)
    cost = Decimal(random.randrange(1, 300_000)) / 100_000 * factor
    return make_draft(
        event_id,
        fingerprint=event_id.encode(),
        type=random.choice((EventType.TOKEN_USAGE, EventType.TOKEN_USAGE, EventType.CUSTOM)),
        customer_id=random.choice(("acme", "Ärzte", "Ärzte", None)),
        feature_id=feature,
        provider=provider,
        model=model,
        cost=None if status is CostStatus.UNPRICED else cost,
        cost_status=status,
        outcome=random.choice((Outcome.SUCCESS, Outcome.SUCCESS, Outcome.ERROR)),
        occurred_at=START + timedelta(days=day, seconds=random.randrange(86_400)),
        metadata=random.choice((None, '{"region": "eu"}')),
        **_counts(random, model),
    )


def _counts(random: Random, model: str | None) -> dict[str, int | None]:
    input_tokens = random.randrange(1_000_000)
    if model == "vector":
        return {"input_tokens": input_tokens}
    output_tokens = random.randrange(300_000)
    counts: dict[str, int | None] = {
        "input_tokens": input_tokens,
        "output_tokens": output_tokens,
        "reasoning_tokens": random.choice((None, output_tokens // 2)),
    }
    if model == "speaker":
        audio = {"input_audio_tokens": input_tokens // 3, "output_audio_tokens": output_tokens // 2}
        return counts | audio
    if model == "grown":
        return counts
    return counts | {
        "cache_read_tokens": random.choice((None, 0, input_tokens // 7)),
        "cache_write_tokens": random.choice((None, input_tokens // 5)),
    }


@pytest.fixture(scope="module")
def drafts() -> list[Draft]:
    return _drafts(Random(1))


@pytest.fixture(params=["from cubes", "before the cubes are built"])
def log(database_url: str, request: pytest.FixtureRequest, drafts: list[Draft]) -> Iterator[Log]:
    async def fill(database: Database) -> list[UsageEvent]:
        await append(database, 1, drafts, Attempts())
        if request.param != "from cubes":
            async with database.write() as session:
                connection = await session.connection()
                await connection.exec_driver_sql("UPDATE workspaces SET cubed_sequence = 700")
        async with database.read_as_owner() as session:
            return await read_log(session, 1, after=0, until=1 << 40, limit=100_000)

    with asyncio.Runner() as loop:
        database = Database(database_url)
        yield Log(database, loop.run(fill(database)), loop)
        loop.run(database.close())


_values = {
    "type": st.sampled_from(list(EventType)),
    "customer_id": st.sampled_from(["acme", "Ärzte", None]),
    "feature_id": st.sampled_from(["chat", "search", None]),
    "provider": st.sampled_from(["acme", "zeta", "home", None]),
    "model": st.sampled_from(["bolt", "mini", "speaker", "vector", "nut", None]),
    "outcome": st.sampled_from(list(Outcome)),
    "cost_status": st.sampled_from(list(CostStatus)),
}


@st.composite
def questions(draw: st.DrawFn) -> tuple[ZoneInfo, tuple[datetime, datetime], UsageFilter]:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    first = START.date() + timedelta(days=draw(st.integers(0, DAYS - 1)))
    ends = [
        _midnight(day, zone) for day in (first, first + timedelta(days=draw(st.integers(0, 40))))
    ]
    if draw(st.booleans()):
        ends = [end + timedelta(microseconds=draw(st.integers(0, 86_400_000_000))) for end in ends]
    names = draw(st.lists(st.sampled_from(list(_values)), max_size=2, unique=True))
    given: dict[str, Any] = {
        name: tuple(draw(st.lists(_values[name], min_size=1, max_size=3, unique=True)))
        for name in names
    }
    if draw(st.integers(0, 8)) == 0:
        given["metadata"] = (MetadataMatch("region", "eu"),)
    return zone, (min(ends), max(ends)), UsageFilter(**given)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


_often = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def _of(
    report: InsightReport, kind: InsightKind, amount_is: InsightAmount | None = None
) -> list[Insight]:
    return [
        each
        for each in report.insights
        if each.kind is kind and (amount_is is None or each.amount_is is amount_is)
    ]


def _amounts(insights: list[Insight]) -> dict[Any, Decimal | None]:
    return {(each.subject.provider, each.subject.model): each.amount_usd for each in insights}


def _number(insight: Insight, name: str) -> Decimal | None:
    return next(number.value for number in insight.numbers if number.name == name)


def _check(log: Log, check: Callable[[InsightReport, Oracle], bool]) -> None:
    """`check` says whether there was anything to compare: often enough there must be."""
    compared = 0

    @_often
    @given(questions())
    def holds(question: Any) -> None:
        nonlocal compared
        with localcontext(Context(prec=250)):
            compared += check(*log.ask(question))

    holds()
    assert compared >= 10


def test_cheaper_models(log: Log) -> None:
    def check(report: InsightReport, oracle: Oracle) -> bool:
        found = _of(report, InsightKind.CHEAPER_MODEL)
        expected = oracle.cheaper()
        assert {
            (each.subject.provider, each.subject.model): [
                ((c.provider, c.model), c.cost_usd, c.saving_usd) for c in each.candidates
            ]
            for each in found
        } == expected
        assert _amounts(found) == {names: others[0][2] for names, others in expected.items()}
        return bool(expected)

    _check(log, check)


def test_cache_savings(log: Log) -> None:
    def check(report: InsightReport, oracle: Oracle) -> bool:
        saved = _of(report, InsightKind.CACHE_SAVINGS, InsightAmount.SAVED)
        could_save = _of(report, InsightKind.CACHE_SAVINGS, InsightAmount.COULD_SAVE)
        assert _amounts(saved) == oracle.cache_saved()
        assert _amounts(could_save) == oracle.cache_at_half()
        return bool(saved and could_save)

    _check(log, check)


def test_batch_prices(log: Log) -> None:
    def check(report: InsightReport, oracle: Oracle) -> bool:
        found = _amounts(_of(report, InsightKind.BATCH_PRICE))
        assert found == oracle.batch()
        return bool(found)

    _check(log, check)


def test_failed_calls(log: Log) -> None:
    def check(report: InsightReport, oracle: Oracle) -> bool:
        found = _amounts(_of(report, InsightKind.FAILED_CALLS))
        assert found == oracle.failed()
        return bool(found)

    _check(log, check)


def test_unpriced_usage(log: Log) -> None:
    def check(report: InsightReport, oracle: Oracle) -> bool:
        found = _of(report, InsightKind.UNPRICED_USAGE)
        assert {
            (each.subject.provider, each.subject.model): (
                _number(each, "events without a price"),
                _number(each, "events priced in part"),
            )
            for each in found
        } == oracle.unpriced()
        assert all(each.amount_usd is None for each in found)
        return bool(found)

    _check(log, check)


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        (InsightKind.UNUSUAL_FEATURE, "feature_id"),
        (InsightKind.UNUSUAL_CUSTOMER, "customer_id"),
    ],
)
def test_unusual_usage(log: Log, kind: InsightKind, column: str) -> None:
    def check(report: InsightReport, oracle: Oracle) -> bool:
        found = {
            getattr(each.subject, column): (
                each.amount_usd,
                _number(each, "median of past days"),
                _number(each, "days that stand out"),
            )
            for each in _of(report, kind)
        }
        assert found == oracle.unusual(column)
        return bool(found)

    _check(log, check)
