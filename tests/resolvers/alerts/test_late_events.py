"""What comes in late counts where it belongs, in windows that are over too."""

from __future__ import annotations

from datetime import timedelta

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


async def test_it_is_seen_however_late_it_is(evaluated: Evaluated) -> None:
    await evaluated.rule("10", window_minutes=24 * 60)
    await evaluated.record("6")
    await evaluated.step()
    await evaluated.step(DAY + timedelta(minutes=3))
    await evaluated.record("4", at=NOON + 5 * MINUTE)
    await evaluated.step(MINUTE)
    assert len(await evaluated.firings()) == 1
