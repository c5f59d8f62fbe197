"""Which features and customers stand out against their own past: planted cases, and calm ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest

from models.usage_sums import NOTHING, UsageSums
from resolvers.analytics.dimension import GroupKey
from resolvers.analytics.usage_range import usage_range
from resolvers.insights.unusual_usage import DailyUsage, Days, Unusual, find_unusual

NOW = datetime(2026, 11, 1, tzinfo=UTC)
WEEK = Days.of(usage_range(None, datetime(2026, 10, 20, tzinfo=UTC), NOW, ZoneInfo("UTC"), NOW))


def _find(past: list[float], now: list[float], days: Days = WEEK) -> Unusual | None:
    return find_unusual(days, DailyUsage(GroupKey(), _sums(now), _sums(past)))


def _sums(costs: list[float]) -> tuple[UsageSums, ...]:
    """A cost of nothing: no usage."""
    return tuple(UsageSums(events=1, cost=Decimal(str(c))) if c else NOTHING for c in costs)


def test_a_day_of_ten_times_the_usual_stands_out_with_its_excess() -> None:
    found = _find([10.0] * 28, [10.0] * 5 + [100.0] + [10.0] * 6)
    assert found is not None
    assert found.days == ((date(2026, 10, 25), Decimal(100)),)
    assert (found.median, found.excess) == (10, 90)


def test_the_score_is_in_deviations_that_are_a_tenth_of_the_median_at_least() -> None:
    found = _find([10.0] * 28, [25.0] + [10.0] * 11)
    assert found is not None
    assert (found.deviation, found.score) == (Decimal(1), Decimal("15.00"))


def test_several_days_add_up() -> None:
    found = _find([2.0] * 28, [2.0] * 9 + [50.0, 60.0, 70.0])
    assert found is not None
    assert found.excess == 174
    assert found.highest == (date(2026, 10, 31), Decimal(70))


@pytest.mark.parametrize("seed", range(40))
def test_usage_that_only_varies_says_nothing(seed: int) -> None:
    random = Random(seed)
    costs = [random.gauss(100, 20) for _ in range(40)]
    assert _find(costs[:28], costs[28:]) is None


@pytest.mark.parametrize("seed", range(20))
def test_busy_saturdays_are_usual(seed: int) -> None:
    random = Random(seed)
    first = WEEK.past[0].from_.date()
    costs = [
        random.uniform(400, 500)
        if (first + timedelta(days=day)).weekday() == 5
        else random.uniform(20, 30)
        for day in range(40)
    ]
    assert _find(costs[:28], costs[28:]) is None


def test_cents_do_not_matter() -> None:
    assert _find([0.01] * 28, [0.9] * 12) is None


def test_too_short_a_past_says_nothing() -> None:
    assert _find([0.0] * 22 + [10.0] * 6, [500.0] * 12) is None


def test_a_past_that_cost_nothing_says_nothing() -> None:
    past = tuple(UsageSums(events=1) for _ in range(28))
    assert find_unusual(WEEK, DailyUsage(GroupKey(), _sums([9.0] * 12), past)) is None


def test_past_days_of_unknown_cost_are_not_what_is_usual() -> None:
    """Else a price that was set lately would make all usage stand out."""
    unknown = UsageSums(events=9, cost=Decimal("0.5"), unpriced_events=8)
    past = (unknown,) * 14 + _sums([10.0] * 14)
    assert find_unusual(WEEK, DailyUsage(GroupKey(), _sums([10.0] * 12), past)) is None
    late = (unknown,) * 22 + _sums([1.0] * 6)
    assert find_unusual(WEEK, DailyUsage(GroupKey(), _sums([99.0] * 12), late)) is None


def test_usage_that_falls_says_nothing() -> None:
    assert _find([100.0] * 28, [1.0] * 12) is None


def test_days_without_usage_are_not_what_is_usual() -> None:
    past = [0.0, 0.0, 0.0, 30.0] * 7
    assert _find(past, [0.0, 0.0, 0.0, 31.0] * 3) is None


def test_the_past_is_as_long_as_the_range_and_28_days_at_least() -> None:
    assert (len(WEEK.now), len(WEEK.past)) == (12, 28)
    range = usage_range(None, datetime(2026, 9, 1, tzinfo=UTC), NOW, ZoneInfo("UTC"), NOW)
    days = Days.of(range)
    assert (len(days.now), len(days.past)) == (61, 61)
    assert days.before.to == days.range.from_


def test_of_a_long_range_the_last_92_days_are_looked_at() -> None:
    range = usage_range(None, datetime(2020, 1, 1, tzinfo=UTC), NOW, ZoneInfo("UTC"), NOW)
    days = Days.of(range)
    assert (len(days.now), len(days.past)) == (92, 92)
    assert days.range.to == NOW


def test_days_to_come_are_left_out() -> None:
    to = datetime(2030, 1, 1, tzinfo=UTC)
    range = usage_range(None, datetime(2026, 10, 20, tzinfo=UTC), to, ZoneInfo("UTC"), NOW)
    assert Days.of(range).range.to == datetime(2026, 11, 2, tzinfo=UTC)


def test_a_range_that_is_to_come_has_no_days() -> None:
    from_, to = datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 2, 1, tzinfo=UTC)
    assert Days.of(usage_range(None, from_, to, ZoneInfo("UTC"), NOW)).now == ()


def test_days_are_those_of_the_zone() -> None:
    zone = ZoneInfo("America/New_York")
    range = usage_range(None, datetime(2026, 10, 31, 4, tzinfo=UTC), NOW, zone, NOW)
    days = Days.of(range)
    assert [point.from_.hour for point in days.now] == [4]
    assert {point.from_.hour for point in days.past} == {4}
