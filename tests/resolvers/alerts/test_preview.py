"""A rule is tested against what was recorded: it finds what the evaluator would have found."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from models.alert_rule import AlertCondition, AlertMeasure
from models.errors import BadInput, TooComplex
from models.metadata_match import MetadataMatch
from models.usage_filter import UsageFilter
from resolvers.alerts import preview
from resolvers.alerts.preview import Preview, preview_rule
from resolvers.alerts.rules import RuleDraft
from resolvers.analytics.dimension import Dimension
from tests.resolvers.alerts.evaluated import DAY, HOUR, MINUTE, NOON, Evaluated


def _draft(threshold: str | None = "10", **values: Any) -> RuleDraft:
    given: dict[str, Any] = {
        "name": "A rule",
        "measure": AlertMeasure.COST,
        "condition": AlertCondition.THRESHOLD,
        "threshold": None if threshold is None else Decimal(threshold),
        "window_minutes": 60,
    }
    return RuleDraft(**given | values)


async def _preview(evaluated: Evaluated, draft: RuleDraft, days: int = 30) -> Preview:
    return await preview_rule(evaluated.database, 1, draft, days, evaluated.now)


async def test_each_time_that_it_would_have_fired_is_told(evaluated: Evaluated) -> None:
    for day in (1, 3, 29, 31):
        await evaluated.record("10", at=NOON - day * DAY)
    found = await _preview(evaluated, _draft())
    assert [firing.opened_at for firing in found.firings] == [
        NOON - day * DAY + MINUTE for day in (1, 3, 29)
    ]


async def test_what_comes_before_the_days_counts_within_the_first_window(
    evaluated: Evaluated,
) -> None:
    await evaluated.record("6", at=NOON - DAY - 30 * MINUTE)
    await evaluated.record("6", at=NOON - DAY + 15 * MINUTE)
    assert (await _preview(evaluated, _draft(), 1)).total == 1


async def test_it_tells_for_how_many_keys(evaluated: Evaluated) -> None:
    for day in (1, 2):
        await evaluated.record("10", at=NOON - day * DAY, user_id="ada")
    await evaluated.record("10", at=NOON - DAY, user_id="bob")
    found = await _preview(evaluated, _draft(per=Dimension.USER))
    assert (found.total, found.keys) == (3, 2)


async def test_a_filter_by_metadata_holds(evaluated: Evaluated) -> None:
    await evaluated.record("10", at=NOON - DAY, metadata='{"k": "v"}')
    await evaluated.record("10", at=NOON - 2 * DAY)
    found = await _preview(
        evaluated, _draft(filter=UsageFilter(metadata=(MetadataMatch("k", "v"),)))
    )
    assert found.total == 1


async def test_a_spike_is_told_by_the_windows_before_it(evaluated: Evaluated) -> None:
    for hour in range(1, 49):
        await evaluated.record("100" if hour == 10 else "10", at=NOON - hour * HOUR)
    found = await _preview(evaluated, _draft(None, condition=AlertCondition.SPIKE), 1)
    assert [firing.opened_at for firing in found.firings] == [NOON - 10 * HOUR + MINUTE]


@pytest.mark.parametrize("per", [None, Dimension.CUSTOMER])
@pytest.mark.parametrize("condition", list(AlertCondition))
async def test_it_finds_what_the_evaluator_finds(
    evaluated: Evaluated, condition: AlertCondition, per: Dimension | None
) -> None:
    random = Random(7)
    threshold = {
        AlertCondition.NO_DATA: None,
        AlertCondition.RISE: "2",
        AlertCondition.THRESHOLD: "8",
    }.get(condition, "5")
    # What is there before the rule is, for what it compares with.
    for minute in range(0, 400, 7):
        await evaluated.record(
            str(random.randint(0, 3)), at=NOON - minute * MINUTE, customer_id=random.choice("ab")
        )
    values = {"condition": condition, "per": per, "window_minutes": 15}
    await evaluated.rule(threshold, **values, minimum=Decimal(1))
    await evaluated.step()
    for _ in range(120):
        if random.random() < 0.3:
            await evaluated.record(str(random.randint(0, 3)), customer_id=random.choice("ab"))
        await evaluated.step(MINUTE)
    begun = {(one.key, one.window_to) for one in await evaluated.firings()}
    found = await _preview(evaluated, _draft(threshold, **values, minimum=Decimal(1)), 1)
    expected = {(one.key, one.window_to) for one in found.firings if one.window_to > NOON + HOUR}
    assert {one for one in begun if one[1] > NOON + HOUR} == expected
    assert expected or condition is AlertCondition.SPIKE


async def test_very_many_events_are_looked_at_by_quarters_of_an_hour(
    evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "MAX_EVENTS", 1)
    await evaluated.record("6", at=NOON - DAY, customer_id="acme")
    await evaluated.record("6", at=NOON - DAY + 20 * MINUTE, customer_id="acme")
    found = await _preview(evaluated, _draft(per=Dimension.CUSTOMER))
    assert (found.step_minutes, found.total) == (15, 1)


@pytest.mark.parametrize(
    "values", [{"per": Dimension.USER}, {"window_minutes": 15}], ids=["no cube", "short"]
)
async def test_what_cannot_be_told_by_them_is_refused(
    evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any]
) -> None:
    monkeypatch.setattr(preview, "MAX_EVENTS", 1)
    await evaluated.record("6", "6", at=NOON - DAY, user_id="ada")
    with pytest.raises(TooComplex):
        await _preview(evaluated, _draft(**values))


@pytest.mark.parametrize("days", [0, 32])
async def test_days_have_their_bounds(evaluated: Evaluated, days: int) -> None:
    with pytest.raises(BadInput):
        await _preview(evaluated, _draft(), days)
