"""`livemeter check`: says what differs, and makes it good when told to."""

from __future__ import annotations

from random import Random

import pytest

from models.database import Database
from models.event_log import Attempts, append
from tests.command import livemeter
from tests.random_usage import random_drafts
from tests.resolvers.alerts.evaluated import Evaluated, make_destination


@pytest.fixture
async def evaluated(database: Database) -> Evaluated:
    await make_destination(database)
    return Evaluated(database)


@pytest.fixture
async def recorded(database: Database, database_url: str) -> str:
    """The URL of a database with some events."""
    await append(database, 1, random_drafts(Random(1), 50, "a"), Attempts())
    return database_url


async def _harm(database: Database) -> None:
    async with database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("UPDATE cube_totals_by_day SET errors = errors + 1")


async def test_cubes_that_agree_end_with_0(recorded: str) -> None:
    outcome = await livemeter("check", database_url=recorded)
    assert outcome.status == 0, outcome
    assert "0 rows differ" in outcome.output


async def test_cubes_that_differ_end_with_3_and_say_where(
    recorded: str, database: Database
) -> None:
    await _harm(database)
    outcome = await livemeter("check", database_url=recorded)
    assert outcome.status == 3
    assert "cube_totals_by_day (2026-" in outcome.output


async def test_after_a_repair_they_agree(recorded: str, database: Database) -> None:
    await _harm(database)
    repair = await livemeter("check", "--repair", database_url=recorded)
    again = await livemeter("check", database_url=recorded)
    assert (repair.status, again.status) == (0, 0)
    assert "made anew" in repair.output


async def test_events_that_are_not_in_the_cubes_yet_are_told(
    recorded: str, database: Database
) -> None:
    async with database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("UPDATE workspaces SET cubed_sequence = 40")
    outcome = await livemeter("check", database_url=recorded)
    assert "10 events are not in the cubes yet" in outcome.output


async def test_what_rules_cannot_be_evaluated_for_is_told(
    recorded: str, evaluated: Evaluated, database: Database
) -> None:
    rule = await evaluated.rule("10", name="Dear hour", window_minutes=44_640)
    async with database.driver() as driver:
        await driver.execute("UPDATE alert_rules SET threshold = 'NaN'")
    await evaluated.step()
    outcome = await livemeter("check", database_url=recorded)
    assert (outcome.status, outcome.errors) == (0, "")
    assert f"Alerts: the rule 'Dear hour' ({rule.id}) is not evaluated in full" in outcome.output
    assert "a limit of the rule is NaN" in outcome.output


async def test_alerts_without_problems_are_told_as_such(recorded: str) -> None:
    assert "Alerts: no problems." in (await livemeter("check", database_url=recorded)).output
