"""Filters narrow the rows, live too, and are in the address."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.graphql_client import GraphQLClient
from tests.web.ui.activity_page import ActivityPage
from tests.web.ui.inputs import ago, call

pytestmark = pytest.mark.browser

_TYPED = [
    ("Customer", "globex", "customer=globex", {"customerId": "globex"}),
    ("User", "bob", "user=bob", {"userId": "bob"}),
    ("Feature", "search", "feature=search", {"featureId": "search"}),
    ("Provider", "anthropic", "provider=anthropic", {"provider": "anthropic"}),
    ("Model", "gpt-4o-mini", "model=gpt-4o-mini", {"model": "gpt-4o-mini"}),
]
_CHOSEN = [
    ("Type", "CUSTOM", "type=CUSTOM", {"type": "CUSTOM", "quantity": "2", "unit": "pages"}),
    ("Outcome", "ERROR", "outcome=ERROR", {"outcome": "ERROR"}),
]


def _event(event_id: str, **values: object) -> dict[str, object]:
    event = call(event_id, **values)
    if values.get("type") == "CUSTOM":
        for name in ("provider", "model", "inputTokens", "outputTokens"):
            del event[name]
    return event


async def _filter(page: ActivityPage, label: str, value: str) -> None:
    field = page.tab.get_by_role("search").get_by_label(label, exact=True)
    if label in ("Type", "Outcome"):
        await field.select_option(value)
    else:
        await field.fill(value)
        await field.press("Enter")


@pytest.mark.parametrize(
    ("label", "value", "query", "values"),
    [*_TYPED, *_CHOSEN],
    ids=lambda given: given if isinstance(given, str) and given.istitle() else "",
)
async def test_a_filter_narrows_rows_now_and_later_and_is_in_the_address(
    activity: ActivityPage,
    client: GraphQLClient,
    label: str,
    value: str,
    query: str,
    values: dict[str, str],
) -> None:
    await client.record(_event("match", **values), _event("other"))
    await activity.expect_ids("other", "match")
    await _filter(activity, label, value)
    await activity.expect_ids("match")
    await expect(activity.tab).to_have_url(re.compile(rf"\?{query}$"))
    await activity.expect_live()
    await client.record(_event("other too"), _event("match too", **values))
    await activity.expect_ids("match too", "match")


async def test_two_values_of_one_field_are_alternatives(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(*(call(name, customerId=name) for name in ("acme", "globex", "hooli")))
    await _filter(activity, "Customer", "acme")
    await _filter(activity, "Customer", "hooli")
    await activity.expect_ids("hooli", "acme")


async def test_two_fields_must_both_match(activity: ActivityPage, client: GraphQLClient) -> None:
    await client.record(call("both"), call("one", userId="bob"), call("other", customerId="globex"))
    await _filter(activity, "Customer", "acme")
    await _filter(activity, "User", "ada")
    await activity.expect_ids("both")


async def test_events_without_a_value_can_be_asked_for(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("named"), call("nameless", customerId=None))
    await _filter(activity, "Customer", "(none)")
    await activity.expect_ids("nameless")


async def test_a_click_on_a_value_filters_by_it(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("match", customerId="globex"), call("other"))
    await activity.row("match").get_by_text("globex").click()
    await activity.expect_ids("match")


async def test_a_reload_shows_the_same(activity: ActivityPage, client: GraphQLClient) -> None:
    await client.record(call("match", customerId="globex"), call("other"))
    await _filter(activity, "Customer", "globex")
    await activity.expect_ids("match")
    await activity.tab.reload()
    await activity.expect_live()
    await activity.expect_ids("match")


async def test_a_copied_address_shows_the_same(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("match", customerId="a&b ü", outcome="ERROR"), call("other"))
    await _filter(activity, "Customer", "a&b ü")
    await _filter(activity, "Outcome", "ERROR")
    await activity.expect_ids("match")
    copy = ActivityPage(await activity.tab.context.new_page())
    await copy.open(activity.tab.url)
    await copy.expect_ids("match")


async def test_the_back_button_takes_a_filter_back(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("match", customerId="globex"), call("other"))
    await _filter(activity, "Customer", "globex")
    await activity.expect_ids("match")
    await activity.tab.go_back()
    await activity.expect_ids("other", "match")


async def test_a_filter_is_taken_away_by_its_cross(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("match", customerId="globex"), call("other"))
    await _filter(activity, "Customer", "globex")
    await activity.expect_ids("match")
    await activity.tab.get_by_role("button", name="Remove Customer globex").click()
    await activity.expect_ids("other", "match")


async def test_no_match_says_so_and_offers_to_clear(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("other"))
    await _filter(activity, "Customer", "globex")
    await activity.tab.get_by_text("No event matches").wait_for()
    await activity.tab.get_by_role("button", name="Clear the filter").click()
    await activity.expect_ids("other")


async def test_a_range_up_to_now_narrows_rows_and_stays_live(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("old", occurredAt=ago(hours=2)), call("new"))
    await activity.expect_ids("new", "old")
    await activity.tab.get_by_label("Date range").select_option("Last hour")
    await activity.expect_ids("new")
    await activity.expect_live()
    await client.record(call("late", occurredAt=ago(hours=3)), call("newer"))
    await activity.expect_ids("newer", "new")


async def test_a_range_of_the_past_is_not_live(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(
        call("before", occurredAt="2026-03-01T09:59:59Z"),
        call("first", occurredAt="2026-03-01T10:00:00Z"),
        call("after", occurredAt="2026-03-01T11:00:00Z"),
    )
    await activity.expect_ids("after", "first", "before")
    await activity.tab.get_by_label("Date range").select_option("Custom…")
    await activity.tab.get_by_label("To", exact=True).fill("2026-03-01T11:00")
    await activity.tab.get_by_label("From", exact=True).fill("2026-03-01T10:00")
    await activity.expect_ids("first")
    await activity.expect_state("ended")


async def test_a_custom_range_is_in_the_address(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(
        call("first", occurredAt="2026-03-01T10:00:00Z"),
        call("after", occurredAt="2026-03-01T11:00:00Z"),
    )
    query = "?range=custom&from=2026-03-01T10:00:00.000Z&to=2026-03-01T10:30:00.000Z"
    await activity.tab.goto(re.sub(r"/[^/]*$", f"/{query}", activity.tab.url))
    await activity.expect_ids("first")
