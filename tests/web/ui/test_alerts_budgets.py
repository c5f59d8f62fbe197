"""Budgets on the Alerts page: what is spent, what the month may come to, when it runs out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.async_api import expect

from models.alert_rule import AlertPeriod
from tests.conftest import Keys
from tests.livemeter_server import InProcessServer
from tests.resolvers.alerts.evaluated import Evaluated
from tests.web.ui.alerts_page import AlertsPage
from tests.web.ui.conftest import sign_in

pytestmark = pytest.mark.browser


async def _budget(evaluated: Evaluated, limit: str, *costs: str | None) -> None:
    """A month's, of which so much is spent just now."""
    await evaluated.rule(limit, name="Of the month", period=AlertPeriod.MONTH)
    await evaluated.record(*costs)


async def test_what_is_spent_is_told_to_the_last_digit(
    alerts: AlertsPage, evaluated: Evaluated
) -> None:
    await _budget(evaluated, "500", "12.3456789")
    await alerts.open("budgets")
    await expect(alerts.budgets).to_contain_text("$12.3456789 of $500.00")
    await expect(alerts.budgets).to_contain_text("$487.6543211")


async def test_a_budget_that_is_spent_says_when_it_was(
    alerts: AlertsPage, evaluated: Evaluated
) -> None:
    await _budget(evaluated, "10", "12.5")
    await alerts.open("budgets")
    await expect(alerts.budgets).to_contain_text("Over by$2.50")
    await expect(alerts.budgets).to_contain_text("Reached on")


async def test_with_few_days_nothing_is_foretold(alerts: AlertsPage, evaluated: Evaluated) -> None:
    await _budget(evaluated, "500", "1")
    await alerts.open("budgets")
    await expect(alerts.budgets).to_contain_text("not known: fewer than three days")


async def test_with_more_days_the_month_has_a_range(
    alerts: AlertsPage, evaluated: Evaluated
) -> None:
    await _budget(evaluated, "500", "1")
    for days in range(1, 8):
        cost = Decimal(days % 3 + 1)
        await evaluated.record(cost, at=evaluated.now - timedelta(days=days))
    await alerts.open("budgets")
    await expect(alerts.budgets.get_by_title("Four times in five")).to_contain_text("$")
    await expect(alerts.budgets.locator(".forecast-range")).to_have_count(1)


async def test_what_has_no_price_is_told(alerts: AlertsPage, evaluated: Evaluated) -> None:
    await _budget(evaluated, "500", "1", None)
    await alerts.open("budgets")
    await expect(alerts.budgets).to_contain_text("more is spent than is told")


async def test_a_budget_is_made_from_the_page(alerts: AlertsPage) -> None:
    await alerts.open("budgets")
    await alerts.button("New budget…").click()
    await alerts.field("Amount").fill("750")
    await alerts.button("Make the rule").click()
    await expect(alerts.budgets).to_contain_text("$0.00 of $750.00")


async def test_a_member_sees_budgets_and_changes_none(
    alerts: AlertsPage, evaluated: Evaluated, server: InProcessServer, keys: Keys
) -> None:
    await _budget(evaluated, "500", "1")
    await sign_in(alerts, server, keys.read)
    await alerts.open("budgets")
    await expect(alerts.budgets).to_be_visible()
    await expect(alerts.tab.get_by_role("main").get_by_role("button")).to_have_count(0)
