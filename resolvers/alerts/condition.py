"""Whether what a rule watches is worth telling: exact where it compares amounts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from models.alert_bucket import Tally
from models.alert_rule import AlertCondition, AlertMeasure, AlertRule

# A firing goes on until its value is below so much of what it took to open it: a value that
# wavers about its limit fires once.
RESOLVE_PART = Decimal("0.9")
SHARES = (AlertMeasure.ERROR_RATE, AlertMeasure.UNPRICED_SHARE)
# Fewer windows say nothing of what is usual.
MIN_BLOCKS = 5
# What is usually steady may wobble: by so much of the median at least.
_MIN_PART = 0.5
# 1.4826 times the median of the deviations is one of a normal distribution.
_OF_NORMAL = 1.4826
_DIGITS = Decimal("0.000001")
NOTHING = Tally()


@dataclass(frozen=True)
class Reading:
    """What a rule makes of a window. Amounts are in the measure's unit, a share's of 1.

    `limit` is the value that it takes to fire; `usual` is what it is compared with. None where
    there is nothing to compare with.
    """

    value: Decimal
    limit: Decimal | None
    usual: Decimal | None
    fires: bool
    # Whether a firing that is open goes on.
    lasts: bool


def amount(measure: AlertMeasure, tally: Tally) -> Decimal:
    """What is measured; of a share, the events that have it."""
    match measure:
        case AlertMeasure.COST:
            return tally.cost
        case AlertMeasure.EVENTS:
            return Decimal(tally.events)
        case AlertMeasure.TOTAL_TOKENS:
            return Decimal(tally.tokens)
        case AlertMeasure.ERRORS | AlertMeasure.ERROR_RATE:
            return Decimal(tally.errors)
        case AlertMeasure.UNPRICED_SHARE:
            return Decimal(tally.unpriced_events)


def value(measure: AlertMeasure, tally: Tally) -> Decimal:
    """As it is shown: a share to six digits."""
    if measure not in SHARES:
        return amount(measure, tally)
    if not tally.events:
        return Decimal(0)
    return (amount(measure, tally) / tally.events).quantize(_DIGITS)


def read(
    rule: AlertRule, now: Tally, before: Tally = NOTHING, blocks: list[Tally] | None = None
) -> Reading:
    """Within an exact decimal context. `blocks` are of the windows before that are known of."""
    match rule.condition:
        case AlertCondition.THRESHOLD:
            return _read_threshold(rule, now)
        case AlertCondition.RISE:
            return _read_rise(rule, now, before)
        case AlertCondition.SPIKE:
            return _read_spike(rule, now, blocks or [])
        case AlertCondition.NO_DATA:
            silent = now.events == 0
            watched = rule.per is None or before.events > 0
            return Reading(Decimal(0), None, None, fires=silent and watched, lasts=silent)


def _read_threshold(rule: AlertRule, now: Tally) -> Reading:
    assert rule.threshold is not None
    shown = value(rule.measure, now)
    reached, base = amount(rule.measure, now), _base(rule, now)
    enough = rule.measure not in SHARES or now.events >= rule.minimum_events
    limit = rule.threshold * base
    return Reading(
        shown,
        rule.threshold,
        None,
        fires=enough and reached >= limit,
        lasts=enough and reached >= limit * RESOLVE_PART,
    )


def _read_rise(rule: AlertRule, now: Tally, before: Tally) -> Reading:
    """By factors of what was there before; of nothing there is none."""
    assert rule.threshold is not None
    shown, usual = value(rule.measure, now), value(rule.measure, before)
    mine = amount(rule.measure, now) * _base(rule, before)
    its = amount(rule.measure, before) * _base(rule, now)
    enough = shown >= rule.minimum and its > 0
    if rule.measure in SHARES:
        enough = enough and min(now.events, before.events) >= rule.minimum_events
    limit = its * rule.threshold
    return Reading(
        shown,
        usual * rule.threshold if its > 0 else None,
        usual,
        fires=enough and mine >= limit,
        lasts=enough and mine >= limit * RESOLVE_PART,
    )


def _read_spike(rule: AlertRule, now: Tally, blocks: list[Tally]) -> Reading:
    assert rule.threshold is not None
    shown = value(rule.measure, now)
    if len(blocks) < MIN_BLOCKS:
        return Reading(shown, None, None, fires=False, lasts=False)
    values = [float(value(rule.measure, block)) for block in blocks]
    usual = median(values)
    excess = max(_far(values, float(rule.threshold)) - usual, _MIN_PART * usual)
    # What is used in bursts mostly is not used much: by its median every burst would stand out.
    bursts = [one - usual for one in values if one > usual]
    if len(bursts) >= MIN_BLOCKS:
        excess = max(excess, _far(bursts, float(rule.threshold)))
    enough = shown >= rule.minimum and (
        rule.measure not in SHARES or now.events >= rule.minimum_events
    )
    over = float(shown) - usual
    return Reading(
        shown,
        max(_shown(usual + excess), rule.minimum),
        _shown(usual),
        fires=enough and over > excess,
        lasts=enough and over > excess * float(RESOLVE_PART),
    )


def _far(values: list[float], deviations: float) -> float:
    """What lies so many deviations above the median."""
    middle = median(values)
    return middle + deviations * _OF_NORMAL * median(abs(one - middle) for one in values)


def _base(rule: AlertRule, tally: Tally) -> Decimal:
    """What a share is of; multiplying by it is exact, where dividing is not."""
    return Decimal(tally.events) if rule.measure in SHARES else Decimal(1)


def _shown(number: float) -> Decimal:
    return Decimal(f"{number:.6f}")
