"""What is learnt joins what is known, each for the time that it speaks of."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from genai_prices.data import providers as bundled_providers

from models.price import Rate
from pricing.catalogue import schedules
from pricing.schedule import Schedule, kept_schedule, merged
from pricing.timeline import timeline

LEARNT = datetime(2026, 11, 20, 12, tzinfo=UTC)
BEFORE = datetime(2026, 11, 19, tzinfo=UTC)
AFTER = datetime(2026, 11, 21, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


def _schedule(*amounts: tuple[datetime | None, int]) -> Schedule:
    """All-day amounts, each from a moment on."""
    starts = tuple(start for start, _ in amounts if start is not None)
    days = tuple(((None, (Rate("input_tokens", Decimal(n), 1),)),) for _, n in amounts)
    return Schedule(starts, days)


def _amount(schedule: Schedule, moment: datetime) -> Decimal:
    ((_, (rate,)),) = schedule.day(moment)
    return rate.amount


def test_a_change_without_a_date_holds_from_when_it_is_learnt() -> None:
    joined = merged(_schedule((None, 1)), _schedule((None, 2)), LEARNT)
    assert (_amount(joined, LEARNT), _amount(joined, AFTER)) == (2, 2)


def test_a_change_without_a_date_leaves_the_past_as_it_was() -> None:
    joined = merged(_schedule((None, 1)), _schedule((None, 2)), LEARNT)
    assert _amount(joined, BEFORE) == 1


def test_a_change_with_a_date_holds_from_that_date_though_learnt_later() -> None:
    joined = merged(_schedule((None, 1)), _schedule((None, 1), (OCTOBER, 2)), LEARNT)
    assert (_amount(joined, BEFORE), _amount(joined, OCTOBER)) == (2, 2)


def test_a_change_with_a_date_leaves_what_was_before_it() -> None:
    joined = merged(_schedule((None, 1)), _schedule((None, 5), (OCTOBER, 2)), LEARNT)
    assert _amount(joined, datetime(2026, 9, 30, tzinfo=UTC)) == 1


def test_a_change_of_a_dated_price_under_its_known_date_leaves_the_past_as_it_was() -> None:
    known = _schedule((None, 1), (OCTOBER, 2))
    joined = merged(known, _schedule((None, 1), (OCTOBER, 3)), LEARNT)
    assert (_amount(joined, BEFORE), _amount(joined, AFTER)) == (2, 3)


def test_an_announced_price_holds_from_its_day() -> None:
    joined = merged(_schedule((None, 1)), _schedule((None, 1), (DECEMBER, 2)), LEARNT)
    assert (_amount(joined, AFTER), _amount(joined, DECEMBER)) == (1, 2)


def test_an_announcement_taken_back_is_gone() -> None:
    known = _schedule((None, 1), (DECEMBER, 2))
    assert merged(known, _schedule((None, 1)), LEARNT) == _schedule((None, 1))


def test_a_history_that_the_source_drops_is_kept() -> None:
    known = _schedule((None, 1), (OCTOBER, 2))
    assert merged(known, _schedule((None, 2)), LEARNT) == known


def test_learning_the_same_again_changes_nothing() -> None:
    known = _schedule((None, 1), (OCTOBER, 2), (DECEMBER, 3))
    assert merged(known, known, LEARNT) == known


def test_prices_make_up_the_schedule_that_they_came_from() -> None:
    """All models of the package, hours of the day and dates included."""
    for name, schedule in schedules(bundled_providers):
        assert kept_schedule(list(timeline(*name, schedule).prices())) == schedule, name


@pytest.mark.parametrize("moment", [BEFORE, LEARNT, AFTER])
def test_hours_without_a_price_have_none_after_keeping(moment: datetime) -> None:
    found = next(
        (name, schedule)
        for name, schedule in schedules(bundled_providers)
        if any(hours is not None for hours, _ in schedule.day(None))
    )
    name, schedule = found
    prices = list(timeline(*name, schedule).prices())[:1]
    hours = [part for part in kept_schedule(prices).day(moment) if part[1] == ()]
    assert len(hours) == 1
