"""What a provider or gateway says it charged, on the page."""

from __future__ import annotations

import pytest
from playwright.async_api import BrowserContext, expect

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.web.ui.activity_page import ActivityPage
from tests.web.ui.inputs import call
from tests.web.ui.prices_page import PricesPage

pytestmark = pytest.mark.browser

_USAGE = {"prompt_tokens": 1_000_000, "completion_tokens": 0, "total_tokens": 1_000_000}
_BODY = {"model": "openai/gpt-4o-mini", "usage": {**_USAGE, "cost": 0.2}}
_CHARGED = {"id": "charged", "provider": "openrouter", "model": "auto", "response": _BODY}


@pytest.fixture
async def opened(
    page: ActivityPage, server: InProcessServer, keys: Keys, admin: GraphQLClient
) -> ActivityPage:
    """The details of an event that was charged otherwise, for who may manage prices."""
    await admin.record(_CHARGED, call("plain"))
    await page.open(f"{server.url}/link/{server.links.add(keys.admin)}")
    await page.row("charged").get_by_role("button", name="Details").click()
    await page.detail.get_by_test_id("reported").wait_for()
    return page


async def test_details_say_what_was_reported_and_that_it_differs(opened: ActivityPage) -> None:
    reported = opened.detail.get_by_test_id("reported")
    await expect(reported).to_contain_text("reported $0.20: more than 1 % apart.")


async def test_details_say_which_model_was_asked_for(opened: ActivityPage) -> None:
    asked = opened.detail.locator("dl.facts div").filter(has_text="Requested model")
    await expect(asked.locator("dd")).to_have_text("auto")


async def test_events_are_listed_by_how_their_charge_compares(opened: ActivityPage) -> None:
    await opened.tab.get_by_label("Reported cost", exact=True).select_option("Differs from ours")
    await opened.expect_ids("charged")


async def test_a_reported_cost_counts_by_one_click(
    opened: ActivityPage, admin: GraphQLClient
) -> None:
    await opened.tab.get_by_role("button", name="Let reported costs of openrouter count").click()
    await opened.detail.get_by_text("Reprice earlier ones on the Prices page.").wait_for()
    await admin.record({**_CHARGED, "id": "next"})
    await opened.new_events.click()
    await expect(opened.row("next").locator(".cost")).to_contain_text("$0.20")


async def test_the_prices_page_leads_back_to_the_price_book(
    context: BrowserContext, server: InProcessServer, keys: Keys, admin: GraphQLClient
) -> None:
    await admin.data(
        'mutation { useReportedCosts(provider: "openrouter", enabled: true) { provider } }'
    )
    prices = PricesPage(await context.new_page())
    await prices.tab.goto(f"{server.url}/link/{server.links.add(keys.admin)}")
    await prices.open(f"{server.url}/prices")
    await prices.button("Use the price book for openrouter").click()
    await expect(prices.tab.get_by_text("Reported costs that count")).to_have_count(0)
    assert (await admin.data("{ reportedProviders { provider } }"))["reportedProviders"] == []


async def test_the_worklist_says_that_no_usage_was_reported(
    prices: PricesPage, client: GraphQLClient
) -> None:
    await client.record({"id": "a", "provider": "openai", "model": "gpt-4o"})
    await prices.tab.reload()
    await expect(prices.worklist).to_contain_text("No usage was reported.")
    await expect(prices.button("Set a price for gpt-4o")).to_have_count(0)
