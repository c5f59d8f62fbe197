"""The Insights page: what could be saved and what stands out, with the numbers behind it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import BrowserContext, expect

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.web.ui.conftest import sign_in
from tests.web.ui.inputs import call
from tests.web.ui.insights_page import OCTOBER, InsightsPage

pytestmark = pytest.mark.browser

_AT = "2026-10-10T12:00:00Z"
_CLIPBOARD = "() => navigator.clipboard.readText()"


def _call(event_id: str, **values: Any) -> dict[str, Any]:
    counts = {"inputTokens": 1_000_000, "outputTokens": 100_000, "cacheReadTokens": 100_000}
    return call(event_id, **{"occurredAt": _AT, **counts, **values})


@pytest.fixture
async def used(insights: InsightsPage, client: GraphQLClient) -> InsightsPage:
    """A failed call, one of another model, and one that has no price."""
    await client.record(
        _call("1", outcome="ERROR"),
        _call("2", model="gpt-4o-mini", customerId="globex"),
        _call("3", provider="in-house", model="support-7b"),
    )
    await insights.open()
    return insights


async def test_the_most_dollars_come_first_and_the_unknown_last(used: InsightsPage) -> None:
    amounts = await used.amounts()
    known = [float(amount.removeprefix("$")) for amount in amounts[:-1]]
    assert known == sorted(known, reverse=True)
    assert amounts[-1] == "unknown"


async def test_a_failed_call_shows_its_cost_and_share(used: InsightsPage) -> None:
    failed = used.of_kind("FAILED_CALLS")
    await expect(failed.get_by_role("heading")).to_have_text(
        "gpt-4o (openai): calls that failed have cost money."
    )
    await expect(failed.locator(".worth")).to_contain_text("spent for nothing")
    figures = await used.figures(failed)
    assert figures["failed calls"] == "1"
    assert figures["share"] == "100 %"
    assert figures["cost of failed calls"] == await failed.locator(".amount").inner_text()


async def test_a_cheaper_model_is_said_to_be_so_by_price_alone(used: InsightsPage) -> None:
    cheaper = used.of_kind("CHEAPER_MODEL").first
    await expect(cheaper.get_by_role("heading")).to_contain_text("by price alone")
    rows = cheaper.locator(".candidates tbody tr")
    await expect(rows).to_have_count(3)
    await expect(rows.first).to_contain_text("openai")
    saving = await rows.first.locator("td").last.inner_text()
    amount = await cheaper.locator(".amount").inner_text()
    assert float(saving.removeprefix("$")) == float(amount.removeprefix("$"))


async def test_a_model_leads_to_its_price(used: InsightsPage) -> None:
    link = used.of_kind("CHEAPER_MODEL").first.locator(".candidates a").first
    name = await link.inner_text()
    await link.click()
    await expect(used.tab.get_by_role("rowheader", name=name, exact=True)).to_be_visible()


async def test_the_formula_and_the_assumption_are_there_when_wanted(used: InsightsPage) -> None:
    cheaper = used.of_kind("CHEAPER_MODEL").first
    words = cheaper.get_by_text("A what-if on price alone")
    await expect(words).to_be_hidden()
    await cheaper.get_by_text("Formula and assumption").click()
    await expect(words).to_be_visible()
    await expect(cheaper.get_by_text("saving = compared with")).to_be_visible()


async def test_the_query_that_is_copied_shows_the_numbers(
    used: InsightsPage, context: BrowserContext, client: GraphQLClient, server: InProcessServer
) -> None:
    await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    failed = used.of_kind("FAILED_CALLS")
    await failed.get_by_text("Query", exact=True).click()
    copied = []
    for name in ("Copy the query", "Copy the variables"):
        await failed.get_by_role("button", name=name).click()
        await expect(failed.get_by_role("button", name="Copied")).to_be_visible()
        copied.append(await used.evaluate(_CLIPBOARD))
        await expect(failed.get_by_role("button", name=name)).to_be_visible()
    answer = await client.data(copied[0], **json.loads(copied[1]))
    assert answer["failed"]["totals"]["events"] == "1"


async def test_the_same_usage_can_be_seen_on_the_analytics_page(used: InsightsPage) -> None:
    await used.of_kind("FAILED_CALLS").get_by_role("link", name="See this usage").click()
    await expect(used.tab.get_by_role("heading", name="Analytics", level=1)).to_be_attached()
    chips = used.tab.locator(".chip")
    await expect(chips).to_have_text(["Provider openai", "Model gpt-4o"])


async def test_a_filter_narrows_what_is_looked_at(used: InsightsPage) -> None:
    await used.open(f"{OCTOBER}&customer=globex")
    titles = await used.items.get_by_role("heading").all_inner_texts()
    assert titles
    assert all("gpt-4o-mini (openai)" in title for title in titles)
    await used.tab.get_by_role("button", name="Clear", exact=True).click()
    await expect(used.of_kind("FAILED_CALLS")).to_be_visible()


async def test_another_range_is_read_anew(used: InsightsPage) -> None:
    await used.tab.get_by_label("Date range").select_option("last-month")
    await used.tab.get_by_label("Date range").select_option("yesterday")
    await expect(used.tab.get_by_text("No usage in this range")).to_be_visible()
    assert "range=yesterday" in used.tab.url


async def test_where_no_event_matches_the_filter_can_be_cleared(used: InsightsPage) -> None:
    await used.open(f"{OCTOBER}&customer=nobody")
    await expect(used.tab.get_by_text("No event matches")).to_be_visible()
    await used.tab.get_by_role("button", name="Clear the filter").click()
    await expect(used.of_kind("FAILED_CALLS")).to_be_visible()


async def test_where_nothing_is_to_be_said_the_page_tells_what_would_be(
    insights: InsightsPage, client: GraphQLClient
) -> None:
    await client.record(call("1", occurredAt=_AT, inputTokens=0, outputTokens=0))
    await insights.open()
    await expect(insights.tab.get_by_text("Nothing to say of this usage")).to_be_visible()
    await expect(insights.tab.get_by_text("what calls that failed have cost")).to_be_visible()


async def test_before_anything_is_recorded_the_page_says_how_to(insights: InsightsPage) -> None:
    await insights.open()
    await expect(insights.tab.get_by_text("Nothing recorded yet")).to_be_visible()


async def test_a_failure_is_told_and_can_be_tried_again(
    insights: InsightsPage, client: GraphQLClient
) -> None:
    await client.record(_call("1"))

    async def refuse(route: Any) -> None:
        if "insights(" in (route.request.post_data or ""):
            body = {"errors": [{"message": "Too much.", "extensions": {"code": "TOO_COMPLEX"}}]}
            await route.fulfill(json=body)
        else:
            await route.continue_()

    await insights.tab.route("**/graphql", refuse)
    await insights.tab.goto(f"{insights.url}/insights?{OCTOBER}")
    await expect(insights.tab.get_by_role("alert")).to_contain_text("Too much.")
    await insights.tab.unroute("**/graphql")
    await insights.tab.get_by_role("button", name="Try again").click()
    await expect(insights.items).not_to_have_count(0)


@pytest.mark.parametrize("width", [390, 768, 1440])
async def test_the_page_is_no_wider_than_the_window(
    used: InsightsPage, server: InProcessServer, keys: Keys, width: int
) -> None:
    await sign_in(used, server, keys.admin)
    await used.resize(width, 900)
    await used.open()
    await used.items.first.get_by_text("Query", exact=True).click()
    assert await used.overflow() == 0
