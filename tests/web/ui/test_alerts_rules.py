"""Rules on the Alerts page: made, tested against what was, changed, paused and deleted."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.async_api import expect

from models.alert_rule import AlertCondition, AlertMeasure, AlertRule, read_rules
from models.database import Database
from models.metadata_match import MetadataMatch
from models.reach import Reach
from models.usage_filter import UsageFilter
from resolvers.analytics.dimension import Dimension
from tests.conftest import Keys
from tests.livemeter_server import InProcessServer
from tests.resolvers.alerts.evaluated import Evaluated
from tests.web.ui.alerts_page import AlertsPage
from tests.web.ui.conftest import sign_in

pytestmark = pytest.mark.browser


async def _rules(database: Database) -> list[AlertRule]:
    async with database.read(Reach(1)) as session:
        return await read_rules(session, 1)


async def _begin(alerts: AlertsPage, name: str = "Dear customer") -> None:
    """A new rule, with a name, in the form."""
    await alerts.open("rules")
    await alerts.tab.get_by_role("button", name="New rule…").click()
    await alerts.field("Name").fill(name)


async def test_a_rule_that_is_made_is_listed_with_what_it_does(
    alerts: AlertsPage, database: Database
) -> None:
    await _begin(alerts)
    await alerts.field("Of").select_option("each customer")
    await alerts.field("Amount").fill("$50")
    await alerts.button("Make the rule").click()
    await expect(alerts.rule("Dear customer")).to_contain_text(
        "Cost of each customer reaches $50.00 within 1 hour."
    )
    [rule] = await _rules(database)
    assert (rule.per, rule.threshold, rule.window_minutes) == ("customer_id", Decimal(50), 60)


async def test_a_share_is_typed_in_percent(alerts: AlertsPage, database: Database) -> None:
    await _begin(alerts)
    await alerts.field("Watch").select_option("Error rate")
    await alerts.field("Amount").fill("2.5 %")
    await expect(alerts.sentence).to_contain_text("Error rate reaches 2.5 % within 1 hour")
    await alerts.button("Make the rule").click()
    await alerts.rule("Dear customer").wait_for()
    [rule] = await _rules(database)
    assert (rule.measure, rule.threshold) == (AlertMeasure.ERROR_RATE, Decimal("0.025"))


async def test_a_month_is_one_of_its_time_zone(alerts: AlertsPage, database: Database) -> None:
    await _begin(alerts)
    await alerts.field("Amount").fill("500")
    await alerts.field("Within").select_option("a calendar month")
    await alerts.field("Time zone").focus()
    await alerts.field("Time zone").select_option("Europe/Paris")
    await alerts.button("Make the rule").click()
    await expect(alerts.rule("Dear customer")).to_contain_text("(Europe/Paris)")
    [rule] = await _rules(database)
    assert (rule.period, rule.time_zone) == ("MONTH", "Europe/Paris")


async def test_a_rule_is_narrowed_by_a_filter(alerts: AlertsPage, database: Database) -> None:
    await _begin(alerts)
    await alerts.field("Amount").fill("5")
    await alerts.dialog.get_by_text("Of all events").click()
    await alerts.field("Model").fill("gpt-4o")
    await alerts.field("Model").press("Enter")
    await expect(alerts.sentence).to_contain_text("Cost where model is gpt-4o reaches $5.00")
    await alerts.button("Make the rule").click()
    await alerts.rule("Dear customer").wait_for()
    [rule] = await _rules(database)
    assert rule.filter == UsageFilter(model=("gpt-4o",))


async def test_silence_asks_for_no_amount(alerts: AlertsPage, database: Database) -> None:
    await _begin(alerts)
    await alerts.field("Fire when it").select_option("stops: nothing is recorded")
    await expect(alerts.field("Amount")).to_have_count(0)
    await alerts.button("Make the rule").click()
    await expect(alerts.rule("Dear customer")).to_contain_text("There are no events for 1 hour.")
    [rule] = await _rules(database)
    assert rule.condition is AlertCondition.NO_DATA


async def test_a_spike_offers_no_window_that_it_cannot_have(alerts: AlertsPage) -> None:
    await _begin(alerts)
    await alerts.field("Within").select_option("a calendar month")
    await alerts.field("Fire when it").select_option("lies far above what is usual")
    await expect(alerts.field("Within")).to_have_value("60")
    disabled = alerts.field("Within").locator("option:disabled")
    await expect(disabled).to_have_text(["7 days", "31 days"])


async def test_what_is_too_little_is_under_more(alerts: AlertsPage, database: Database) -> None:
    await _begin(alerts)
    await alerts.field("Fire when it").select_option("rises to a multiple of the time before")
    await alerts.field("Factor").fill("10")
    await alerts.dialog.get_by_text("More: what is too little").click()
    await alerts.field("At least").fill("2.50")
    await expect(alerts.sentence).to_contain_text(
        "Cost within 1 hour reaches 10 times that of the hour before, and is at least $2.50."
    )
    await alerts.button("Make the rule").click()
    await alerts.rule("Dear customer").wait_for()
    [rule] = await _rules(database)
    assert rule.minimum == Decimal("2.50")


async def test_what_is_missing_is_told_at_its_field(alerts: AlertsPage) -> None:
    await _begin(alerts, name="")
    await alerts.button("Make the rule").click()
    await expect(alerts.field("Name")).to_be_focused()
    for label in ("Name", "Amount"):
        await expect(alerts.field(label)).to_have_attribute("aria-invalid", "true")


async def test_what_the_server_refuses_is_told_at_its_field(alerts: AlertsPage) -> None:
    await _begin(alerts)
    await alerts.field("Watch").select_option("Error rate")
    await alerts.field("Amount").fill("200")
    await alerts.button("Make the rule").click()
    await expect(alerts.field("Amount")).to_have_attribute("aria-invalid", "true")
    await expect(alerts.dialog.locator(".field .problem")).to_contain_text("at most 1")


async def test_a_rule_is_tested_before_it_is_made(
    alerts: AlertsPage, evaluated: Evaluated, database: Database
) -> None:
    for days, customer in ((3, "acme"), (2, "acme"), (1, "globex")):
        at = evaluated.now - timedelta(days=days)
        await evaluated.record("12.5", at=at, customer_id=customer)
    await _begin(alerts)
    await alerts.field("Of").select_option("each customer")
    await alerts.field("Amount").fill("10")
    await alerts.button("Test against the last 30 days").click()
    await expect(alerts.preview).to_contain_text("It would have fired 3 times for 2 customers.")
    await expect(alerts.tab.get_by_test_id("preview-firing").first).to_contain_text("globex")
    assert await _rules(database) == []


async def test_a_test_that_finds_nothing_says_so(alerts: AlertsPage) -> None:
    await _begin(alerts, name="")
    await alerts.field("Amount").fill("10")
    await alerts.button("Test against the last 30 days").click()
    await expect(alerts.preview).to_contain_text("It would not have fired.")


async def test_a_test_is_not_of_what_was_changed_since(alerts: AlertsPage) -> None:
    await _begin(alerts)
    await alerts.field("Amount").fill("10")
    await alerts.button("Test against the last 30 days").click()
    await alerts.preview.wait_for()
    await alerts.field("Amount").fill("20")
    await expect(alerts.preview).to_have_count(0)


async def test_a_rule_is_changed_and_keeps_the_rest(
    alerts: AlertsPage, evaluated: Evaluated, database: Database
) -> None:
    matches = (MetadataMatch("tier", "gold"), MetadataMatch("team", "a", ("name",)))
    kept: dict[str, Any] = {
        "per": Dimension("USER"),
        "window_minutes": 90,
        "filter": UsageFilter(model=("gpt-4o", None), metadata=matches),
    }
    made = await evaluated.rule("10", name="Dear user", **kept)
    await alerts.open("rules")
    await expect(alerts.rule("Dear user")).to_contain_text("metadata has team / name = a")
    await alerts.button("Change Dear user").click()
    await alerts.field("Amount").fill("20")
    await alerts.button("Save the rule").click()
    await expect(alerts.rule("Dear user")).to_contain_text("reaches $20.00 within 90 minutes")
    [rule] = await _rules(database)
    assert (rule.id, rule.per, rule.window_minutes) == (made.id, made.per, 90)
    assert rule.filter == made.filter


async def test_a_rule_is_paused_and_goes_on(
    alerts: AlertsPage, evaluated: Evaluated, database: Database
) -> None:
    await evaluated.rule("10", name="Dear hour")
    await alerts.open("rules")
    await alerts.button("Pause Dear hour").click()
    await expect(alerts.rule("Dear hour")).to_contain_text("Paused")
    assert not (await _rules(database))[0].is_enabled
    await alerts.button("Resume Dear hour").click()
    await expect(alerts.rule("Dear hour")).to_contain_text("Enabled")


async def test_a_rule_is_deleted_only_after_asking(
    alerts: AlertsPage, evaluated: Evaluated, database: Database
) -> None:
    await evaluated.rule("10", name="Dear hour")
    await alerts.open("rules")
    await alerts.button("Delete Dear hour").click()
    await alerts.button("Keep it").click()
    await expect(alerts.rule("Dear hour")).to_be_visible()
    await alerts.button("Delete Dear hour").click()
    await alerts.button("Delete the rule").click()
    await alerts.tab.get_by_text("Nothing is watched yet").wait_for()
    assert await _rules(database) == []


async def test_a_rule_tells_what_goes_on_and_leads_there(
    alerts: AlertsPage, evaluated: Evaluated
) -> None:
    await evaluated.rule("10", name="Dear hour")
    await evaluated.rule("10", name="Dear customer", per=Dimension("CUSTOMER"))
    for customer in ("acme", "globex"):
        await evaluated.record("12.5", customer_id=customer)
    await evaluated.step()
    await alerts.open("rules")
    await alerts.rule("Dear customer").get_by_role("link", name="2").click()
    await expect(alerts.firings).to_have_count(2)


async def test_a_member_sees_rules_and_changes_none(
    alerts: AlertsPage, evaluated: Evaluated, server: InProcessServer, keys: Keys
) -> None:
    await evaluated.rule("10", name="Dear hour")
    await sign_in(alerts, server, keys.read)
    await alerts.open("rules")
    await expect(alerts.rule("Dear hour")).to_be_visible()
    await expect(alerts.tab.get_by_role("main").get_by_role("button")).to_have_count(0)


async def test_a_member_without_rules_is_told_who_makes_them(
    alerts: AlertsPage, server: InProcessServer, keys: Keys
) -> None:
    await sign_in(alerts, server, keys.read)
    await alerts.open("rules")
    await alerts.tab.get_by_text("An admin of this workspace makes rules.").wait_for()
    await expect(alerts.button("Tenfold hour")).to_have_count(0)


async def test_a_phone_has_no_overflow_with_the_form(alerts: AlertsPage) -> None:
    await alerts.resize(390, 844)
    await _begin(alerts)
    await alerts.dialog.get_by_text("Of all events").click()
    assert await alerts.overflow() == 0
