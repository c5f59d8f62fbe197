"""The Analytics page around its numbers: nothing recorded, phones, what fails."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.graphql_client import GraphQLClient
from tests.web.ui.analytics_page import WEEK, AnalyticsPage
from tests.web.ui.inputs import call

pytestmark = pytest.mark.browser

_LONG = "a-name-that-does-not-end-" * 8


def _at(event_id: str, **values: Any) -> dict[str, Any]:
    return call(event_id, occurredAt="2026-03-03T10:00:00Z", **values)


async def test_an_empty_workspace_shows_zeros(analytics: AnalyticsPage) -> None:
    await analytics.open()
    amounts = {label: shown[0] for label, shown in (await analytics.all_totals()).items()}
    assert amounts == {
        "Cost": "$0.00",
        "Events": "0",
        "Tokens in": "0",
        "Tokens out": "0",
        "Error rate": "0.0 %0",
    }


async def test_an_empty_workspace_says_how_to_record_an_event(analytics: AnalyticsPage) -> None:
    await analytics.open()
    await expect(analytics.field("Example command")).to_contain_text(f"curl {analytics.url}")


async def test_a_range_without_events_does_not_say_that_there_are_none(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    await client.record(call("now"))
    await analytics.open(WEEK)
    await expect(analytics.timeline).to_be_visible()


async def test_a_filter_that_nothing_passes_can_be_cleared(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    await client.record(_at("1"))
    await analytics.open(f"{WEEK}&customer=nobody")
    await analytics.button("Clear the filter").click()
    await expect(analytics.amount("Events")).to_have_text("1")


async def test_what_the_server_refuses_is_told(analytics: AnalyticsPage) -> None:
    await analytics.tab.goto(
        f"{analytics.url}/analytics?range=1990-01-01T00:00:00Z/2026-01-01T00:00:00Z"
    )
    await expect(analytics.tab.get_by_role("alert")).to_contain_text("at most 10 years")


@pytest.mark.parametrize("names", ["short", _LONG])
async def test_a_phone_has_no_overflow(
    analytics: AnalyticsPage, client: GraphQLClient, names: str
) -> None:
    await analytics.resize(390, 844)
    of_all = {name: names for name in ("customerId", "userId", "featureId", "provider", "model")}
    await client.record(_at("1", inputTokens=10**15, cost="123456789.123456789", **of_all))
    await analytics.open(f"{WEEK}&numbers=shown&customer={names}")
    await analytics.button("Filter (1)").click()
    assert await analytics.overflow() == 0


async def test_nothing_on_a_phone_is_cut_off_at_its_edge(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    await analytics.resize(390, 844)
    await client.record(_at("1", inputTokens=10**15, cost="123456789.123456789"))
    await analytics.open(WEEK)
    beyond = """() => [...document.querySelectorAll('.usage :is(td, dd, button, .segment)')]
        .filter((place) => place.getBoundingClientRect().right > innerWidth)
        .map((place) => place.innerText)"""
    assert await analytics.evaluate(beyond) == []


async def test_nothing_jumps_when_the_numbers_come(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    await client.record(_at("1", cost="1"))
    await analytics.tab.add_init_script(
        """window.jumps = 0;
        new PerformanceObserver((list) => {
          for (const { value } of list.getEntries()) window.jumps += value;
        }).observe({ type: 'layout-shift', buffered: true });"""
    )
    await analytics.open(WEEK)
    await analytics.frame()
    assert await analytics.evaluate("() => window.jumps") < 0.01
