"""The list of prices: found, opened, and told from where they are."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from models.database import Database
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.web.ui.activity_page import ActivityPage
from tests.web.ui.inputs import call
from tests.web.ui.prices_page import PricesPage

pytestmark = pytest.mark.browser


async def test_a_search_finds_models_by_parts_of_their_names(prices: PricesPage) -> None:
    await prices.search.fill("anthropic sonnet-4-5")
    await expect(prices.rows.filter(has_not_text="sonnet-4-5")).to_have_count(0)
    assert (await prices.cells("claude-sonnet-4-5"))[:6] == [
        "",
        "claude-sonnet-4-5",
        "anthropic",
        "$3.00",
        "$15.00",
        "$0.30",
    ]


async def test_a_search_is_in_the_address(prices: PricesPage) -> None:
    await prices.search.fill("sonnet-4-5")
    await expect(prices.tab).to_have_url(re.compile(r"/prices\?search=sonnet-4-5$"))


async def test_a_search_without_a_hit_leads_back_to_all_prices(prices: PricesPage) -> None:
    await prices.search.fill("no-such-model")
    await prices.tab.get_by_text("No price found").wait_for()
    await prices.button("Show all prices").click()
    await expect(prices.rows).not_to_have_count(0)


async def test_a_providers_prices_can_be_seen_alone(prices: PricesPage) -> None:
    await prices.provider.fill("cerebras")
    await prices.provider.press("Enter")
    await expect(prices.tab).to_have_url(re.compile(r"\?provider=cerebras$"))
    await expect(prices.rows.filter(has_not_text="cerebras")).to_have_count(0)


async def test_further_prices_load_as_one_scrolls_each_of_them_once(prices: PricesPage) -> None:
    await expect(prices.rows).to_have_count(50)
    await prices.scroller.evaluate("(element) => element.scrollTo(0, element.scrollHeight)")
    await expect(prices.rows).not_to_have_count(50)
    subjects = await prices.rows.evaluate_all("rows => rows.map((row) => row.dataset.subject)")
    assert len(subjects) == len(set(subjects)) > 50


async def test_a_row_opens_to_its_rates_for_every_kind_of_request(
    prices: PricesPage, server: InProcessServer
) -> None:
    await prices.look_at(server.url, "google", "gemini-2.5-pro")
    heads = await prices.rates.locator("thead").inner_text()
    assert "> 200,000" in heads
    lines = await prices.rate_lines()
    assert lines[0].startswith("input_tokens / 1M $1.25 $2.50")


async def test_a_row_opens_by_the_keyboard(prices: PricesPage) -> None:
    await prices.rows.first.get_by_role("button").focus()
    await prices.tab.keyboard.press("ArrowDown")
    await prices.tab.keyboard.press("Enter")
    await expect(prices.detail).to_be_visible()
    await prices.tab.keyboard.press("Escape")
    await expect(prices.detail).to_have_count(0)


async def test_prices_by_hours_of_the_day_are_one_row(
    prices: PricesPage, server: InProcessServer
) -> None:
    await prices.look_at(server.url, "deepseek", "deepseek-reasoner")
    await expect(prices.rows).to_have_count(1)
    hours = prices.past_prices.filter(has_text=re.compile("00:30.16:30 UTC"))
    await expect(hours).to_have_count(1)


async def test_the_catalogue_is_told_with_its_version_and_age(prices: PricesPage) -> None:
    await expect(prices.catalogue).to_have_text(
        re.compile(r"^genai-prices \(bundled\) [\d.+]+ · [\d,]+ models · updated .+( ago|now)$")
    )


async def test_a_problem_of_the_catalogue_is_told_with_what_to_do(
    prices: PricesPage, database: Database
) -> None:
    async with database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(
            "UPDATE catalogue SET problem = 'Held back: let it in by `livemeter prices accept`.'"
        )
    await prices.tab.reload()
    await expect(prices.tab.get_by_role("alert")).to_contain_text("Held back")
    await expect(prices.button("Copy the command")).to_be_visible()


async def test_a_lost_connection_is_told_and_made_up_for(prices: PricesPage) -> None:
    prices.expect_complaint("ERR_FAILED")
    await prices.tab.route("**/graphql", lambda route: route.abort())
    await prices.search.fill("sonnet-4-5")
    await expect(prices.tab.get_by_test_id("connection")).to_contain_text("Reconnecting in")
    await expect(prices.tab.get_by_role("alert")).to_contain_text("cannot be reached")
    await prices.tab.unroute("**/graphql")
    await expect(prices.row("claude-sonnet-4-5").first).to_be_visible()


async def test_an_events_cost_leads_to_its_price(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("one"))
    await activity.row("one").get_by_role("button", name="Details").click()
    await activity.detail.get_by_role("link", name="openai gpt-4o").click()
    prices = PricesPage(activity.tab)
    await expect(prices.detail).to_contain_text("input_tokens")


async def test_a_phone_has_no_overflow(
    prices: PricesPage, server: InProcessServer, client: GraphQLClient
) -> None:
    await client.record(call("one", provider="in-house", model="a-name-that-does-not-end-" * 8))
    await prices.resize(390, 844)
    await prices.look_at(server.url, "openai", "gpt-4o")
    await prices.worklist.get_by_role("button", name="Show all").click()
    assert await prices.overflow() == 0


async def test_a_phone_has_no_overflow_in_the_form(prices: PricesPage) -> None:
    await prices.resize(390, 844)
    await prices.button("Set a price…").click()
    await prices.dialog.get_by_label("Holds from: when").select_option("At a time…")
    wider = "(dialog) => dialog.scrollWidth - dialog.clientWidth"
    assert await prices.dialog.evaluate(wider) == 0


async def test_the_page_keeps_to_its_policy_in_the_dark_too(
    prices: PricesPage, server: InProcessServer
) -> None:
    await prices.tab.emulate_media(color_scheme="dark")
    await prices.look_at(server.url, "deepseek", "deepseek-chat")
    await prices.button("Set a price…").click()
    await expect(prices.dialog).to_be_visible()
    assert prices.complaints == []


async def test_who_may_not_set_prices_sees_them_and_why(
    activity: ActivityPage, server: InProcessServer, keys: Keys
) -> None:
    prices = PricesPage(activity.tab)
    await prices.look_at(server.url, "openai", "gpt-4o")
    await expect(prices.tab.get_by_text("Read only")).to_be_visible()
    await expect(
        prices.tab.get_by_role("button", name=re.compile("Set|Reprice|End"))
    ).to_have_count(0)
