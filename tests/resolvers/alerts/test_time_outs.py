"""A Postgres that is too slow is nobody's fault: less is read at once, nothing is left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from models.alert_problem import AlertProblem, ProblemKind, read_problems
from models.alert_reading import LogPart, LogReader
from models.reach import Reach
from resolvers.alerts.fault import is_away, is_fault
from resolvers.analytics.dimension import Dimension
from tests.resolvers.alerts.evaluated import MINUTE, Evaluated

BY_CUSTOMER = Dimension("CUSTOMER")
CUSTOMERS = [f"customer-{number}" for number in range(9)]


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        asyncpg.QueryCanceledError(),
        asyncpg.DeadlockDetectedError(),
        asyncpg.LockNotAvailableError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_comes_too_late_is_no_fault(error: Exception) -> None:
    assert (is_fault(error), is_away(error)) == (False, False)


def _time_out(monkeypatch: pytest.MonkeyPatch, is_slow: Callable[[LogPart], bool]) -> None:
    read = LogReader.read

    async def reads(self: LogReader, driver: Any, workspace_id: int, part: LogPart) -> Any:
        if is_slow(part):
            raise TimeoutError
        return await read(self, driver, workspace_id, part)

    monkeypatch.setattr(LogReader, "read", reads)


async def _problems(evaluated: Evaluated) -> list[AlertProblem]:
    async with evaluated.database.read(Reach(1)) as session:
        return await read_problems(session, 1)


async def _record(evaluated: Evaluated) -> None:
    for customer in CUSTOMERS:
        await evaluated.record("12", customer_id=customer)


async def test_what_takes_too_long_is_read_in_smaller_parts(
    evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    await evaluated.rule("10", per=BY_CUSTOMER)
    await evaluated.step()
    await _record(evaluated)
    _time_out(monkeypatch, lambda part: part.until - part.after > 2)
    await evaluated.pass_time(MINUTE)
    assert (await evaluated.open_keys(), await _problems(evaluated)) == (CUSTOMERS, [])


async def test_no_event_is_skipped_for_being_read_too_late(
    evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    await evaluated.rule("10", per=BY_CUSTOMER)
    await evaluated.step()
    await _record(evaluated)
    with monkeypatch.context() as slow:
        _time_out(slow, lambda _: True)
        await evaluated.pass_time(5 * MINUTE)
        [problem] = await _problems(evaluated)
    assert problem.kind is ProblemKind.WORKSPACE
    assert problem.message.startswith("Postgres does not answer in time.")
    await evaluated.pass_time(2 * MINUTE)
    assert (await evaluated.open_keys(), await _problems(evaluated)) == (CUSTOMERS, [])


async def test_what_was_before_a_rule_is_taken_in_by_smaller_parts(
    evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _record(evaluated)
    await evaluated.rule("10", per=BY_CUSTOMER)
    _time_out(monkeypatch, lambda part: part.range.to - part.range.from_ == timedelta(hours=1))
    await evaluated.pass_time(MINUTE)
    assert (await evaluated.open_keys(), await _problems(evaluated)) == (CUSTOMERS, [])


async def test_no_rule_is_left_out_for_sums_that_are_written_too_late(
    evaluated: Evaluated,
) -> None:
    await evaluated.rule("10", name="By customer", per=BY_CUSTOMER)
    await evaluated.rule("10", name="Whole")
    await evaluated.step()
    async with evaluated.database.driver() as driver:
        await driver.execute(
            "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'late' USING ERRCODE = 'query_canceled'; END $$"
        )
        await driver.execute(
            "CREATE TRIGGER late BEFORE INSERT ON alert_buckets FOR EACH ROW "
            "WHEN (NEW.key IS NOT NULL) EXECUTE FUNCTION late()"
        )
    await _record(evaluated)
    await evaluated.pass_time(2 * MINUTE)
    assert [problem.kind for problem in await _problems(evaluated)] == [ProblemKind.WORKSPACE]
    async with evaluated.database.driver() as driver:
        await driver.execute("DROP TRIGGER late ON alert_buckets")
    await evaluated.pass_time(3 * MINUTE)
    assert (await evaluated.open_keys(), await _problems(evaluated)) == ([None, *CUSTOMERS], [])
