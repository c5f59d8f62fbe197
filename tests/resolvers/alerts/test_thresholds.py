"""A threshold fires with the event that reaches it, and ends when it is well below again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from models.alert_firing import FiringState
from models.alert_rule import AlertMeasure, AlertPeriod
from models.event import Outcome
from models.metadata_match import MetadataMatch
from models.usage_filter import UsageFilter
from resolvers.analytics.dimension import Dimension
from tests.resolvers.alerts.evaluated import DAY, HOUR, MINUTE, NOON, Evaluated


@pytest.mark.parametrize(
    ("costs", "fires"),
    [
        (["9.999999999999999999999999"], False),
        (["10"], True),
        (["10.000000000000000000000001"], True),
        (["4", "5.999999999999999999999999"], False),
        (["4", "6"], True),
    ],
)
async def test_a_limit_is_reached_to_the_last_digit(
    evaluated: Evaluated, costs: list[str], fires: bool
) -> None:
    await evaluated.rule("10")
    await evaluated.step()
    await evaluated.record(*costs)
    await evaluated.step()
    assert bool(await evaluated.firings()) is fires


async def test_what_was_recorded_before_the_rule_counts(evaluated: Evaluated) -> None:
    await evaluated.record("6", at=NOON - 30 * MINUTE)
    await evaluated.rule("10")
    await evaluated.step()
    await evaluated.record("4")
    await evaluated.step()
    assert [firing.value for firing in await evaluated.firings()] == [Decimal("10")]


async def test_each_key_is_watched_for_itself(evaluated: Evaluated) -> None:
    await evaluated.rule("10", per=Dimension.USER)
    await evaluated.step()
    await evaluated.record("6", "6", user_id="ada")
    await evaluated.record("6", user_id="bob")
    await evaluated.record("60", user_id=None)
    await evaluated.step()
    assert await evaluated.open_keys() == ["ada"]


async def test_only_what_passes_the_filter_counts(evaluated: Evaluated) -> None:
    await evaluated.rule(
        "10", filter=UsageFilter(model=("a",), metadata=(MetadataMatch("k", "v"),))
    )
    await evaluated.step()
    await evaluated.record("6", model="a", metadata='{"k": "v"}')
    await evaluated.record("6", model="a", metadata=None)
    await evaluated.record("6", model="b", metadata='{"k": "v"}')
    await evaluated.step()
    assert await evaluated.firings() == []
    await evaluated.record("4", model="a", metadata='{"k": "v", "x": 1}')
    await evaluated.step()
    assert len(await evaluated.firings()) == 1


async def test_metadata_is_matched_by_path_and_an_array_by_its_items(
    evaluated: Evaluated,
) -> None:
    matches = (MetadataMatch("team", "a", ("name",)), MetadataMatch("tags", "x"))
    await evaluated.rule("10", filter=UsageFilter(metadata=matches))
    await evaluated.step()
    await evaluated.record("6", metadata='{"team": {"name": "a"}, "tags": ["w", "x"]}')
    await evaluated.record("6", metadata='{"team": {"name": "a"}, "tags": []}')
    await evaluated.record("6", metadata='{"team.name": "a", "tags": ["x"]}')
    await evaluated.step()
    assert await evaluated.firings() == []
    await evaluated.record("4", metadata='{"team": [{"name": "b"}, {"name": "a"}], "tags": "x"}')
    await evaluated.step()
    assert [firing.value for firing in await evaluated.firings()] == [Decimal("10")]


async def test_a_firing_goes_on_while_the_window_holds_what_it_was_about(
    evaluated: Evaluated,
) -> None:
    await evaluated.rule("10")
    await evaluated.record("10")
    await evaluated.step()
    await evaluated.pass_time(59 * MINUTE)
    assert len(await evaluated.firings(FiringState.OPEN)) == 1


async def test_it_ends_five_minutes_after_its_value_has_fallen(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    await evaluated.record("10")
    await evaluated.step()
    await evaluated.pass_time(64 * MINUTE)
    assert len(await evaluated.firings(FiringState.OPEN)) == 1
    await evaluated.step(MINUTE)
    assert [f.resolved_at for f in await evaluated.firings(FiringState.RESOLVED)] == [
        NOON + 65 * MINUTE
    ]


async def test_one_that_wavers_about_its_limit_fires_once(evaluated: Evaluated) -> None:
    await evaluated.rule("10", window_minutes=5)
    for minute in range(30):
        await evaluated.record("2" if minute % 2 else "1.9")
        await evaluated.step(MINUTE)
    assert len(await evaluated.firings()) <= 1


async def test_a_key_that_fires_does_not_fire_again(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    for _ in range(3):
        await evaluated.record("10")
        await evaluated.step(MINUTE)
    [firing] = await evaluated.firings()
    assert (firing.value, firing.peak_value) == (Decimal("10"), Decimal("30"))


async def test_a_month_begins_anew_in_its_own_zone(evaluated: Evaluated) -> None:
    await evaluated.rule(
        "10", window_minutes=None, period=AlertPeriod.MONTH, time_zone="America/New_York"
    )
    # 03:59 UTC of the 1st is the last minute of October in New York.
    await evaluated.record("9", at=NOON.replace(hour=3, minute=59))
    await evaluated.record("4", at=NOON.replace(hour=4, minute=0))
    await evaluated.step()
    assert await evaluated.firings() == []
    await evaluated.record("6")
    await evaluated.step()
    [firing] = await evaluated.firings()
    assert (firing.value, firing.window_from) == (Decimal("10"), NOON.replace(hour=4))


async def test_it_ends_with_its_day(evaluated: Evaluated) -> None:
    await evaluated.rule("10", window_minutes=None, period=AlertPeriod.DAY)
    await evaluated.record("10")
    await evaluated.step()
    evaluated.now = NOON + 12 * HOUR - MINUTE
    await evaluated.step()
    assert len(await evaluated.firings(FiringState.OPEN)) == 1
    await evaluated.step(MINUTE)
    assert await evaluated.firings(FiringState.OPEN) == []


@pytest.mark.parametrize(("errors", "fires"), [(4, False), (5, True)])
async def test_a_rate_wants_enough_events(evaluated: Evaluated, errors: int, fires: bool) -> None:
    await evaluated.rule("0.5", measure=AlertMeasure.ERROR_RATE, minimum_events=10)
    await evaluated.record(*["0"] * errors, outcome=Outcome.ERROR)
    await evaluated.record(*["0"] * 5)
    await evaluated.step()
    assert bool(await evaluated.firings()) is fires


async def test_the_last_second_of_a_minute_counts_with_its_first_minute(
    evaluated: Evaluated,
) -> None:
    await evaluated.rule("10", window_minutes=5)
    await evaluated.record("5")
    await evaluated.step()
    evaluated.now = NOON + 4 * MINUTE + timedelta(seconds=59)
    await evaluated.step()
    await evaluated.record("5")
    await evaluated.step(timedelta(seconds=2))
    assert len(await evaluated.firings()) == 1


async def test_a_rule_that_is_over_a_day_is_filled_from_the_log(evaluated: Evaluated) -> None:
    await evaluated.record("4", at=NOON - 30 * DAY)
    await evaluated.record("3", at=NOON - 5 * DAY)
    await evaluated.record("3", at=NOON - HOUR)
    await evaluated.record("30", at=NOON - 32 * DAY)
    await evaluated.rule("10", window_minutes=31 * 24 * 60)
    await evaluated.step()
    assert [firing.value for firing in await evaluated.firings()] == [Decimal("10")]
