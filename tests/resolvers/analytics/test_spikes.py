"""Spikes: what was planted stands out, quiet noise does not."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from models.time_range import TimeRange
from models.usage_query import Measure
from models.usage_sums import UsageSums
from resolvers.analytics.points import Interval, cut
from resolvers.analytics.spikes import comparable, find_spikes
from resolvers.analytics.usage_range import UsageRange

START = datetime(2026, 9, 7, tzinfo=UTC)
TRACES = Path(__file__).parents[2] / "data" / "azure_llm_2023_minutes.csv"
LENGTHS = {Interval.HOUR: timedelta(hours=1), Interval.DAY: timedelta(days=1)}


def _spikes(
    values: Sequence[int],
    interval: Interval = Interval.DAY,
    measure: Measure = Measure.EVENTS,
    *,
    over: int = 0,
) -> list[int]:
    """The places of what stands out; the last `over` points are not over yet."""
    zone = ZoneInfo("UTC")
    end = START + LENGTHS[interval] * len(values)
    points = cut(TimeRange(START, end), interval, zone)
    now = end - LENGTHS[interval] * over
    range = UsageRange(TimeRange(START, end), TimeRange(START, START), zone, now)
    name = "input_tokens" if measure is Measure.TOTAL_TOKENS else measure.value.lower()
    as_kept = Decimal if measure is Measure.COST else int
    sums = [UsageSums(**{name: as_kept(value)}) for value in values]
    found = find_spikes(comparable(range, interval, points), sums, measure)
    return [place for place, is_spike in enumerate(found) if is_spike]


def _trace(name: str, column: str) -> list[int]:
    with TRACES.open() as lines:
        return [int(row[column]) for row in csv.DictReader(lines) if row["trace"] == name]


_traces = pytest.mark.parametrize("trace", ["conversation", "code"])
_columns = pytest.mark.parametrize(
    ("column", "measure"), [("requests", Measure.EVENTS), ("tokens", Measure.TOTAL_TOKENS)]
)


@_traces
@_columns
@pytest.mark.parametrize("interval", list(LENGTHS))
def test_real_traffic_without_incident_has_no_spike(
    trace: str, column: str, measure: Measure, interval: Interval
) -> None:
    assert _spikes(_trace(trace, column), interval, measure) == []


@_traces
@_columns
def test_a_spike_that_is_planted_in_real_traffic_is_found_alone(
    trace: str, column: str, measure: Measure
) -> None:
    values = _trace(trace, column)
    values[30] = 3 * max(values)
    assert _spikes(values, Interval.HOUR, measure) == [30]


@pytest.mark.parametrize("seed", range(20))
def test_steady_noise_has_no_spike(seed: int) -> None:
    random = Random(seed)
    values = [sum(random.random() < 0.1 for _ in range(2000)) for _ in range(60)]
    assert _spikes(values) == []


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("interval", list(LENGTHS))
@pytest.mark.parametrize("share", [0.2, 0.4])
def test_what_is_used_now_and_then_has_no_spike(
    seed: int, interval: Interval, share: float
) -> None:
    random = Random(seed)
    count = 60 if interval is Interval.DAY else 60 * 24
    values = [random.randrange(40, 60) if random.random() < share else 0 for _ in range(count)]
    assert len(_spikes(values, interval)) <= count // 200


def test_a_spike_that_is_planted_in_what_is_used_now_and_then_is_found_alone() -> None:
    random = Random(3)
    values = [random.randrange(40, 60) if random.random() < 0.3 else 0 for _ in range(60)]
    values[41] = 500
    assert _spikes(values) == [41]


@pytest.mark.parametrize("others", [0, 100])
def test_two_spikes_on_a_flat_line_are_both_found(others: int) -> None:
    values = [others] * 30
    values[11] = values[20] = others + 1000
    assert _spikes(values) == [11, 20]


def test_a_planted_spike_in_steady_noise_is_found_alone() -> None:
    random = Random(1)
    values = [200 + random.randrange(-20, 20) for _ in range(60)]
    values[41] = 500
    assert _spikes(values) == [41]


def test_a_busy_weekday_is_no_spike_and_the_same_on_a_quiet_one_is() -> None:
    week = [1000, 1000, 1000, 1000, 1000, 100, 100]
    values = week * 8
    values[5 * 7 + 5] = 1000
    assert _spikes(values) == [40]


def test_a_busy_hour_is_no_spike_and_the_same_at_night_is() -> None:
    day = [10] * 8 + [500] * 10 + [10] * 6
    values = day * 8
    values[5 * 24 + 2] = 500
    assert _spikes(values, Interval.HOUR) == [122]


@pytest.mark.parametrize(
    ("measure", "size"),
    [
        (Measure.COST, 1),
        (Measure.EVENTS, 20),
        (Measure.TOTAL_TOKENS, 10_000),
        (Measure.ERRORS, 5),
    ],
)
def test_little_is_no_spike_however_unusual(measure: Measure, size: int) -> None:
    quiet = [0] * 30
    assert _spikes([*quiet, size - 1], measure=measure) == []
    assert _spikes([*quiet, size], measure=measure) == [30]


def test_half_as_much_again_as_is_usual_is_no_spike() -> None:
    assert _spikes([*[1000] * 30, 1500]) == []
    assert _spikes([*[1000] * 30, 1501]) == [30]


def test_less_than_usual_is_no_spike() -> None:
    assert _spikes([*[1000] * 30, 0]) == []


def test_a_point_that_is_not_over_is_no_spike() -> None:
    assert _spikes([*[1000] * 30, 9000], over=1) == []


def test_few_points_say_nothing_of_what_is_usual() -> None:
    assert _spikes([10, 10, 10, 9000]) == []
