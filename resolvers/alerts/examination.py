"""Whether a rule can be evaluated at all, before it is let among the others."""

from __future__ import annotations

from datetime import datetime
from decimal import localcontext

from models.alert_problem import NotEvaluated
from models.alert_rule import AlertRule
from models.alert_stream import Watched
from models.cube_sums import EXACT
from resolvers.alerts.gauge import Gauge
from resolvers.alerts.window import Window
from resolvers.alerts.wording import condition_words, window_words


def examine(rule: AlertRule, edge: datetime) -> None:
    """Evaluate it once, with nothing recorded. Raises whatever it fails with."""
    for limit in (rule.threshold, rule.minimum):
        if limit is not None and not limit.is_finite():
            raise NotEvaluated(f"It cannot be evaluated: a limit of the rule is {limit}.")
    if (rule.window_minutes is None) == (rule.period is None):
        raise NotEvaluated("It cannot be evaluated: the rule has no window, or two.")
    # What is put into words has been read as what it is.
    condition_words(rule)
    window_words(rule)
    window = Window.of(rule)
    window.needed_from(edge, rule.condition)
    gauge = Gauge(Watched.by(rule).mark, window, [rule])
    gauge.move(edge)
    with localcontext(EXACT):
        gauge.read(rule, None)
        gauge.may_have_fired(rule, None, edge)
