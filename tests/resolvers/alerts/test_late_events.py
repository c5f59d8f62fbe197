"""What comes in late counts where it belongs, in windows that are over too."""

from __future__ import annotations

import pytest

from tests.resolvers.alerts.evaluated import DAY, HOUR, MINUTE, NOON, Evaluated


async def test_it_counts_within_the_window(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    await evaluated.record("5")
    await evaluated.step()
    await evaluated.record("5", at=NOON - 30 * MINUTE)
    await evaluated.step()
    assert len(await evaluated.firings()) == 1


async def test_it_does_not_count_beyond_the_window(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    await evaluated.record("5")
    await evaluated.step()
    await evaluated.record("50", at=NOON - 3 * DAY)
    await evaluated.step(MINUTE)
    assert await evaluated.firings() == []


async def test_a_window_that_is_over_fires_when_it_would_have(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    await evaluated.record("6")
    await evaluated.step()
    await evaluated.pass_time(HOUR + 5 * MINUTE)
    # With the first it was within an hour, but not within the last.
    await evaluated.record("4", at=NOON + 30 * MINUTE)
    await evaluated.step(MINUTE)
    [firing] = await evaluated.firings()
    assert firing.window_to == NOON + 31 * MINUTE


async def test_no_window_fires_that_never_had_so_much(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    await evaluated.record("6")
    await evaluated.step()
    await evaluated.pass_time(2 * HOUR)
    await evaluated.record("4", at=NOON + HOUR)
    await evaluated.step(MINUTE)
    assert await evaluated.firings() == []


async def test_it_is_seen_up_to_six_hours_late(evaluated: Evaluated) -> None:
    await evaluated.rule("10", window_minutes=5)
    await evaluated.step()
    await evaluated.pass_time(6 * HOUR)
    await evaluated.record("10", at=NOON + 2 * MINUTE)
    await evaluated.step(MINUTE)
    assert len(await evaluated.firings()) == 1


@pytest.mark.parametrize("late", [7, 8, 17, 70])
async def test_a_short_window_sees_it_too(evaluated: Evaluated, late: int) -> None:
    await evaluated.rule("10", window_minutes=5)
    await evaluated.step()
    await evaluated.pass_time(late * MINUTE)
    await evaluated.record("50", at=NOON)
    await evaluated.step(MINUTE)
    assert len(await evaluated.firings()) == 1


async def test_what_windows_left_behind_is_there_for_it(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    await evaluated.record("6")
    await evaluated.step()
    await evaluated.pass_time(69 * MINUTE)
    await evaluated.record("4", at=NOON + 30 * MINUTE)
    await evaluated.step(2 * MINUTE)
    assert len(await evaluated.firings()) == 1


async def test_it_is_seen_where_rules_are_changed_meanwhile(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    await evaluated.step()
    await evaluated.pass_time(2 * HOUR)
    await evaluated.record("10", at=NOON + 10 * MINUTE)
    await evaluated.step()
    await evaluated.rule("99", window_minutes=30)
    await evaluated.step()
    await evaluated.step(MINUTE)
    assert len(await evaluated.firings()) == 1


async def test_it_is_seen_where_another_process_takes_over(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    await evaluated.step()
    await evaluated.pass_time(2 * HOUR)
    await evaluated.record("10", at=NOON + 10 * MINUTE)
    await evaluated.step()
    await evaluated.evaluator.close()
    other = Evaluated(evaluated.database)
    other.now = evaluated.now
    await other.step()
    await other.step(MINUTE)
    assert len(await other.firings()) == 1


async def test_it_is_seen_where_nobody_looked_for_longer_than_a_window(
    evaluated: Evaluated,
) -> None:
    await evaluated.rule("10", window_minutes=5)
    await evaluated.step()
    await evaluated.pass_time(12 * MINUTE)
    await evaluated.record("6")
    await evaluated.step()
    await evaluated.step(6 * MINUTE)
    await evaluated.record("4", at=NOON + 16 * MINUTE)
    await evaluated.step(MINUTE)
    assert len(await evaluated.firings()) == 1


async def test_a_window_that_had_fired_does_not_fire_again(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    await evaluated.record("15")
    await evaluated.step()
    await evaluated.pass_time(75 * MINUTE)
    await evaluated.record("1", at=NOON + 20 * MINUTE)
    await evaluated.step(MINUTE)
    assert len(await evaluated.firings()) == 1
