"""The bell on every page: how many alerts are open, what goes on, and who knows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import expect

from models.alert_firing import FiringState
from resolvers.analytics.dimension import Dimension
from tests.conftest import Keys
from tests.livemeter_server import InProcessServer
from tests.resolvers.alerts.evaluated import Evaluated
from tests.web.ui.activity_page import ActivityPage
from tests.web.ui.alerts_page import AlertsPage
from tests.web.ui.conftest import sign_in

pytestmark = pytest.mark.browser

_PAGES = ("activity", "analytics", "alerts", "prices", "keys", "members")


async def _fire(evaluated: Evaluated, *customers: str) -> None:
    """A rule on each customer, and those who pass it."""
    await evaluated.rule("10", name="Dear customer", per=Dimension("CUSTOMER"))
    for customer in customers:
        await evaluated.record("12.5", customer_id=customer)
    await evaluated.step()


@pytest.mark.parametrize("path", _PAGES)
async def test_each_page_tells_how_many_are_open(
    alerts: AlertsPage, evaluated: Evaluated, path: str
) -> None:
    await _fire(evaluated, "acme", "globex")
    await alerts.tab.goto(f"{alerts.url}/{path}")
    await expect(alerts.bell(2)).to_have_text("2")


async def test_without_alerts_the_bell_is_quiet(alerts: AlertsPage) -> None:
    await alerts.tab.goto(f"{alerts.url}/prices")
    await alerts.bell(0).click()
    await expect(alerts.panel).to_contain_text("All quiet")


async def test_a_firing_is_told_as_it_begins_and_as_it_ends(
    alerts: AlertsPage, evaluated: Evaluated
) -> None:
    await alerts.tab.goto(f"{alerts.url}/prices")
    await alerts.bell(0).wait_for()
    await _fire(evaluated, "acme")
    await alerts.bell(1).wait_for()
    await evaluated.pass_time(timedelta(minutes=70))
    await alerts.bell(0).wait_for()


async def test_a_screen_reader_hears_of_a_new_alert(
    alerts: AlertsPage, evaluated: Evaluated
) -> None:
    await alerts.tab.goto(f"{alerts.url}/prices")
    await alerts.bell(0).wait_for()
    await _fire(evaluated, "acme")
    status = alerts.tab.locator(".bell").get_by_role("status")
    await expect(status).to_have_text("New alert: Dear customer, acme.")


async def test_what_went_on_before_is_not_announced(
    alerts: AlertsPage, evaluated: Evaluated
) -> None:
    await _fire(evaluated, "acme")
    await alerts.tab.goto(f"{alerts.url}/prices")
    await alerts.bell(1).wait_for()
    await expect(alerts.tab.locator(".bell").get_by_role("status")).to_be_empty()


async def test_the_panel_has_rule_key_value_and_limit(
    alerts: AlertsPage, evaluated: Evaluated
) -> None:
    await _fire(evaluated, "acme")
    await alerts.tab.goto(f"{alerts.url}/prices")
    await alerts.bell(1).click()
    row = alerts.panel.get_by_role("listitem")
    await expect(row).to_contain_text("Dear customer")
    await expect(row).to_contain_text("acme")
    await expect(row).to_contain_text("$12.50, limit $10.00")


async def test_an_admin_acknowledges_from_the_panel(
    alerts: AlertsPage, evaluated: Evaluated
) -> None:
    await _fire(evaluated, "acme")
    await alerts.tab.goto(f"{alerts.url}/prices")
    await alerts.bell(1).click()
    await alerts.button("Acknowledge Dear customer, acme").click()
    await expect(alerts.panel.get_by_role("listitem")).to_contain_text("knows")
    await alerts.bell(0).wait_for()
    assert len(await evaluated.firings(FiringState.ACKNOWLEDGED)) == 1


async def test_a_member_sees_alerts_and_cannot_acknowledge(
    alerts: AlertsPage, evaluated: Evaluated, server: InProcessServer, keys: Keys
) -> None:
    await _fire(evaluated, "acme")
    await sign_in(alerts, server, keys.read)
    await alerts.tab.goto(f"{alerts.url}/prices")
    await alerts.bell(1).click()
    await alerts.panel.get_by_text("Dear customer").wait_for()
    await expect(alerts.panel.get_by_role("button")).to_have_count(0)


async def test_the_panel_leads_to_all_alerts(alerts: AlertsPage) -> None:
    await alerts.tab.goto(f"{alerts.url}/prices")
    await alerts.bell(0).click()
    await alerts.panel.get_by_role("link", name="All alerts").click()
    await expect(alerts.tab).to_have_title("Alerts · Livemeter")
    await expect(alerts.panel).to_have_count(0)


async def test_escape_closes_the_panel_and_leaves_the_focus_at_the_bell(
    alerts: AlertsPage,
) -> None:
    await alerts.tab.goto(f"{alerts.url}/prices")
    await alerts.bell(0).click()
    await alerts.panel.wait_for()
    await alerts.tab.keyboard.press("Escape")
    await expect(alerts.panel).to_have_count(0)
    await expect(alerts.bell(0)).to_be_focused()


async def test_another_workspaces_alerts_are_not_told(
    alerts: AlertsPage, evaluated: Evaluated, keys: Keys
) -> None:
    await _fire(evaluated, "acme")
    await alerts.tab.goto(f"{alerts.url}/prices")
    await alerts.bell(1).wait_for()
    await alerts.button("Sign out").click()
    await alerts.button("Use an API key").click()
    await alerts.tab.get_by_label("API key").fill(keys.other)
    await alerts.button("Sign in").click()
    await alerts.bell(0).wait_for()


async def test_pages_go_on_where_the_bells_script_cannot_be_had(activity: ActivityPage) -> None:
    activity.expect_complaint("ERR_FAILED")
    await activity.tab.route("**/assets/alert-bell*", lambda route: route.abort())
    await activity.tab.reload()
    await activity.expect_live()


async def test_a_phone_has_no_overflow_with_the_panel(
    alerts: AlertsPage, evaluated: Evaluated
) -> None:
    await alerts.resize(390, 844)
    await _fire(evaluated, "a-customer-with-a-name-that-does-not-end-" * 4)
    await alerts.tab.goto(f"{alerts.url}/prices")
    await alerts.bell(1).click()
    await alerts.panel.get_by_text("Dear customer").wait_for()
    assert await alerts.overflow() == 0
