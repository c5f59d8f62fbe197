"""Soon at first, then hourly, for a day."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from resolvers.alerts.backoff import TRIED_FOR, next_try
from tests.alerts import NOW


def _pause(attempts: int, retry_after: float | None = None) -> float:
    at = next_try(NOW, NOW, attempts, retry_after, Random(1))
    assert at is not None
    return (at - NOW).total_seconds()


@pytest.mark.parametrize(
    ("attempts", "longest"), [(1, 5), (2, 15), (3, 60), (6, 1_800), (7, 3_600), (30, 3_600)]
)
def test_pauses_grow_to_an_hour(attempts: int, longest: float) -> None:
    assert 0.8 * longest <= _pause(attempts) <= longest


def test_those_that_failed_together_do_not_come_back_together() -> None:
    random = Random(1)
    assert len({next_try(NOW, NOW, 5, None, random) for _ in range(10)}) == 10


def test_a_receiver_that_asks_for_time_gets_it() -> None:
    assert _pause(1, retry_after=600) == 600


def test_but_no_more_than_an_hour() -> None:
    assert _pause(1, retry_after=10_000_000) == 3_600


def test_and_no_less_than_the_pause_is() -> None:
    assert _pause(7, retry_after=0) >= 0.8 * 3_600


def test_the_last_try_is_at_the_days_end() -> None:
    late = NOW + TRIED_FOR - timedelta(minutes=1)
    assert next_try(late, NOW, 20, None, Random(1)) == NOW + TRIED_FOR


def test_after_it_there_is_none() -> None:
    assert next_try(NOW + TRIED_FOR, NOW, 20, None, Random(1)) is None
