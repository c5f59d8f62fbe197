"""What alert rules cannot be evaluated for, on the Alerts page."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from models.database import Database
from tests.resolvers.alerts.evaluated import Evaluated
from tests.web.ui.alerts_page import AlertsPage

pytestmark = pytest.mark.browser


async def _run(database: Database, statement: str) -> None:
    async with database.driver() as driver:
        await driver.execute(statement)


async def test_a_page_without_problems_says_nothing_of_them(alerts: AlertsPage) -> None:
    await alerts.open()
    await alerts.tab.get_by_text("Nothing is watched yet").wait_for()
    await expect(alerts.problems).to_have_count(0)


async def test_a_rule_that_cannot_be_evaluated_is_named(
    alerts: AlertsPage, evaluated: Evaluated
) -> None:
    rule = await evaluated.rule("10", name="Dear hour")
    change = f"UPDATE alert_rules SET threshold = 'NaN' WHERE id = '{rule.id}'"
    await _run(evaluated.database, change)
    await evaluated.step()
    await alerts.open()
    await expect(alerts.problems).to_contain_text("“Dear hour” is not evaluated in full")
    await expect(alerts.problems).to_contain_text("a limit of the rule is NaN")


async def test_events_that_could_not_be_counted_are_named(
    alerts: AlertsPage, evaluated: Evaluated
) -> None:
    await evaluated.rule("10")
    await evaluated.step()
    await evaluated.record("1", "2")
    await _run(evaluated.database, "UPDATE usage_events SET cost = 'NaN'")
    await evaluated.step()
    await alerts.open("rules")
    await expect(alerts.problems).to_contain_text("2 events could not be counted: e1, e2.")
