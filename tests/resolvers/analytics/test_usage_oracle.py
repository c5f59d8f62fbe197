"""`usage` equals plain Python over all events: any zone, range, filter, dimension, interval."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.cost import CostStatus
from models.database import Database
from models.event import EventType, Outcome, UsageEvent
from models.event_log import Attempts, append
from models.event_query import read_log
from models.metadata_match import MetadataMatch
from models.reach import Reach
from models.usage_filter import UsageFilter
from models.usage_query import Measure
from resolvers.analytics.adoption import read_adoption
from resolvers.analytics.breakdown import read_breakdown
from resolvers.analytics.dimension import Dimension, GroupKey, group_key
from resolvers.analytics.points import Interval
from resolvers.analytics.timeline import read_timeline
from resolvers.analytics.usage import Usage, read_previous, read_totals
from resolvers.analytics.usage_range import usage_range
from resolvers.analytics.usage_reader import UsageReader
from tests.random_usage import random_drafts_between
from tests.resolvers.analytics.oracle import Oracle

# Around both changes of clock in New York and on Lord Howe Island.
SPRING = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 12, tzinfo=UTC))
AUTUMN = (datetime(2026, 9, 27, tzinfo=UTC), datetime(2026, 11, 8, tzinfo=UTC))
_BEFORE_CHANGES = {
    SPRING: [date(2026, 3, 7), date(2026, 3, 8), date(2026, 4, 4)],
    AUTUMN: [date(2026, 10, 3), date(2026, 10, 31), date(2026, 11, 1)],
}
ZONES = ("UTC", "Asia/Kolkata", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe")
EXAMPLES = 60


@dataclass(frozen=True)
class Log:
    """A database, all events in it, and a loop to ask it in."""

    database: Database
    events: list[UsageEvent]
    loop: asyncio.Runner


@pytest.fixture(params=["from cubes", "before the cubes are built"])
def log(database_url: str, request: pytest.FixtureRequest) -> Iterator[Log]:
    async def fill(database: Database) -> list[UsageEvent]:
        random = Random(1)
        for number, (from_, to) in enumerate((SPRING, AUTUMN) * 2):
            drafts = random_drafts_between(random, 300, f"batch-{number}", from_, to)
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


def _instants(draw: st.DrawFn, zone: ZoneInfo) -> tuple[datetime, datetime]:
    season = draw(st.sampled_from([SPRING, AUTUMN]))
    near = st.sampled_from(_BEFORE_CHANGES[season])
    day = st.integers(0, 38).map(lambda days: season[0].date() + timedelta(days=days))
    first = draw(near | day)
    days = draw(st.integers(0, 20))
    ends = [datetime.combine(d, time(), zone) for d in (first, first + timedelta(days=days))]
    shifts = [timedelta(), timedelta()]
    kind = draw(st.sampled_from(["local days", "quarters", "anything"]))
    if kind == "quarters":
        shifts = [timedelta(minutes=15 * draw(st.integers(0, 95))) for _ in ends]
    elif kind == "anything":
        shifts = [timedelta(microseconds=draw(st.integers(0, 86_400_000_000))) for _ in ends]
    from_, to = (end.astimezone(UTC) + by for end, by in zip(ends, shifts, strict=True))
    return min(from_, to), max(from_, to)


_values = {
    "type": st.sampled_from(list(EventType)),
    "customer_id": st.sampled_from(["acme", "Ärzte", None, "nobody"]),
    "user_id": st.sampled_from(["acme-0", "shared", None]),
    "feature_id": st.sampled_from(["chat", "search", None]),
    "provider": st.sampled_from(["openai", "anthropic", None]),
    "model": st.sampled_from(["gpt-4o", "claude-opus-4-1", None]),
    "outcome": st.sampled_from(list(Outcome)),
    "cost_status": st.sampled_from(list(CostStatus)),
}


@st.composite
def filters(draw: st.DrawFn) -> UsageFilter:
    names = draw(st.lists(st.sampled_from(list(_values)), max_size=2, unique=True))
    given: dict[str, Any] = {
        name: tuple(draw(st.lists(_values[name], max_size=3, unique=True))) for name in names
    }
    if draw(st.integers(0, 5)) == 0:
        given["metadata"] = (MetadataMatch("region", "eu"),)
    return UsageFilter(**given)


@st.composite
def questions(draw: st.DrawFn) -> tuple[ZoneInfo, tuple[datetime, datetime], UsageFilter]:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    return zone, _instants(draw, zone), draw(filters())


_often = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
_dimensions = st.sampled_from(list(Dimension))
_some_dimensions = st.lists(_dimensions, min_size=1, max_size=3, unique=True)
_measures = st.sampled_from(list(Measure))
_intervals = st.sampled_from(list(Interval))
_tops = st.integers(1, 4)


def _ask(log: Log, question: tuple[ZoneInfo, tuple[datetime, datetime], UsageFilter]) -> Usage:
    zone, (from_, to), filter = question
    now = datetime(2026, 12, 1, tzinfo=UTC)
    range = usage_range(None, from_, to, zone, now)
    return Usage(1, range, filter, UsageReader(log.database, Reach(1)))


def _oracle(log: Log, question: tuple[ZoneInfo, tuple[datetime, datetime], UsageFilter]) -> Oracle:
    zone, range, filter = question
    return Oracle(log.events, range, zone, filter)


def _key(by: list[Dimension], values: tuple[Any, ...] | None) -> GroupKey:
    return GroupKey() if values is None else group_key(tuple(d.column for d in by), values)


def test_totals_and_previous(log: Log) -> None:
    @_often
    @given(questions())
    def holds(question: Any) -> None:
        usage, oracle = _ask(log, question), _oracle(log, question)
        assert tuple(usage.range.previous) == oracle.previous_range
        assert log.loop.run(read_totals(usage)) == oracle.totals()
        assert log.loop.run(read_previous(usage)) == oracle.previous()

    holds()


def test_timelines(log: Log) -> None:
    @_often
    @given(questions(), _intervals, st.none() | _dimensions, _tops, _measures)
    def holds(question: Any, interval: Any, by: Any, top: int, measure: Any) -> None:
        usage, oracle = _ask(log, question), _oracle(log, question)
        found = log.loop.run(read_timeline(usage, interval, by, top, measure))
        assert [
            (
                series.key,
                series.is_other,
                [((p.start, p.end), p.totals, p.previous) for p in series.points],
            )
            for series in found
        ] == [
            (None if by is None else _key([by], values), is_other, points)
            for values, is_other, points in oracle.timeline(interval, by, top, measure)
        ]

    holds()


def test_breakdowns(log: Log) -> None:
    @_often
    @given(
        questions(), st.lists(_dimensions, min_size=1, max_size=3, unique=True), _tops, _measures
    )
    def holds(question: Any, by: list[Dimension], top: int, measure: Any) -> None:
        usage, oracle = _ask(log, question), _oracle(log, question)
        found = log.loop.run(read_breakdown(usage, by, top, measure))
        assert [(g.key, g.is_other, g.totals, g.previous) for g in found] == [
            (_key(by, values), is_other, totals, previous)
            for values, is_other, totals, previous in oracle.breakdown(by, top, measure)
        ]

    holds()


def test_adoption(log: Log) -> None:
    @_often
    @given(questions(), _intervals)
    def holds(question: Any, interval: Any) -> None:
        usage, oracle = _ask(log, question), _oracle(log, question)
        found = log.loop.run(read_adoption(usage, interval, 20))
        assert {
            feature.feature_id: [(p.users, p.customers, p.new_users) for p in feature.points]
            for feature in found
        } == oracle.adoption(interval)
        users = [oracle.users_of(feature.feature_id) for feature in found]
        assert users == sorted(users, reverse=True)

    holds()


def test_adoption_of_the_whole_range(log: Log) -> None:
    @_often
    @given(questions(), _intervals)
    def holds(question: Any, interval: Any) -> None:
        usage, oracle = _ask(log, question), _oracle(log, question)
        for found in log.loop.run(read_adoption(usage, interval, 20)):
            feature = found.feature_id
            assert found.users == oracle.users_of(feature)
            assert found.customers == oracle.customers_of(feature)
            assert found.new_users == oracle.new_users_of(feature)

    holds()


def test_adoption_of_the_top_is_the_beginning_of_all_adoption(log: Log) -> None:
    @_often
    @given(questions(), _intervals, _tops)
    def holds(question: Any, interval: Any, top: int) -> None:
        some = log.loop.run(read_adoption(_ask(log, question), interval, top))
        all_ = log.loop.run(read_adoption(_ask(log, question), interval, 20))
        assert some == all_[:top]

    holds()
