"""A rule in words says what it watches, and when it fires."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from models.alert_rule import AlertCondition, AlertMeasure, AlertPeriod
from resolvers.alerts.rules import RuleDraft
from resolvers.alerts.wording import condition_words, window_words
from resolvers.analytics.dimension import Dimension
from tests.resolvers.alerts.evaluated import NOON

RULE = RuleDraft(
    "A rule", AlertMeasure.COST, AlertCondition.THRESHOLD, Decimal(50), window_minutes=60
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "cost reaches 50 USD"),
        ({"per": Dimension.USER}, "cost of a user reaches 50 USD"),
        (
            {"measure": AlertMeasure.ERROR_RATE, "threshold": Decimal("0.125")},
            "the error rate reaches 12.5 %",
        ),
        (
            {"measure": AlertMeasure.ERROR_RATE, "threshold": Decimal("1")},
            "the error rate reaches 100 %",
        ),
        (
            {"condition": AlertCondition.RISE, "threshold": Decimal(2)},
            "cost reaches 2 times that of the window before",
        ),
        (
            {"condition": AlertCondition.SPIKE, "threshold": Decimal(6)},
            "cost is more than 6 deviations above what is usual",
        ),
        (
            {"condition": AlertCondition.NO_DATA, "threshold": None, "per": Dimension.CUSTOMER},
            "nothing was recorded of a customer",
        ),
    ],
)
def test_the_condition(changes: dict[str, Any], words: str) -> None:
    assert condition_words(replace(RULE, **changes).rule(1, "test", NOON)) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"window_minutes": 5}, "within 5 minutes"),
        ({}, "within 1 hour"),
        ({"window_minutes": 90}, "within 90 minutes"),
        ({"window_minutes": 7 * 1440}, "within 7 days"),
        (
            {"window_minutes": None, "period": AlertPeriod.MONTH, "time_zone": "Asia/Kolkata"},
            "within a month of Asia/Kolkata",
        ),
    ],
)
def test_the_window(changes: dict[str, Any], words: str) -> None:
    assert window_words(replace(RULE, **changes).rule(1, "test", NOON)) == words
