"""From usage without a price to the price, and through repricing to its cost."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.web.ui.inputs import call, calls
from tests.web.ui.prices_page import PricesPage

pytestmark = pytest.mark.browser

_NAMELESS = {"provider": "in-house", "model": "support-7b"}
_FIRST = "2026-11-01T10:00:30Z"


@pytest.fixture
async def waiting(prices: PricesPage, client: GraphQLClient) -> PricesPage:
    """Five events wait for a price."""
    await client.record(
        call("first", occurredAt=_FIRST, **_NAMELESS), *calls(4, **_NAMELESS), call("priced")
    )
    await prices.tab.reload()
    await prices.worklist.wait_for()
    return prices


@pytest.fixture
async def previewed(waiting: PricesPage) -> PricesPage:
    """The price is set, and what repricing would change is shown."""
    await waiting.button("Set a price for support-7b").click()
    await waiting.set_amounts("10", "100")
    await waiting.button("Set the price").click()
    await waiting.dialog.get_by_test_id("repriced-group").wait_for()
    return waiting


async def test_where_nothing_waits_the_page_says_so(prices: PricesPage) -> None:
    await expect(prices.tab.get_by_text("Every event has a price.")).to_be_visible()


async def test_usage_that_waits_is_told_with_how_much_it_is(waiting: PricesPage) -> None:
    line = waiting.worklist.get_by_role("row", name="support-7b")
    cells = await line.locator("th, td").all_inner_texts()
    assert cells[:6] == [
        "support-7b",
        "in-house",
        "5",
        "5,000",
        "1,000",
        "input_tokens, output_tokens",
    ]


async def test_it_leads_to_the_form_with_the_minute_of_its_first_event(
    waiting: PricesPage,
) -> None:
    await waiting.button("Set a price for support-7b").click()
    await expect(waiting.dialog).to_contain_text("support-7b of in-house")
    here = await waiting.evaluate(
        f"() => new Date(new Date('{_FIRST}') - new Date().getTimezoneOffset() * 60000)"
        ".toISOString().slice(0, 16)"
    )
    await expect(waiting.dialog.get_by_label("Holds from", exact=True)).to_have_value(here)


async def test_a_set_price_shows_what_repricing_would_change(previewed: PricesPage) -> None:
    cells = (
        await previewed.dialog.get_by_test_id("repriced-group").locator("th, td").all_inner_texts()
    )
    assert cells == ["support-7b in-house", "5", "$0.00", "$0.15", "+$0.15"]


async def test_a_preview_changes_nothing(previewed: PricesPage, client: GraphQLClient) -> None:
    await previewed.button("Not now").click()
    await expect(previewed.worklist).to_contain_text("support-7b")


async def test_repricing_empties_the_worklist(previewed: PricesPage) -> None:
    await previewed.button("Reprice 5 events").click()
    await expect(previewed.dialog).to_contain_text("Done: 5 events have their new cost.")
    await previewed.button("Close").click()
    await expect(previewed.tab.get_by_text("Every event has a price.")).to_be_visible()


async def test_repricing_goes_on_until_it_is_complete(
    previewed: PricesPage, server: InProcessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    repricer = server.app.state.services.repricer
    monkeypatch.setattr(repricer, "_step", 2)
    monkeypatch.setattr(repricer, "_time_limit_seconds", 0)
    await previewed.button("Reprice 5 events").click()
    await expect(previewed.dialog).to_contain_text("Done: 5 events have their new cost.")


async def test_usage_priced_in_part_keeps_the_rates_that_it_has(
    prices: PricesPage, client: GraphQLClient
) -> None:
    units = [{"unit": "code_executions", "quantity": "2"}]
    await client.record(call("partial", model="gpt-4o-mini", units=units))
    await prices.tab.reload()
    await prices.button("Set a price for gpt-4o-mini").click()
    fields = prices.dialog.get_by_label("Unit", exact=True)
    await expect(fields.first).to_have_value("input_tokens")
    await expect(fields.last).to_have_value("code_executions")


async def test_any_range_can_be_priced_again(waiting: PricesPage) -> None:
    await waiting.button("Reprice…").click()
    await waiting.dialog.get_by_label("Events of").select_option("All time")
    await waiting.button("Show what would change").click()
    await expect(waiting.dialog).to_contain_text("None of 6 events would cost anything else.")
