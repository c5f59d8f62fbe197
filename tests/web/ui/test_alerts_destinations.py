"""Destinations on the Alerts page: made, tried, renewed, deleted; and what did not arrive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import BrowserContext, expect

from models.database import Database
from resolvers.alerts.delivery_settings import DeliverySettings
from tests.alert_receiver import AlertReceiver
from tests.alerts import add_destination, put
from tests.conftest import Keys
from tests.livemeter_server import InProcessServer
from tests.resolvers.alerts.evaluated import Evaluated
from tests.web.ui.alerts_page import AlertsPage
from tests.web.ui.conftest import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
async def receiver() -> AsyncIterator[AlertReceiver]:
    async with AlertReceiver() as receiver:
        yield receiver


@pytest.fixture
async def sending(
    context: BrowserContext, database_url: str, keys: Keys
) -> AsyncIterator[AlertsPage]:
    """The Alerts page of a server that sends, to this machine too."""
    settings = DeliverySettings(allow_private=True)
    async with InProcessServer(database_url, delivery=settings) as server:
        page = AlertsPage(await context.new_page(), server.url)
        await page.watch()
        await sign_in(page, server, keys.admin)
        yield page
        await page.tab.close()
    assert page.complaints == []


async def _make(page: AlertsPage, url: str, name: str = "on call") -> None:
    await page.open("destinations")
    await page.button("New destination…").click()
    await page.field("Name").fill(name)
    await page.field("URL").fill(url)
    await page.button("Make the destination").click()


async def test_a_webhooks_secret_is_shown_this_once(
    sending: AlertsPage, receiver: AlertReceiver
) -> None:
    await _make(sending, receiver.url)
    secret = await sending.tab.get_by_test_id("secret").inner_text()
    assert secret.startswith("whsec_")
    await sending.button("I have kept it").click()
    await expect(sending.destination("on call")).to_contain_text("127.0.0.1")
    await sending.tab.reload()
    await sending.destination("on call").wait_for()
    assert secret not in await sending.tab.content()


async def test_a_chat_has_no_secret(sending: AlertsPage, receiver: AlertReceiver) -> None:
    await sending.open("destinations")
    await sending.button("New destination…").click()
    await sending.field("Name").fill("chat")
    await sending.dialog.get_by_label("Slack").check()
    await sending.field("URL").fill(receiver.url)
    await sending.button("Make the destination").click()
    await sending.button("Close").click()
    await expect(sending.destination("chat")).to_contain_text("Slack")
    await expect(sending.button("New secret of chat")).to_have_count(0)


async def test_what_is_wrong_is_told_at_its_field(sending: AlertsPage) -> None:
    await _make(sending, "no address")
    await expect(sending.field("URL")).to_have_attribute("aria-invalid", "true")


async def test_e_mail_that_is_not_set_up_is_told(sending: AlertsPage) -> None:
    await sending.open("destinations")
    await sending.button("New destination…").click()
    await sending.field("Name").fill("mail")
    await sending.dialog.get_by_label("E-mail").check()
    await sending.field("Addresses").fill("ops@example.com, ada@example.com")
    await sending.button("Make the destination").click()
    await expect(sending.dialog.get_by_role("alert")).to_contain_text("sends no e-mail yet")


async def test_a_test_that_arrives_says_so(
    sending: AlertsPage, database: Database, receiver: AlertReceiver
) -> None:
    await add_destination(database, receiver.url)
    await sending.open("destinations")
    await sending.button("Send a test to on call").click()
    await expect(sending.destination("on call")).to_contain_text("It arrived. It answered 200.")
    assert len(receiver.received) == 1


async def test_a_test_that_does_not_arrive_says_why(
    sending: AlertsPage, database: Database, receiver: AlertReceiver
) -> None:
    receiver.status = 404
    await add_destination(database, receiver.url)
    await sending.open("destinations")
    await sending.button("Send a test to on call").click()
    await expect(sending.destination("on call")).to_contain_text("It did not arrive:")


async def test_what_was_given_up_is_sent_again(
    sending: AlertsPage, database: Database, receiver: AlertReceiver
) -> None:
    destination = await add_destination(database, receiver.url)
    await _give_up(database, destination)
    await sending.open("destinations")
    await expect(sending.deliveries).to_contain_text("the receiver was away")
    await sending.tab.get_by_role("button", name="Send again").click()
    await sending.tab.get_by_text("Nothing was given up").wait_for()
    await sending.tab.get_by_label("Sent", exact=True).check(force=True)
    await expect(sending.deliveries).to_contain_text("on call")
    assert len(receiver.received) == 1


async def test_all_that_was_given_up_is_sent_again(
    sending: AlertsPage, database: Database, receiver: AlertReceiver
) -> None:
    destination = await add_destination(database, receiver.url)
    await _give_up(database, destination, count=3)
    await sending.open("destinations")
    await expect(sending.deliveries).to_have_count(3)
    await sending.button("Send all to on call again").click()
    await sending.tab.get_by_text("Nothing was given up").wait_for()


async def test_a_secret_is_renewed_after_asking(
    sending: AlertsPage, database: Database, receiver: AlertReceiver
) -> None:
    await add_destination(database, receiver.url)
    await sending.open("destinations")
    await sending.button("New secret of on call").click()
    await sending.button("Make a new secret").click()
    await expect(sending.tab.get_by_test_id("secret")).to_contain_text("whsec_")


async def test_a_destination_is_deleted_after_asking(
    sending: AlertsPage, database: Database, receiver: AlertReceiver
) -> None:
    await add_destination(database, receiver.url)
    await sending.open("destinations")
    await sending.button("Delete on call").click()
    await sending.button("Delete the destination").click()
    await sending.tab.get_by_text("Nobody is told yet").wait_for()


async def test_a_rule_tells_whom_one_chooses(
    alerts: AlertsPage, evaluated: Evaluated, database: Database
) -> None:
    await alerts.open("rules")
    await alerts.button("Tenfold hour").click()
    await alerts.dialog.get_by_role("checkbox", name="test").check()
    await alerts.button("Make the rule").click()
    await expect(alerts.rule("Tenfold hour")).to_contain_text("Tells test.")


async def test_a_member_sees_where_to_and_changes_nothing(
    alerts: AlertsPage, evaluated: Evaluated, server: InProcessServer, keys: Keys
) -> None:
    await sign_in(alerts, server, keys.read)
    await alerts.open("destinations")
    await expect(alerts.destination("test")).to_contain_text("127.0.0.1")
    await expect(alerts.tab.get_by_role("main").get_by_role("button")).to_have_count(0)
    await expect(alerts.tab.get_by_text("Deliveries")).to_have_count(0)


async def test_a_phone_has_no_overflow_with_what_was_given_up(
    sending: AlertsPage, database: Database
) -> None:
    await sending.resize(390, 844)
    destination = await add_destination(database, "http://127.0.0.1:9/" + "long" * 40)
    await _give_up(database, destination)
    await sending.open("destinations")
    await sending.deliveries.first.wait_for()
    assert await sending.overflow() == 0


async def _give_up(database: Database, destination: str, count: int = 1) -> None:
    """Messages that nobody took for a day."""
    # Not to be sent before they are given up.
    later = datetime.now(UTC) + timedelta(days=1)
    for number in range(count):
        await put(database, destination, key=f"firing_{number}", now=later)
    async with database.driver() as driver:
        await driver.execute(
            "UPDATE alert_deliveries SET state = 'DEAD', ended_at = now(), attempts = 12, "
            "last_error = 'the receiver was away'"
        )
