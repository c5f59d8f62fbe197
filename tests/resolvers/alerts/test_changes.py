"""What rules watch follows repricing and changes of rules; another process can take over."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from models.alert_firing import FiringState
from models.alert_progress import Head
from models.alert_rule import AlertCondition, AlertMeasure
from models.cost import CostStatus
from models.database import Database
from models.reach import Reach
from models.repricing_table import change_costs, open_repricing, read_by_sequence
from models.workspace import lock_workspace, note_repricing
from resolvers.alerts import watch
from resolvers.alerts.rules import RuleDraft, change_rule, create_rule, delete_rule, enable_rule
from resolvers.alerts.watch import Watch
from resolvers.analytics.dimension import Dimension
from tests.resolvers.alerts.evaluated import HOUR, MINUTE, NOON, Evaluated


async def _reprice(database: Database, sequence: int, cost: str) -> None:
    """One event costs otherwise from now on."""
    async with database.read(Reach(1)) as session:
        [before] = await read_by_sequence(session, 1, [sequence])
    after = msgspec.structs.replace(before, cost=Decimal(cost), cost_status=CostStatus.PRICED)
    async with database.write() as session:
        await lock_workspace(session, 1)
        row = await open_repricing(session, 1, b"request", (0, 0), NOON, "test")
        await change_costs(session, 1, row.id, [before], [after])
        await note_repricing(session, 1)


async def test_a_cost_that_becomes_known_counts(evaluated: Evaluated) -> None:
    await evaluated.rule("10", per=Dimension.MODEL)
    await evaluated.record(None, model="a")
    await evaluated.step()
    await _reprice(evaluated.database, 1, "10")
    await evaluated.step()
    assert await evaluated.open_keys() == ["a"]


async def test_what_was_repriced_before_it_was_taken_in_counts_once(
    evaluated: Evaluated,
) -> None:
    await evaluated.rule("10")
    await evaluated.step()
    await evaluated.record("6")
    await _reprice(evaluated.database, 1, "7")
    await evaluated.step()
    await evaluated.pass_time(2 * MINUTE)
    assert await evaluated.firings() == []
    await evaluated.record("3")
    await evaluated.step()
    assert [firing.value for firing in await evaluated.firings()] == [Decimal("10")]


async def test_what_was_read_but_not_written_is_read_again_after_a_repricing(
    evaluated: Evaluated,
) -> None:
    await evaluated.rule("10")
    await evaluated.step()
    await evaluated.record("6")
    await evaluated.step()
    await _reprice(evaluated.database, 1, "1")
    await evaluated.record("4")
    await evaluated.step()
    await evaluated.pass_time(2 * MINUTE)
    assert await evaluated.firings() == []


async def test_a_firing_ends_where_it_cost_less_than_was_thought(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    await evaluated.record("10")
    await evaluated.step()
    await _reprice(evaluated.database, 1, "1")
    await evaluated.pass_time(7 * MINUTE)
    assert len(await evaluated.firings(FiringState.RESOLVED)) == 1


async def test_a_rule_that_is_paused_or_deleted_lets_its_firings_end(
    evaluated: Evaluated,
) -> None:
    paused, deleted = await evaluated.rule("1"), await evaluated.rule("2")
    await evaluated.record("10")
    await evaluated.step()
    await enable_rule(evaluated.database, 1, paused.id, False, by="test")
    await delete_rule(evaluated.database, 1, deleted.id, by="test")
    await evaluated.step()
    assert await evaluated.firings(FiringState.OPEN) == []


async def test_a_changed_rule_counts_with_what_is_there(evaluated: Evaluated) -> None:
    rule = await evaluated.rule("100")
    await evaluated.record("10", at=NOON - 90 * MINUTE)
    await evaluated.step()
    draft = RuleDraft("x", rule.measure, rule.condition, Decimal(10), window_minutes=120)
    await change_rule(evaluated.database, 1, rule.id, draft, by="test", now=evaluated.now)
    await evaluated.step()
    assert len(await evaluated.firings()) == 1


async def test_another_process_goes_on_from_what_was_written(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    await evaluated.record("4")
    await evaluated.step()
    await evaluated.record("4")
    await evaluated.step()
    other = Evaluated(evaluated.database)
    await evaluated.evaluator.close()
    other._recorded = 100
    await other.step()
    await other.record("2")
    await other.step()
    assert [firing.value for firing in await other.firings()] == [Decimal("10")]


async def test_two_processes_do_not_evaluate_at_once(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    await evaluated.step()
    other = Evaluated(evaluated.database)
    await evaluated.record("10")
    await other.step()
    assert await evaluated.firings() == []
    await evaluated.step()
    assert len(await evaluated.firings()) == 1


async def test_who_lost_the_workspace_writes_nothing_of_it(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    await evaluated.step()
    async with evaluated.database.driver() as driver:
        await driver.execute("UPDATE alert_progress SET holder = 'other', held_until = now()")
    other = Evaluated(evaluated.database)
    await evaluated.record("10")
    await other.step()
    await evaluated.step()
    assert await evaluated.told() == [("OPENED", [None])]


async def test_a_firing_is_told_of_once_by_whoever_is_there(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    await evaluated.record("10")
    await evaluated.step()
    await evaluated.evaluator.close()
    other = Evaluated(evaluated.database)
    await other.pass_time(2 * MINUTE)
    assert await evaluated.told() == [("OPENED", [None])]


async def test_what_happened_while_nobody_evaluated_is_seen(evaluated: Evaluated) -> None:
    await evaluated.rule("10")
    await evaluated.step()
    await evaluated.record("10")
    await evaluated.step(timedelta(minutes=30))
    assert len(await evaluated.firings()) == 1
    assert evaluated.now - NOON < HOUR


async def test_calm_goes_on_through_changes_of_other_rules(evaluated: Evaluated) -> None:
    await evaluated.rule("10", window_minutes=5)
    await evaluated.record("10")
    await evaluated.step()
    for _ in range(5):
        await evaluated.pass_time(3 * MINUTE)
        await evaluated.rule("99")
    await evaluated.step(MINUTE)
    assert await evaluated.firings(FiringState.OPEN) == []


async def test_what_a_rule_found_ends_when_it_is_about_something_else(
    evaluated: Evaluated,
) -> None:
    rule = await evaluated.rule("10")
    await evaluated.record("10", user_id="ada")
    await evaluated.step()
    draft = RuleDraft(
        "x", rule.measure, rule.condition, Decimal(10), window_minutes=60, per=Dimension.USER
    )
    evaluated.now += MINUTE
    await change_rule(evaluated.database, 1, rule.id, draft, by="test", now=evaluated.now)
    await evaluated.step()
    assert await evaluated.open_keys() == ["ada"]


async def test_what_is_repriced_while_a_rule_is_paused_counts_when_it_goes_on(
    evaluated: Evaluated,
) -> None:
    rule = await evaluated.rule("10")
    await evaluated.record("5")
    await evaluated.step()
    await evaluated.step(MINUTE)
    await enable_rule(evaluated.database, 1, rule.id, False, by="test")
    await _reprice(evaluated.database, 1, "50")
    await enable_rule(evaluated.database, 1, rule.id, True, by="test")
    await evaluated.step(MINUTE)
    assert [firing.value for firing in await evaluated.firings()] == [Decimal("50")]


async def test_one_workspace_that_cannot_be_evaluated_keeps_no_other_from_it(
    evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    await evaluated.rule("10")
    async with evaluated.database.driver() as driver:
        await driver.execute("INSERT INTO workspaces (name) VALUES ('other')")
    other = RuleDraft("x", AlertMeasure.COST, AlertCondition.NO_DATA, window_minutes=60)
    await create_rule(evaluated.database, 2, other, by="test", now=evaluated.now)
    step = Watch.step

    async def fail_for_the_first(one: Watch, head: Head, now: datetime) -> None:
        if head.workspace_id == 1:
            raise TimeoutError
        await step(one, head, now)

    monkeypatch.setattr(Watch, "step", fail_for_the_first)
    await evaluated.step()
    async with evaluated.database.driver() as driver:
        assert await driver.fetchval("SELECT count(*) FROM alert_firings") == 1


async def test_a_change_of_rules_waits_for_nobody_who_evaluates(evaluated: Evaluated) -> None:
    rule = await evaluated.rule("10")
    async with evaluated.database.driver() as driver, driver.transaction():
        await driver.execute("SELECT FROM alert_progress FOR UPDATE")
        async with asyncio.timeout(20):
            await enable_rule(evaluated.database, 1, rule.id, False, by="test")


async def test_what_is_left_behind_is_let_go_of(evaluated: Evaluated) -> None:
    rule = await evaluated.rule("10")
    await evaluated.record("1")
    await evaluated.step()
    await evaluated.step(MINUTE)
    await delete_rule(evaluated.database, 1, rule.id, by="test")
    await evaluated.step()
    async with evaluated.database.driver() as driver:
        left = await driver.fetchrow(
            "SELECT (SELECT count(*) FROM alert_buckets), (SELECT count(*) FROM alert_streams)"
        )
    assert tuple(left) == (0, 0)


async def test_what_comes_in_while_a_rule_is_filled_counts(
    evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "FLUSH_SECONDS", 1e12)
    monkeypatch.setattr(watch, "FILL_SECONDS", -1)
    await evaluated.rule("10")
    await evaluated.step()
    await evaluated.record("10")
    await evaluated.step()
    monkeypatch.setattr(watch, "FILL_SECONDS", 10)
    await evaluated.step()
    assert len(await evaluated.firings()) == 1
