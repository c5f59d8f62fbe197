"""An event, rule or workspace that cannot be evaluated stops no other, is told of, comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from structlog.testing import capture_logs

from models.alert_problem import AlertProblem, ProblemKind, read_problems
from models.alert_rule import AlertCondition, AlertMeasure, AlertPeriod, AlertRule
from models.database import Database
from models.event_log import Attempts, append
from models.reach import Reach
from resolvers.alerts import stream_set
from resolvers.alerts.evaluator import Evaluator
from resolvers.alerts.rules import RuleDraft, alert_rules, create_rule
from resolvers.alerts.telling import Telling
from resolvers.analytics.dimension import Dimension
from tests.events import make_draft
from tests.resolvers.alerts.evaluated import MINUTE, NOON, Evaluated

BY_CUSTOMER = Dimension("CUSTOMER")


async def _run(database: Database, *statements: str) -> None:
    async with database.driver() as driver:
        for statement in statements:
            await driver.execute(statement)


async def _problems(database: Database, workspace_id: int = 1) -> list[AlertProblem]:
    async with database.read(Reach(workspace_id)) as session:
        return await read_problems(session, workspace_id)


async def _kinds(database: Database, workspace_id: int = 1) -> list[ProblemKind]:
    return [problem.kind for problem in await _problems(database, workspace_id)]


async def _refuse(database: Database, table: str, condition: str) -> None:
    """Let Postgres refuse rows that are put into a table."""
    await _run(
        database,
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'refused for the test'; END $$",
        f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW "
        f"WHEN ({condition}) EXECUTE FUNCTION refuse()",
    )


async def _take_again(database: Database, table: str) -> None:
    await _run(database, f"DROP TRIGGER refuse ON {table}")


async def _spoil(evaluated: Evaluated, customers: Sequence[str]) -> None:
    """An event of each customer whose cost is no number: no reader can add that up."""
    for customer in customers:
        await evaluated.record("1", customer_id=customer)
    await _run(evaluated.database, "UPDATE usage_events SET cost = 'NaN' WHERE cost = 1")


async def _mend(database: Database) -> None:
    await _run(database, "UPDATE usage_events SET cost = 20 WHERE cost = 'NaN'")


# Events


async def test_an_event_that_cannot_be_counted_is_skipped(evaluated: Evaluated) -> None:
    await evaluated.rule("10", per=BY_CUSTOMER)
    await evaluated.step()
    await evaluated.record("12", customer_id="before")
    await _spoil(evaluated, ["bad"])
    await evaluated.record("12", customer_id="after")
    await evaluated.step()
    await evaluated.step(timedelta(seconds=3))
    assert await evaluated.open_keys() == ["after", "before"]


async def test_many_events_that_cannot_be_counted_stop_no_other(evaluated: Evaluated) -> None:
    await evaluated.rule("10", per=BY_CUSTOMER)
    await evaluated.rule("5", name="Another", per=BY_CUSTOMER)
    await evaluated.step()
    for number in range(5):
        await _spoil(evaluated, [f"bad-{number}-{place}" for place in range(10)])
        await evaluated.record("12", customer_id=f"good-{number}")
    await evaluated.pass_time(5 * MINUTE)
    good = [f"good-{number}" for number in range(5) for _ in range(2)]
    assert await evaluated.open_keys() == good
    [problem] = await _problems(evaluated.database)
    assert (problem.kind, problem.events, len(problem.event_ids)) == (ProblemKind.EVENT, 50, 10)


async def test_an_event_that_was_skipped_is_told_of(evaluated: Evaluated) -> None:
    await evaluated.rule("10", per=BY_CUSTOMER)
    await evaluated.step()
    await _spoil(evaluated, ["bad"])
    await evaluated.step()
    [problem] = await _problems(evaluated.database)
    assert (problem.kind, problem.events, problem.event_ids) == (ProblemKind.EVENT, 1, ("e1",))
    assert "the cost is NaN" in problem.message


async def test_an_event_that_was_skipped_counts_once_it_can(evaluated: Evaluated) -> None:
    await evaluated.rule("10", per=BY_CUSTOMER)
    await evaluated.step()
    await _spoil(evaluated, ["bad"])
    await evaluated.step()
    await _mend(evaluated.database)
    await evaluated.pass_time(2 * MINUTE)
    assert await evaluated.open_keys() == ["bad"]
    assert await _problems(evaluated.database) == []
    # And it is in the buckets once: another process finds the same.
    evaluated.evaluator = Evaluator(evaluated.database, clock=lambda: evaluated.now)
    await evaluated.pass_time(2 * MINUTE)
    sums = "SELECT sum(events)::int, sum(cost)::int FROM alert_buckets"
    async with evaluated.database.driver() as driver:
        assert tuple(await driver.fetchrow(sums)) == (1, 20)


async def test_another_process_counts_what_was_skipped_once_it_can(evaluated: Evaluated) -> None:
    await evaluated.rule("10", per=BY_CUSTOMER)
    await evaluated.step()
    await _spoil(evaluated, ["bad"])
    await evaluated.step()
    await evaluated.evaluator.close()
    evaluated.evaluator = Evaluator(evaluated.database, clock=lambda: evaluated.now)
    await evaluated.pass_time(2 * MINUTE)
    assert await _kinds(evaluated.database) == [ProblemKind.EVENT]
    await _mend(evaluated.database)
    await evaluated.pass_time(2 * MINUTE)
    assert (await evaluated.open_keys(), await _problems(evaluated.database)) == (["bad"], [])


async def test_an_event_from_before_the_rule_that_cannot_be_counted_is_skipped(
    evaluated: Evaluated,
) -> None:
    await _spoil(evaluated, ["bad"])
    await evaluated.record("12", customer_id="good")
    await evaluated.rule("10", per=BY_CUSTOMER)
    await evaluated.step()
    assert await evaluated.open_keys() == ["good"]
    assert await _kinds(evaluated.database) == [ProblemKind.EVENT]


async def test_an_event_that_left_all_windows_is_no_problem_any_more(evaluated: Evaluated) -> None:
    await evaluated.rule("10", measure=AlertMeasure.COST, window_minutes=5)
    await evaluated.step()
    await _spoil(evaluated, ["bad"])
    await evaluated.step()
    assert await _kinds(evaluated.database) == [ProblemKind.EVENT]
    await evaluated.step(timedelta(hours=7))
    await evaluated.pass_time(10 * MINUTE)
    await evaluated.pass_time(2 * MINUTE)
    assert await _problems(evaluated.database) == []


async def _skipped(database: Database) -> int:
    async with database.driver() as driver:
        return int(await driver.fetchval("SELECT count(*) FROM alert_skipped_events"))


async def test_a_rule_that_can_count_hardly_any_event_is_left_out(
    evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_set, "MAX_SKIPPED", 30)
    rule = await evaluated.rule("10", per=BY_CUSTOMER)
    await evaluated.step()
    for part in range(4):
        await _spoil(evaluated, [f"bad-{part}-{place}" for place in range(15)])
        await evaluated.step(timedelta(seconds=1))
        assert await _skipped(evaluated.database) <= 30
    [problem] = await _problems(evaluated.database)
    assert (problem.kind, problem.rule_id) == (ProblemKind.RULE, rule.id)
    assert problem.message.startswith("More than 30 events cannot be counted.")
    # Also where all of them are from before the rule, as they are once it is tried again.
    await evaluated.pass_time(3 * MINUTE)
    assert await _skipped(evaluated.database) == 0
    await _mend(evaluated.database)
    await evaluated.pass_time(8 * MINUTE)
    assert (len(await evaluated.open_keys()), await _problems(evaluated.database)) == (60, [])


async def test_another_process_goes_on_counting_what_was_skipped(
    evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_set, "MAX_SKIPPED", 30)
    await evaluated.rule("10", per=BY_CUSTOMER)
    await evaluated.step()
    for part in range(3):
        await _spoil(evaluated, [f"bad-{part}-{place}" for place in range(12)])
        await evaluated.step()
        await evaluated.evaluator.close()
        evaluated.evaluator = Evaluator(evaluated.database, clock=lambda: evaluated.now)
    for _ in range(5):
        await evaluated.step()
    assert await _kinds(evaluated.database) == [ProblemKind.RULE]


# Rules

BROKEN = {
    "a filter that is none": "filter = '[]'",
    "a measure of another version": "measure = 'LATENCY'",
    "a condition of another version": "condition = 'FALL'",
    "a threshold that is no number": "threshold = 'NaN'",
    "no threshold": "threshold = NULL",
    "a window that is none": "window_minutes = NULL",
    "a time zone that is none": "window_minutes = NULL, period = 'DAY', time_zone = 'Moon/Tycho'",
    "a column that is none": "per = 'colour'",
}


async def _break(evaluated: Evaluated, change: str) -> AlertRule:
    broken = await evaluated.rule("10", name="Broken", measure=AlertMeasure.EVENTS)
    await _run(evaluated.database, f"UPDATE alert_rules SET {change} WHERE id = '{broken.id}'")
    return broken


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
async def test_a_rule_that_is_broken_stops_no_other(evaluated: Evaluated, change: str) -> None:
    broken = await _break(evaluated, change)
    await evaluated.rule("10")
    await evaluated.step()
    await evaluated.step(timedelta(seconds=1))
    await evaluated.record("12")
    await evaluated.step(timedelta(seconds=1))
    await evaluated.step(timedelta(seconds=3))
    assert len(await evaluated.firings()) == 1
    [problem] = await _problems(evaluated.database)
    assert (problem.kind, problem.rule_id) == (ProblemKind.RULE, broken.id)
    assert problem.rule_name == "Broken"


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
async def test_a_rule_that_was_broken_is_evaluated_once_it_is_mended(
    evaluated: Evaluated, change: str
) -> None:
    whole = (await evaluated.rule("1", name="Mended", measure=AlertMeasure.EVENTS)).id
    columns = "filter, measure, condition, threshold, window_minutes, period, time_zone, per"
    await _run(
        evaluated.database,
        f"CREATE TABLE whole AS SELECT {columns} FROM alert_rules WHERE id = '{whole}'",
        f"UPDATE alert_rules SET {change} WHERE id = '{whole}'",
    )
    await evaluated.step()
    await evaluated.record("12")
    await evaluated.step(timedelta(seconds=1))
    await _run(
        evaluated.database,
        f"UPDATE alert_rules SET ({columns}) = (SELECT {columns} FROM whole) WHERE id = '{whole}'",
    )
    await evaluated.pass_time(4 * MINUTE)
    assert (len(await evaluated.firings()), await _problems(evaluated.database)) == (1, [])


async def test_a_rule_that_cannot_be_read_leaves_the_list_of_rules_whole(
    evaluated: Evaluated,
) -> None:
    await _break(evaluated, "filter = '[]'")
    await evaluated.rule("10", name="Whole")
    assert [rule.name for rule in await alert_rules(evaluated.database, 1)] == ["Whole"]


async def test_a_broken_rule_that_is_paused_or_deleted_is_no_problem_any_more(
    evaluated: Evaluated,
) -> None:
    broken = await _break(evaluated, "threshold = 'NaN'")
    await evaluated.step()
    assert await _kinds(evaluated.database) == [ProblemKind.RULE]
    await _run(
        evaluated.database,
        f"UPDATE alert_rules SET is_enabled = false WHERE id = '{broken.id}'",
        "UPDATE alert_revisions SET rules = rules + 1",
    )
    await evaluated.step()
    assert await _problems(evaluated.database) == []


async def test_what_a_rule_had_found_goes_on_while_it_cannot_be_evaluated(
    evaluated: Evaluated,
) -> None:
    rule = await evaluated.rule("10")
    await evaluated.record("12")
    await evaluated.step()
    await _run(
        evaluated.database,
        f"UPDATE alert_rules SET threshold = 'NaN' WHERE id = '{rule.id}'",
        "UPDATE alert_revisions SET rules = rules + 1",
    )
    await evaluated.pass_time(10 * MINUTE)
    assert await evaluated.open_keys() == [None]


async def test_a_rule_whose_firings_cannot_be_written_stops_no_other(evaluated: Evaluated) -> None:
    broken = await evaluated.rule("10", name="Broken")
    await evaluated.rule("11", name="Whole")
    await _refuse(evaluated.database, "alert_firings", f"NEW.rule_id = '{broken.id}'")
    await evaluated.step()
    await evaluated.record("12")
    await evaluated.step()
    assert len(await evaluated.firings()) == 1
    assert [one.rule_id for one in await _problems(evaluated.database)] == [broken.id]
    await evaluated.pass_time(3 * MINUTE)
    assert [one.rule_id for one in await _problems(evaluated.database)] == [broken.id]
    await _take_again(evaluated.database, "alert_firings")
    await evaluated.pass_time(2 * MINUTE)
    assert len(await evaluated.firings()) == 2
    assert await _problems(evaluated.database) == []


async def test_a_key_whose_firing_cannot_be_written_stops_no_other_of_the_rule(
    evaluated: Evaluated,
) -> None:
    await evaluated.rule("10", per=BY_CUSTOMER)
    await _refuse(evaluated.database, "alert_firings", "NEW.key = 'b'")
    for customer in "abc":
        await evaluated.record("12", customer_id=customer)
    await evaluated.step()
    assert await evaluated.open_keys() == ["a", "c"]


async def test_a_rule_whose_sums_cannot_be_written_stops_no_other(evaluated: Evaluated) -> None:
    broken = await evaluated.rule("10", name="Broken", per=BY_CUSTOMER)
    await evaluated.rule("10", name="Whole")
    await evaluated.step()
    await _refuse(evaluated.database, "alert_buckets", "NEW.key IS NOT NULL")
    await evaluated.record("12", customer_id="a")
    await evaluated.pass_time(2 * MINUTE)
    await evaluated.record("12", customer_id="a", at=NOON)
    await evaluated.pass_time(2 * MINUTE)
    assert None in await evaluated.open_keys()
    assert [one.rule_id for one in await _problems(evaluated.database)] == [broken.id]
    await _take_again(evaluated.database, "alert_buckets")
    await evaluated.pass_time(20 * MINUTE)
    assert (await evaluated.open_keys(), await _problems(evaluated.database)) == ([None, "a"], [])


async def test_sums_of_a_rule_that_are_spoilt_are_made_anew(evaluated: Evaluated) -> None:
    spoilt = await evaluated.rule("10", name="Spoilt", per=BY_CUSTOMER)
    await evaluated.rule("10", name="Whole")
    await evaluated.step()
    await evaluated.record("2", customer_id="a")
    await evaluated.pass_time(MINUTE)
    await _run(evaluated.database, "UPDATE alert_buckets SET cost = 'NaN' WHERE key IS NOT NULL")
    evaluated.evaluator = Evaluator(evaluated.database, clock=lambda: evaluated.now, lease=MINUTE)
    await _run(evaluated.database, "UPDATE alert_progress SET held_until = now()")
    await evaluated.step()
    assert [one.rule_id for one in await _problems(evaluated.database)] == [spoilt.id]
    await evaluated.record("9", customer_id="a")
    await evaluated.pass_time(5 * MINUTE)
    assert (await evaluated.open_keys(), await _problems(evaluated.database)) == ([None, "a"], [])


async def test_a_rule_that_nobody_can_be_told_of_stops_no_other(
    evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = await evaluated.rule("10", name="Broken")
    await evaluated.rule("10", name="Whole")
    begun = Telling.begun

    async def fails(self: Telling, driver: Any, rule: AlertRule, *rest: Any) -> None:
        if rule.id == broken.id:
            raise KeyError("no words for it")
        await begun(self, driver, rule, *rest)

    monkeypatch.setattr(Telling, "begun", fails)
    await evaluated.record("12")
    await evaluated.step()
    assert [kind for kind, _ in await evaluated.told()] == ["OPENED"]
    [problem] = await _problems(evaluated.database)
    assert problem.rule_id == broken.id
    assert problem.message.startswith("An unexpected error; see the log, id err_")


# Workspaces


async def _second_workspace(evaluated: Evaluated) -> None:
    """With a rule like that of the first."""
    await _run(evaluated.database, "INSERT INTO workspaces (name) VALUES ('second')")
    await evaluated.rule("10", per=BY_CUSTOMER)
    draft = RuleDraft(**_draft_values())
    await create_rule(evaluated.database, 2, draft, by="test", now=evaluated.now)


def _draft_values() -> dict[str, Any]:
    return {
        "name": "A rule",
        "measure": AlertMeasure.EVENTS,
        "condition": AlertCondition.THRESHOLD,
        "threshold": Decimal(1),
        "period": AlertPeriod.DAY,
    }


async def _record_in_second(evaluated: Evaluated) -> None:
    draft = make_draft("second", workspace_id=2, occurred_at=evaluated.now)
    await append(evaluated.database, 2, [draft], Attempts())


async def _firings_of(database: Database, workspace_id: int) -> int:
    async with database.driver() as driver:
        count = "SELECT count(*) FROM alert_firings WHERE workspace_id = $1"
        return int(await driver.fetchval(count, workspace_id))


async def test_a_workspace_that_fails_stops_no_other(evaluated: Evaluated) -> None:
    await _second_workspace(evaluated)
    await _refuse(evaluated.database, "alert_streams", "NEW.workspace_id = 2")
    await evaluated.record("12", customer_id="a")
    await evaluated.step()
    await evaluated.step()
    assert await _firings_of(evaluated.database, 1) == 1
    [problem] = await _problems(evaluated.database, 2)
    assert problem.kind is ProblemKind.WORKSPACE
    assert problem.message.startswith("An unexpected error; see the log, id err_")
    assert await _problems(evaluated.database) == []


async def test_a_workspace_that_failed_is_evaluated_once_it_can_be(evaluated: Evaluated) -> None:
    await _second_workspace(evaluated)
    await _refuse(evaluated.database, "alert_streams", "NEW.workspace_id = 2")
    await _record_in_second(evaluated)
    await evaluated.step()
    await _take_again(evaluated.database, "alert_streams")
    await evaluated.pass_time(MINUTE)
    assert await _firings_of(evaluated.database, 2) == 1
    assert await _problems(evaluated.database, 2) == []


async def test_a_workspace_that_fails_is_left_alone_longer_each_time(evaluated: Evaluated) -> None:
    await _second_workspace(evaluated)
    await _refuse(evaluated.database, "alert_streams", "NEW.workspace_id = 2")
    with capture_logs() as logs:
        for _ in range(200):
            await evaluated.step(timedelta(seconds=1))
    failed = [entry for entry in logs if entry["event"] == "alerts_failed"]
    assert [entry["again_in_seconds"] for entry in failed] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    # One trace, by the id that people are told, and lines.
    [trace] = [entry for entry in logs if "exc_info" in entry]
    assert all(trace["error_id"] in entry["problem"] for entry in failed)


async def test_a_workspace_that_takes_long_keeps_no_other_waiting(evaluated: Evaluated) -> None:
    await _second_workspace(evaluated)
    await _run(
        evaluated.database,
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$",
        "CREATE TRIGGER wait BEFORE INSERT ON alert_streams FOR EACH ROW "
        "WHEN (NEW.workspace_id = 2) EXECUTE FUNCTION wait()",
    )
    evaluator = Evaluator(evaluated.database, clock=lambda: evaluated.now, beat_seconds=0.01)
    async with evaluated.database.driver() as driver:
        await driver.execute("SELECT pg_advisory_lock(1)")
        evaluator.start()
        try:
            for number in (1, 2, 3):
                await evaluated.record("12", customer_id=f"customer-{number}")
                async with asyncio.timeout(60):
                    while await _firings_of(evaluated.database, 1) < number:
                        await asyncio.sleep(0.01)
            assert await _firings_of(evaluated.database, 2) == 0
        finally:
            await driver.execute("SELECT pg_advisory_unlock(1)")
            await evaluator.close()
