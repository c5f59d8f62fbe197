"""A sliding minute: no more than the limit in any sixty seconds, and room again as it slides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import RateLimited
from web import rates
from web.rates import Rates


class Clock:
    def __init__(self) -> None:
        self.now = 6_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _refused(counts: Rates, subject: str = "a", limit: int = 10, weight: int = 1) -> int | None:
    """Seconds to wait; None where it passed."""
    try:
        counts.take(subject, limit, weight)
    except RateLimited as error:
        return error.retry_after
    return None


def test_the_limit_passes_and_one_more_does_not(clock: Clock) -> None:
    counts = Rates(clock)
    assert [_refused(counts) is None for _ in range(11)] == [True] * 10 + [False]


def test_one_caller_does_not_use_up_anothers_share(clock: Clock) -> None:
    counts = Rates(clock)
    counts.take("a", 10, 10)
    assert _refused(counts, "b") is None


def test_the_end_of_a_minute_is_no_new_start(clock: Clock) -> None:
    counts = Rates(clock)
    clock.now += 59
    counts.take("a", 10, 10)
    clock.now += 2
    assert _refused(counts, weight=5) is not None


def test_two_minutes_later_all_is_forgotten(clock: Clock) -> None:
    counts = Rates(clock)
    counts.take("a", 10, 10)
    clock.now += 120
    assert _refused(counts, weight=10) is None


def test_what_is_refused_does_not_count(clock: Clock) -> None:
    counts = Rates(clock)
    counts.take("a", 10, 10)
    for _ in range(100):
        _refused(counts)
    clock.now += 120
    assert _refused(counts, weight=10) is None


def test_what_is_given_back_can_be_taken_again(clock: Clock) -> None:
    counts = Rates(clock)
    counts.take("a", 10, 10)
    counts.give_back("a", 10)
    assert _refused(counts, weight=10) is None


@given(
    st.lists(st.tuples(st.floats(0, 90), st.integers(1, 10)), max_size=20),
    st.integers(10, 40),
)
def test_after_the_time_that_is_told_there_is_room(
    steps: list[tuple[float, int]], limit: int
) -> None:
    clock = Clock()
    counts = Rates(clock)
    for pause, weight in steps:
        clock.now += pause
        wait = _refused(counts, limit=limit, weight=weight)
        if wait is not None:
            clock.now += wait
            assert _refused(counts, limit=limit, weight=weight) is None


def test_callers_beyond_number_are_forgotten(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "_MAX_SUBJECTS", 100)
    counts = Rates(clock)
    for number in range(1_000):
        counts.take(str(number), 10)
    assert len(counts) == len(counts.changed) == 100
