"""A month's budget says what is spent, what the month may come to, and when it runs out."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from models.alert_rule import AlertMeasure, AlertPeriod, AlertRule
from resolvers.alerts.budget import Budget, read_budget
from resolvers.analytics.dimension import Dimension
from tests.resolvers.alerts.evaluated import DAY, Evaluated

# A Monday, with 16 days of November to come, this one among them.
TODAY = datetime(2026, 11, 16, tzinfo=UTC)


async def _rule(evaluated: Evaluated, limit: str = "1000", zone: str = "UTC") -> AlertRule:
    return await evaluated.rule(limit, period=AlertPeriod.MONTH, time_zone=zone)


async def _budget(evaluated: Evaluated, rule: AlertRule, now: datetime = TODAY) -> Budget:
    budget = await read_budget(evaluated.database, rule, now)
    assert budget is not None
    return budget


async def _spend(evaluated: Evaluated, *days: tuple[int, str]) -> None:
    """So many days ago, so much."""
    for back, cost in days:
        await evaluated.record(cost, at=TODAY - back * DAY)


async def test_what_is_spent_is_of_the_month(evaluated: Evaluated) -> None:
    await _spend(evaluated, (15, "0.000000000000000000000001"), (1, "2"), (16, "99"))
    budget = await _budget(evaluated, await _rule(evaluated))
    assert budget.spent == Decimal("2.000000000000000000000001")


async def test_the_month_is_that_of_the_zone(evaluated: Evaluated) -> None:
    await evaluated.record("5", at=datetime(2026, 11, 1, 4, tzinfo=UTC))
    await evaluated.record("7", at=datetime(2026, 11, 1, 3, 59, tzinfo=UTC))
    budget = await _budget(evaluated, await _rule(evaluated, zone="America/New_York"))
    assert budget.spent == 5


async def test_even_days_go_on_evenly(evaluated: Evaluated) -> None:
    await _spend(evaluated, *((back, "10") for back in range(1, 29)))
    budget = await _budget(evaluated, await _rule(evaluated))
    assert (budget.spent, budget.forecast) == (150, Decimal("300.00"))
    assert (budget.forecast_low, budget.forecast_high) == (Decimal("300.00"), Decimal("300.00"))


async def test_weekdays_go_on_as_they_did(evaluated: Evaluated) -> None:
    """100 on Mondays alone: three are to come, this one among them."""
    await _spend(evaluated, (7, "100"), (14, "100"), (21, "100"), (28, "100"))
    budget = await _budget(evaluated, await _rule(evaluated))
    assert budget.forecast == Decimal("500.00")


async def test_of_today_only_the_rest_is_to_come(evaluated: Evaluated) -> None:
    await _spend(evaluated, *((back, "10") for back in range(1, 29)))
    budget = await _budget(evaluated, await _rule(evaluated), TODAY + DAY / 2)
    assert budget.forecast == Decimal("295.00")


async def test_days_that_differ_give_a_range(evaluated: Evaluated) -> None:
    await _spend(evaluated, *((back, "10" if back % 2 else "30") for back in range(1, 29)))
    budget = await _budget(evaluated, await _rule(evaluated))
    assert budget.forecast is not None
    assert budget.forecast_low is not None
    assert budget.forecast_high is not None
    assert budget.spent < budget.forecast_low < budget.forecast < budget.forecast_high


async def test_it_runs_out_on_the_day_that_reaches_the_limit(evaluated: Evaluated) -> None:
    await _spend(evaluated, *((back, "10") for back in range(1, 29)))
    budget = await _budget(evaluated, await _rule(evaluated, "200"))
    # 150 until yesterday; 200 with the fifth day from today on.
    assert budget.runs_out_at == TODAY + 4 * DAY


async def test_it_tells_when_it_has_run_out(evaluated: Evaluated) -> None:
    await _spend(evaluated, *((back, "10") for back in range(1, 29)))
    budget = await _budget(evaluated, await _rule(evaluated, "20"))
    assert budget.runs_out_at == datetime(2026, 11, 2, tzinfo=UTC)


async def test_it_does_not_run_out_where_it_lasts(evaluated: Evaluated) -> None:
    await _spend(evaluated, *((back, "10") for back in range(1, 29)))
    assert (await _budget(evaluated, await _rule(evaluated, "301"))).runs_out_at is None


async def test_two_days_say_nothing_of_the_month(evaluated: Evaluated) -> None:
    await _spend(evaluated, (1, "10"), (2, "10"))
    budget = await _budget(evaluated, await _rule(evaluated))
    assert (budget.spent, budget.forecast, budget.forecast_low) == (20, None, None)


async def test_days_before_the_first_use_are_not_counted_as_idle(evaluated: Evaluated) -> None:
    await _spend(evaluated, *((back, "10") for back in range(1, 6)))
    budget = await _budget(evaluated, await _rule(evaluated))
    assert budget.forecast == Decimal("200.00")


async def test_what_is_not_priced_is_counted(evaluated: Evaluated) -> None:
    await evaluated.record(None, None, at=TODAY - DAY)
    assert (await _budget(evaluated, await _rule(evaluated))).unpriced_events == 2


@pytest.mark.parametrize(
    "values",
    [
        {"period": AlertPeriod.DAY},
        {"window_minutes": 60},
        {"period": AlertPeriod.MONTH, "per": Dimension.USER},
        {"period": AlertPeriod.MONTH, "measure": AlertMeasure.EVENTS},
    ],
)
async def test_other_rules_have_none(evaluated: Evaluated, values: dict[str, object]) -> None:
    rule = await evaluated.rule("10", **values)
    assert await read_budget(evaluated.database, rule, TODAY) is None
