"""The worklist of a part of usage: what the Analytics page counts is what it leads to."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.async_api import Route, expect

from tests.graphql_client import GraphQLClient
from tests.web.ui.analytics_page import WEEK, AnalyticsPage
from tests.web.ui.inputs import call

pytestmark = pytest.mark.browser

_TO = "\N{EN DASH}"
# Longer than the page waits until it asks by itself.
_POLL_MS = 40_000


def _nameless(event_id: str, **values: Any) -> dict[str, Any]:
    """An event that waits for a price."""
    return call(event_id, provider="in-house", occurredAt="2026-03-03T10:00:00Z") | values


@pytest.fixture
async def part(analytics: AnalyticsPage, client: GraphQLClient) -> AnalyticsPage:
    """The worklist of a week and of customers, come to from the Analytics page."""
    await client.record(
        _nameless("1", model="week"),
        _nameless("2", model="week", customerId=""),
        _nameless("3", model="other-customer", customerId="globex"),
        _nameless("4", model="before", occurredAt="2026-03-01T23:59:59.999999Z"),
        _nameless("5", model="after", occurredAt="2026-03-09T00:00:00Z"),
    )
    await analytics.open(f"{WEEK}&customer=acme&customer=")
    await analytics.totals.get_by_role("link", name="2 do not").click()
    return analytics


async def test_the_worklist_is_of_what_was_counted(part: AnalyticsPage) -> None:
    rows = part.tab.get_by_test_id("worklist").locator("tbody tr")
    await expect(rows).to_have_count(1)
    await expect(rows.locator("th, td").nth(0)).to_have_text("week")
    await expect(rows.locator("th, td").nth(2)).to_have_text("2")


async def test_the_page_says_of_which_usage_the_worklist_is(part: AnalyticsPage) -> None:
    await expect(part.tab.get_by_test_id("usage-part")).to_contain_text(
        f'Unknown costs are shown of Mar 2 {_TO} Mar 8 (UTC) · Customer acme or ""'
    )


async def test_the_worklist_can_be_widened_to_all_usage(part: AnalyticsPage) -> None:
    await part.button("Show that of all usage").click()
    await expect(part.tab.get_by_test_id("worklist").locator("tbody tr")).to_have_count(4)
    await expect(part.tab.get_by_test_id("usage-part")).to_have_count(0)
    await part.tab.go_back()
    await expect(part.tab.get_by_test_id("worklist").locator("tbody tr")).to_have_count(1)


async def test_a_search_for_prices_leaves_the_part_as_it_is(part: AnalyticsPage) -> None:
    await part.tab.get_by_label("Search models and units").fill("mini")
    await expect(part.tab).to_have_url(re.compile("search=mini"))
    await part.tab.reload()
    await expect(part.tab.get_by_test_id("usage-part")).to_be_visible()


async def test_a_part_of_which_nothing_waits_is_not_told_to_be_all(
    part: AnalyticsPage,
) -> None:
    url = re.sub("%26customer%3Dacme.*", "%26customer%3Dnobody", part.tab.url)
    await part.tab.goto(url)
    await expect(
        part.tab.get_by_text("Every event of this part of usage has a price.")
    ).to_be_visible()


async def test_a_part_that_asks_too_much_is_told_and_not_asked_again_by_itself(
    part: AnalyticsPage,
) -> None:
    asked: list[str] = []

    async def refuse(route: Route) -> None:
        if "query UnpricedUsage" not in (route.request.post_data or ""):
            await route.continue_()
            return
        asked.append(route.request.url)
        problem = {"message": "It took too long.", "extensions": {"code": "TOO_COMPLEX"}}
        body = json.dumps({"data": None, "errors": [problem]})
        await route.fulfill(content_type="application/json", body=body)

    await part.tab.clock.install()
    await part.tab.route("**/graphql", refuse)
    await part.tab.reload()
    await expect(part.tab.get_by_role("alert")).to_contain_text("It took too long.")
    for _ in range(3):
        await part.tab.clock.fast_forward(_POLL_MS)
        await part.expect_settled()
    assert len(asked) == 1
    await part.tab.unroute("**/graphql")
    await part.button("Try again").click()
    await expect(part.tab.get_by_test_id("worklist").locator("tbody tr")).to_have_count(1)
