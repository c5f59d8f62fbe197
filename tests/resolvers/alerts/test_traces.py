"""Rules on a real trace: what was planted in it is found, and nothing in the trace as it is.

The trace is an hour of two services by the minute (see tests/data). Each of its minutes stands for
an hour here, so that it is two and a half days with the ups and downs that the hour had.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models.alert_rule import AlertCondition, AlertMeasure
from models.database import Database
from models.event import Outcome
from models.event_log import Attempts, append
from resolvers.alerts.preview import Preview, preview_rule
from resolvers.alerts.rules import RuleDraft
from resolvers.analytics.dimension import Dimension
from tests.events import make_draft
from tests.resolvers.alerts.evaluated import HOUR, MINUTE, NOON

TRACE = Path(__file__).parents[2] / "data" / "azure_llm_2023_minutes.csv"
# USD for 1,000 tokens of a usual model, and of one that is dearer.
USUAL, DEARER = Decimal("0.01"), Decimal("0.06")
ERRORS_IN = 200


@dataclass(frozen=True)
class Hour:
    """What one service did in an hour. `failed` is the share of requests that failed."""

    service: str
    number: int
    requests: int
    tokens: int
    price: Decimal = USUAL
    failed: float = 1 / ERRORS_IN

    @property
    def start(self) -> datetime:
        return NOON + self.number * HOUR


def _trace() -> list[Hour]:
    with TRACE.open() as lines:
        rows = list(csv.DictReader(lines))
    hours = [
        Hour(row["trace"], int(row["minute"]), int(row["requests"]), int(row["tokens"]))
        for row in rows
    ]
    # The first and the last minute are cut off by the trace's ends.
    last = {hour.service: hour.number for hour in hours}
    return [hour for hour in hours if 0 < hour.number < last[hour.service]]


def _events(hours: list[Hour]) -> Iterator[Any]:
    """Each hour as its requests, which add up to its tokens; those that fail are spread evenly."""
    for hour in hours:
        failed = round(hour.requests * hour.failed)
        for part in range(hour.requests):
            fails = part * failed // hour.requests < (part + 1) * failed // hour.requests
            outcome = Outcome.ERROR if fails else Outcome.SUCCESS
            tokens = hour.tokens // hour.requests + (part < hour.tokens % hour.requests)
            yield make_draft(
                f"{hour.service}-{hour.number}-{part}",
                feature_id=hour.service,
                input_tokens=tokens,
                cost=hour.price * tokens / 1000,
                outcome=outcome,
                occurred_at=hour.start + part * HOUR / hour.requests,
            )


async def _record(database: Database, hours: list[Hour]) -> datetime:
    """Returns the moment when all is over."""
    drafts = list(_events(hours))
    for start in range(0, len(drafts), 5_000):
        await append(database, 1, drafts[start : start + 5_000], Attempts())
    return max(hour.start for hour in hours) + HOUR - MINUTE


SPIKE = RuleDraft(
    "Unusual cost of a feature",
    AlertMeasure.COST,
    AlertCondition.SPIKE,
    per=Dimension.FEATURE,
    window_minutes=60,
)
ERROR_RATE = RuleDraft(
    "Errors",
    AlertMeasure.ERROR_RATE,
    AlertCondition.THRESHOLD,
    Decimal("0.1"),
    per=Dimension.FEATURE,
    window_minutes=60,
)


async def _found(database: Database, hours: list[Hour], rule: RuleDraft) -> Preview:
    now = await _record(database, hours)
    return await preview_rule(database, 1, rule, 3, now)


def _planted(hours: list[Hour], number: int, service: str, **changes: Any) -> list[Hour]:
    return [
        replace(hour, **changes) if (hour.number, hour.service) == (number, service) else hour
        for hour in hours
    ]


@pytest.mark.parametrize("rule", [SPIKE, ERROR_RATE], ids=["spike", "error rate"])
async def test_nothing_is_found_in_the_trace_as_it_is(database: Database, rule: RuleDraft) -> None:
    found = await _found(database, _trace(), rule)
    assert [(one.key, one.opened_at) for one in found.firings] == []


async def test_a_tenfold_hour_is_found(database: Database) -> None:
    hours = _trace()
    [hour] = [one for one in hours if (one.number, one.service) == (29, "code")]
    planted = _planted(hours, 29, "code", tokens=hour.tokens * 10)
    found = await _found(database, planted, SPIKE)
    assert [one.key for one in found.firings] == ["code"]
    assert hour.start < found.firings[0].opened_at <= hour.start + HOUR


async def test_a_change_to_a_dearer_model_is_found(database: Database) -> None:
    hours = [
        replace(hour, price=DEARER)
        if hour.number >= 40 and hour.service == "conversation"
        else hour
        for hour in _trace()
    ]
    found = await _found(database, hours, SPIKE)
    assert {one.key for one in found.firings} == {"conversation"}
    first = min(one.opened_at for one in found.firings)
    assert NOON + 40 * HOUR < first <= NOON + 41 * HOUR


async def test_a_burst_of_errors_is_found(database: Database) -> None:
    found = await _found(database, _planted(_trace(), 30, "conversation", failed=0.4), ERROR_RATE)
    assert [one.key for one in found.firings] == ["conversation"]
    start = NOON + 30 * HOUR
    assert start < found.firings[0].opened_at <= start + HOUR
