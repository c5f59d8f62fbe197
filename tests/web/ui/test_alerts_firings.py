"""Firings on the Alerts page: what goes on, what is over, and what was acknowledged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import expect

from models.alert_firing import FiringState
from models.alert_rule import AlertCondition, AlertMeasure
from resolvers.analytics.dimension import Dimension
from tests.conftest import Keys
from tests.livemeter_server import InProcessServer
from tests.resolvers.alerts.evaluated import Evaluated
from tests.web.ui.alerts_page import AlertsPage
from tests.web.ui.conftest import sign_in

pytestmark = pytest.mark.browser


async def _fire(evaluated: Evaluated, count: int, name: str = "Dear customer") -> None:
    await evaluated.rule("10", name=name, per=Dimension("CUSTOMER"))
    for number in range(count):
        await evaluated.record("12.5", customer_id=f"customer-{number:03}")
    await evaluated.step()


async def test_without_rules_the_page_offers_some(alerts: AlertsPage) -> None:
    await alerts.open()
    await alerts.tab.get_by_text("Nothing is watched yet").wait_for()
    await alerts.button("Tenfold hour").click()
    await expect(alerts.field("Name")).to_have_value("Tenfold hour")


async def test_a_firing_appears_without_a_reload(alerts: AlertsPage, evaluated: Evaluated) -> None:
    await evaluated.rule("10", name="Dear hour")
    await alerts.open()
    await alerts.tab.get_by_text("nothing goes on").wait_for()
    await evaluated.record("12.5")
    await evaluated.step()
    await expect(alerts.firing("Dear hour")).to_contain_text("$12.50")


async def test_what_is_over_goes_to_the_history(alerts: AlertsPage, evaluated: Evaluated) -> None:
    await _fire(evaluated, 1)
    await alerts.open(state="over")
    await alerts.tab.get_by_text("Nothing fired and was over yet").wait_for()
    await evaluated.pass_time(timedelta(minutes=70))
    await expect(alerts.firing("customer-000")).to_contain_text("1 h")


async def test_a_rate_is_told_in_percent(alerts: AlertsPage, evaluated: Evaluated) -> None:
    rate = AlertMeasure.ERROR_RATE
    await evaluated.rule("0.125", name="Errors", measure=rate, minimum_events=1)
    await evaluated.record(None, outcome="ERROR")
    await evaluated.step()
    await alerts.open()
    await expect(alerts.firing("Errors")).to_contain_text("100 %")
    await expect(alerts.firing("Errors")).to_contain_text("12.5 %")


async def test_silence_has_no_amount(alerts: AlertsPage, evaluated: Evaluated) -> None:
    await evaluated.rule(
        None,
        name="Silence",
        measure=AlertMeasure.EVENTS,
        condition=AlertCondition.NO_DATA,
        window_minutes=15,
    )
    await evaluated.record("1")
    await evaluated.step()
    await evaluated.pass_time(timedelta(minutes=20))
    await alerts.open()
    await expect(alerts.firing("Silence")).to_contain_text("no events")


async def test_all_that_is_open_is_acknowledged_at_once(
    alerts: AlertsPage, evaluated: Evaluated
) -> None:
    await _fire(evaluated, 3)
    await alerts.open()
    await alerts.button("Acknowledge 3 firings").click()
    await expect(alerts.firing("Acknowledged")).to_have_count(3)
    assert await evaluated.firings(FiringState.OPEN) == []


async def test_acknowledging_by_another_is_seen(alerts: AlertsPage, evaluated: Evaluated) -> None:
    await _fire(evaluated, 1)
    second = AlertsPage(await alerts.tab.context.new_page(), alerts.url)
    await alerts.open()
    await second.open()
    await second.button("Acknowledge Dear customer, customer-000").click()
    await expect(alerts.firing("customer-000")).to_contain_text("Acknowledged by admin")


async def test_a_member_sees_firings_and_changes_nothing(
    alerts: AlertsPage, evaluated: Evaluated, server: InProcessServer, keys: Keys
) -> None:
    await _fire(evaluated, 2)
    await sign_in(alerts, server, keys.read)
    await alerts.open()
    await expect(alerts.firings).to_have_count(2)
    await expect(alerts.tab.get_by_role("button", name="Acknowledge")).to_have_count(0)


async def test_more_are_shown_when_one_wants_them(alerts: AlertsPage, evaluated: Evaluated) -> None:
    await _fire(evaluated, 60)
    await alerts.open()
    await expect(alerts.firings).to_have_count(50)
    await alerts.button("Show more").click()
    await expect(alerts.firings).to_have_count(60)
    await expect(alerts.button("Show more")).to_have_count(0)


async def test_firings_of_one_rule_are_shown(alerts: AlertsPage, evaluated: Evaluated) -> None:
    await evaluated.rule("10", name="Dear hour")
    await _fire(evaluated, 1)
    await alerts.open()
    await expect(alerts.firings).to_have_count(2)
    await alerts.tab.get_by_label("Rule", exact=True).select_option("Dear hour")
    await expect(alerts.firings).to_have_count(1)
    await alerts.tab.reload()
    await expect(alerts.firings).to_have_count(1)
    await expect(alerts.firing("Dear hour")).to_be_visible()


async def test_firings_of_one_state_are_shown(alerts: AlertsPage, evaluated: Evaluated) -> None:
    await _fire(evaluated, 2)
    await alerts.open()
    await alerts.button("Acknowledge Dear customer, customer-001").click()
    await alerts.firing("Acknowledged").wait_for()
    await alerts.tab.get_by_label("Open", exact=True).check(force=True)
    await expect(alerts.firings).to_have_count(1)
    await expect(alerts.firing("customer-000")).to_be_visible()


async def test_what_was_missed_while_disconnected_is_caught_up(
    alerts: AlertsPage, evaluated: Evaluated
) -> None:
    alerts.expect_complaint("ERR_INTERNET_DISCONNECTED")
    alerts.expect_complaint("WebSocket connection")
    await evaluated.rule("10", name="Dear hour")
    await alerts.open()
    await alerts.tab.context.set_offline(True)
    await expect(alerts.connection).not_to_have_attribute("data-state", "live")
    await evaluated.record("12.5")
    await evaluated.step()
    await alerts.tab.context.set_offline(False)
    await alerts.firing("Dear hour").wait_for()
    await expect(alerts.connection).to_have_attribute("data-state", "live")


@pytest.mark.parametrize("view", ["firings", "rules", "budgets", "destinations"])
async def test_a_phone_has_no_overflow(alerts: AlertsPage, evaluated: Evaluated, view: str) -> None:
    await alerts.resize(390, 844)
    await evaluated.rule("10", name="A name that does not end " * 8, per=Dimension("CUSTOMER"))
    await evaluated.record("12.5", customer_id="a-customer-with-a-name-that-does-not-end-" * 4)
    await evaluated.step()
    await alerts.open(view)
    await alerts.bell(1).wait_for()
    await alerts.frame()
    assert await alerts.overflow() == 0
