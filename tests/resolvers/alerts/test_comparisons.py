"""Rises, spikes and silence are told against what was there before."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.alert_firing import FiringState
from models.alert_rule import AlertCondition, AlertMeasure, AlertPeriod
from resolvers.analytics.dimension import Dimension
from tests.resolvers.alerts.evaluated import DAY, HOUR, MINUTE, NOON, Evaluated

RISE: dict[str, Any] = {"condition": AlertCondition.RISE}
SPIKE: dict[str, Any] = {"condition": AlertCondition.SPIKE}
NO_DATA: dict[str, Any] = {"condition": AlertCondition.NO_DATA}


@pytest.mark.parametrize(("now", "fires"), [("19.999999", False), ("20", True)])
async def test_a_rise_is_by_a_factor_of_the_window_before(
    evaluated: Evaluated, now: str, fires: bool
) -> None:
    await evaluated.rule("2", **RISE)
    await evaluated.record("10", at=NOON - 90 * MINUTE)
    await evaluated.record(now)
    await evaluated.step()
    assert bool(await evaluated.firings()) is fires


async def test_a_rise_says_what_it_was_compared_with(evaluated: Evaluated) -> None:
    await evaluated.rule("2", **RISE)
    await evaluated.record("10", at=NOON - 90 * MINUTE)
    await evaluated.record("25")
    await evaluated.step()
    [firing] = await evaluated.firings()
    assert (firing.value, firing.limit_value, firing.usual_value) == (
        Decimal("25"),
        Decimal("20"),
        Decimal("10"),
    )


async def test_of_nothing_there_is_no_rise(evaluated: Evaluated) -> None:
    await evaluated.rule("2", **RISE)
    await evaluated.record("100")
    await evaluated.step()
    assert await evaluated.firings() == []


async def test_a_rise_of_little_is_none(evaluated: Evaluated) -> None:
    await evaluated.rule("2", **RISE, minimum=Decimal(5))
    await evaluated.record("0.1", at=NOON - 90 * MINUTE)
    await evaluated.record("4.9")
    await evaluated.step()
    assert await evaluated.firings() == []


async def test_a_month_is_compared_as_far_as_it_has_come(evaluated: Evaluated) -> None:
    await evaluated.rule("2", **RISE, window_minutes=None, period=AlertPeriod.MONTH)
    october = NOON.replace(month=10)
    await evaluated.record("10", at=october - MINUTE)
    await evaluated.record("90", at=october + 5 * DAY)
    await evaluated.record("20")
    await evaluated.step()
    assert [firing.usual_value for firing in await evaluated.firings()] == [Decimal("10")]


async def test_a_rise_of_a_rate_is_exact(evaluated: Evaluated) -> None:
    await evaluated.rule("2", **RISE, measure=AlertMeasure.UNPRICED_SHARE, minimum_events=3)
    before = NOON - 90 * MINUTE
    await evaluated.record(*["1"] * 2, at=before, cost_status="SUPPLIED")
    await evaluated.record(None, at=before)
    await evaluated.record("1", cost_status="SUPPLIED")
    await evaluated.record(*[None] * 2)
    await evaluated.step()
    # 2 of 3 is twice 1 of 3, though neither has an end as a decimal.
    assert len(await evaluated.firings()) == 1


async def _usual_hours(evaluated: Evaluated, hours: int = 24) -> None:
    """Between 9 and 11 dollars in each of the hours before."""
    for hour in range(1, hours + 1):
        await evaluated.record(str(9 + hour % 3), at=NOON - hour * HOUR)


async def test_a_tenfold_hour_is_a_spike(evaluated: Evaluated) -> None:
    await evaluated.rule(None, **SPIKE)
    await _usual_hours(evaluated)
    await evaluated.record("100")
    await evaluated.step()
    [firing] = await evaluated.firings()
    assert (firing.value, firing.usual_value) == (Decimal("100"), Decimal("10"))


async def test_a_usual_hour_is_none(evaluated: Evaluated) -> None:
    await evaluated.rule(None, **SPIKE)
    await _usual_hours(evaluated)
    await evaluated.record("12")
    await evaluated.step()
    assert await evaluated.firings() == []


async def test_too_few_hours_say_nothing_of_what_is_usual(evaluated: Evaluated) -> None:
    await evaluated.rule(None, **SPIKE)
    await _usual_hours(evaluated, 3)
    await evaluated.record("100")
    await evaluated.step()
    assert await evaluated.firings() == []


async def test_a_new_key_is_no_spike(evaluated: Evaluated) -> None:
    await evaluated.rule(None, **SPIKE, per=Dimension.CUSTOMER)
    await _usual_hours(evaluated)
    await evaluated.record("100", customer_id="new")
    await evaluated.step()
    assert await evaluated.firings() == []


async def test_silence_fires_when_the_last_event_has_left_the_window(
    evaluated: Evaluated,
) -> None:
    await evaluated.rule(None, **NO_DATA)
    await evaluated.record("1")
    await evaluated.step()
    await evaluated.pass_time(59 * MINUTE)
    assert await evaluated.firings() == []
    await evaluated.step(MINUTE)
    assert len(await evaluated.firings()) == 1


async def test_silence_ends_with_the_next_event(evaluated: Evaluated) -> None:
    await evaluated.rule(None, **NO_DATA)
    await evaluated.step()
    assert len(await evaluated.firings(FiringState.OPEN)) == 1
    await evaluated.record("1")
    await evaluated.step(timedelta(seconds=1))
    assert await evaluated.firings(FiringState.OPEN) == []


async def test_of_keys_only_those_are_missed_that_were_there_before(
    evaluated: Evaluated,
) -> None:
    await evaluated.rule(None, **NO_DATA, per=Dimension.CUSTOMER)
    await evaluated.record("1", at=NOON - 90 * MINUTE, customer_id="gone")
    await evaluated.record("1", at=NOON - DAY, customer_id="long gone")
    await evaluated.record("1", customer_id="there")
    await evaluated.step()
    assert await evaluated.open_keys() == ["gone"]
