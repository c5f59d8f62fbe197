"""Rules for the demo: one of each kind, some of which its traffic makes fire before long."""

from __future__ import annotations

from decimal import Decimal

from models.alert_rule import AlertCondition, AlertMeasure, AlertPeriod
from resolvers.alerts.rules import RuleDraft
from resolvers.analytics.dimension import Dimension

_THRESHOLD = AlertCondition.THRESHOLD
RULES = (
    RuleDraft(
        "Monthly budget", AlertMeasure.COST, _THRESHOLD, Decimal(5_000), period=AlertPeriod.MONTH
    ),
    RuleDraft(
        "Any customer passes $5 in an hour",
        AlertMeasure.COST,
        _THRESHOLD,
        Decimal(5),
        per=Dimension.CUSTOMER,
        window_minutes=60,
    ),
    RuleDraft(
        "A feature fails",
        AlertMeasure.ERROR_RATE,
        _THRESHOLD,
        Decimal("0.2"),
        per=Dimension.FEATURE,
        window_minutes=15,
    ),
    RuleDraft(
        "A model costs more than usual",
        AlertMeasure.COST,
        AlertCondition.SPIKE,
        per=Dimension.MODEL,
        window_minutes=60,
    ),
    RuleDraft("Nothing comes in", AlertMeasure.EVENTS, AlertCondition.NO_DATA, window_minutes=15),
)
