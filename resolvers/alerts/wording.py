"""A rule in words, for messages that people read."""

from __future__ import annotations

from decimal import Decimal

from models.alert_rule import AlertCondition, AlertMeasure, AlertPeriod, AlertRule
from models.money import plain
from resolvers.alerts.condition import SHARES
from resolvers.analytics.dimension import dimension_of

_MEASURES = {
    AlertMeasure.COST: "cost",
    AlertMeasure.EVENTS: "the number of events",
    AlertMeasure.TOTAL_TOKENS: "the number of tokens",
    AlertMeasure.ERRORS: "the number of errors",
    AlertMeasure.ERROR_RATE: "the error rate",
    AlertMeasure.UNPRICED_SHARE: "the share of events without a full price",
}
UNITS = {
    AlertMeasure.COST: "USD",
    AlertMeasure.EVENTS: "events",
    AlertMeasure.TOTAL_TOKENS: "tokens",
    AlertMeasure.ERRORS: "errors",
    AlertMeasure.ERROR_RATE: "share",
    AlertMeasure.UNPRICED_SHARE: "share",
}
_PERIODS = {AlertPeriod.DAY: "day", AlertPeriod.WEEK: "week", AlertPeriod.MONTH: "month"}
_LENGTHS = ((24 * 60, "day"), (60, "hour"), (1, "minute"))


def condition_words(rule: AlertRule) -> str:
    """As in "cost of a customer reaches 100 USD"."""
    watched = _MEASURES[rule.measure]
    if rule.per is not None:
        watched += f" of a {dimension_of(rule.per).value.lower()}"
    threshold = rule.threshold or Decimal(0)
    match rule.condition:
        case AlertCondition.THRESHOLD:
            return f"{watched} reaches {amount_words(rule.measure, threshold)}"
        case AlertCondition.RISE:
            return f"{watched} reaches {plain(threshold)} times that of the window before"
        case AlertCondition.SPIKE:
            return f"{watched} is more than {plain(threshold)} deviations above what is usual"
        case AlertCondition.NO_DATA:
            return "nothing was recorded" + (
                "" if rule.per is None else f" of a {dimension_of(rule.per).value.lower()}"
            )


def window_words(rule: AlertRule) -> str:
    """As in "within 1 hour"."""
    if rule.period is not None:
        return f"within a {_PERIODS[rule.period]} of {rule.time_zone}"
    minutes = rule.window_minutes or 0
    length, unit = next(known for known in _LENGTHS if minutes % known[0] == 0)
    count = minutes // length
    return f"within {count} {unit}{'' if count == 1 else 's'}"


def amount_words(measure: AlertMeasure, amount: Decimal) -> str:
    if measure in SHARES:
        return f"{plain((amount * 100).normalize())} %"
    unit = UNITS[measure]
    return f"{plain(amount)} {unit}"
