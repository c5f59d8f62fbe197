"""What one chooses on the Analytics page changes its numbers, and is in the address."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.graphql_client import GraphQLClient
from tests.web.ui.analytics_page import WEEK, AnalyticsPage
from tests.web.ui.inputs import ago, call

pytestmark = pytest.mark.browser

_EVENTS = (
    call("1", occurredAt="2026-03-02T23:30:00Z", cost="8", inputTokens=10),
    call("2", occurredAt="2026-03-04T10:00:00Z", cost="1", model="gpt-4o-mini", userId="bob"),
    call(
        "3",
        occurredAt="2026-03-04T11:00:00Z",
        cost="2",
        provider="anthropic",
        model="claude-sonnet-4-5",
        customerId="globex",
        userId="eve",
        featureId="search",
        outcome="ERROR",
        inputTokens=5000,
    ),
)


@pytest.fixture
async def week(analytics: AnalyticsPage, client: GraphQLClient) -> AnalyticsPage:
    await client.record(*_EVENTS)
    await analytics.open(WEEK)
    return analytics


async def _expect_events(page: AnalyticsPage, count: int) -> None:
    await expect(page.amount("Events")).to_have_text(str(count))


async def _expect_address(page: AnalyticsPage, part: str) -> None:
    await expect(page.tab).to_have_url(re.compile(re.escape(part)))


@pytest.mark.parametrize(
    ("name", "value", "count"),
    [
        ("Customer", "globex", 1),
        ("Model", "gpt-4o", 1),
    ],
)
async def test_a_filter_narrows_the_numbers_and_is_in_the_address(
    week: AnalyticsPage, name: str, value: str, count: int
) -> None:
    await week.filter(name, value)
    await _expect_events(week, count)
    await _expect_address(week, f"{name.lower()}={value}")


async def test_a_choice_narrows_the_numbers_and_is_in_the_address(week: AnalyticsPage) -> None:
    await week.tab.get_by_role("search").get_by_label("Outcome").select_option("ERROR")
    await _expect_events(week, 1)
    await _expect_address(week, "outcome=ERROR")


async def test_a_filter_offers_the_values_there_are_most_used_first(week: AnalyticsPage) -> None:
    await week.tab.get_by_role("search").get_by_label("Customer").focus()
    offered = week.tab.locator("#values-customer option")
    await expect(offered).to_have_count(3)
    values = await offered.evaluate_all("options => options.map((option) => option.value)")
    assert values == ["acme", "globex", "(none)"]


async def test_a_filter_offers_the_values_that_hold_what_is_typed(week: AnalyticsPage) -> None:
    await week.tab.get_by_role("search").get_by_label("Model").fill("mini")
    offered = week.tab.locator("#values-model option")
    await expect(offered).to_have_count(2)
    await expect(offered.first).to_have_attribute("value", "gpt-4o-mini")


async def test_a_filter_offers_no_values_of_other_ranges(
    week: AnalyticsPage, client: GraphQLClient
) -> None:
    await client.record(call("later", occurredAt="2026-03-20T10:00:00Z", customerId="initech"))
    await week.tab.get_by_role("search").get_by_label("Customer").focus()
    await expect(week.tab.locator("#values-customer option")).to_have_count(3)


@pytest.mark.parametrize(
    ("table", "name", "address"),
    [
        ("models", "gpt-4o-mini", "provider=openai&model=gpt-4o-mini"),
        ("features", "search", "feature=search"),
    ],
)
async def test_a_click_on_a_row_filters_by_it(
    week: AnalyticsPage, table: str, name: str, address: str
) -> None:
    await week.groups(table).filter(has_text=name).click()
    await _expect_events(week, 1)
    await _expect_address(week, address)


_ALIKE = [
    (None, "(none)", "no=customer"),
    ("", '""', "customer="),
    ("(none)", '"(none)"', "customer=%28none%29"),
    ("(other)", '"(other)"', "customer=%28other%29"),
    ('""', '""""', "customer=%22%22"),
]


@pytest.fixture
async def alike(analytics: AnalyticsPage, client: GraphQLClient) -> AnalyticsPage:
    """With events of customers that are easily taken for one another."""
    await client.record(
        *(
            call(str(number), occurredAt="2026-03-03T10:00:00Z", customerId=value)
            for number, (value, _, _) in enumerate(_ALIKE)
        )
    )
    await analytics.open(f"{WEEK}&by=customer")
    return analytics


@pytest.mark.parametrize(("value", "label", "address"), _ALIKE)
async def test_values_that_look_alike_are_told_apart_and_can_be_picked(
    alike: AnalyticsPage, value: str | None, label: str, address: str
) -> None:
    await expect(alike.timeline.get_by_label("Series")).to_contain_text(label)
    await alike.groups("customers").get_by_role("button", name=label, exact=True).click()
    await _expect_events(alike, 1)
    assert alike.tab.url.endswith(f"&{address}")
    chips = alike.tab.get_by_role("group", name="Active filters")
    await expect(chips.get_by_role("button", name=f"Remove Customer {label}")).to_be_visible()
    await alike.tab.reload()
    await _expect_events(alike, 1)


@pytest.mark.parametrize(("value", "label", "address"), _ALIKE)
async def test_a_value_is_typed_as_it_is_shown(
    alike: AnalyticsPage, value: str | None, label: str, address: str
) -> None:
    await alike.filter("Customer", label)
    await _expect_events(alike, 1)
    assert alike.tab.url.endswith(f"&{address}")


async def test_a_row_can_be_picked_by_the_keyboard(week: AnalyticsPage) -> None:
    await week.groups("customers").get_by_role("button", name="globex").press("Enter")
    await _expect_events(week, 1)


async def test_the_measure_orders_the_tables_and_is_in_the_address(week: AnalyticsPage) -> None:
    await expect(week.groups("models").first).to_contain_text("gpt-4o")
    await week.choice("Tokens").check()
    await expect(week.groups("models").first).to_contain_text("claude-sonnet-4-5")
    await _expect_address(week, "measure=tokens")


async def test_a_head_of_a_table_orders_by_its_measure(week: AnalyticsPage) -> None:
    await week.tab.get_by_test_id("models").get_by_role("button", name="Events").click()
    await _expect_address(week, "measure=events")


async def test_the_interval_changes_the_points_and_is_in_the_address(week: AnalyticsPage) -> None:
    await week.button("Show the numbers").click()
    await expect(week.points).to_have_count(7)
    await week.choice("Hour").check()
    await expect(week.points).to_have_count(7 * 24)
    await _expect_address(week, "interval=hour")


async def test_an_interval_of_too_many_points_is_not_offered(week: AnalyticsPage) -> None:
    await week.open("range=2025-03-09T00:00:00.000Z/2026-03-09T00:00:00.000Z&interval=hour")
    await expect(week.choice("Hour")).to_be_disabled()
    await expect(week.choice("Week")).to_be_checked()


async def test_the_time_zone_changes_the_days_and_is_in_the_address(week: AnalyticsPage) -> None:
    await week.open(f"{WEEK}&numbers=shown&by=nothing")
    await expect(week.points.filter(has_text="Mon, Mar 2")).to_contain_text("$8.00")
    await week.field("Time zone").focus()
    await week.field("Time zone").select_option("Asia/Tokyo")
    await expect(week.points.filter(has_text="Tue, Mar 3")).to_contain_text("$8.00")
    await _expect_address(week, "zone=Asia%2FTokyo")


async def test_the_time_zone_is_the_browsers_at_first(week: AnalyticsPage) -> None:
    await week.open("range=7-days")
    own = await week.evaluate("() => Intl.DateTimeFormat().resolvedOptions().timeZone")
    await expect(week.field("Time zone")).to_have_value(own)


@pytest.mark.parametrize(
    ("given", "meant"),
    [("%2B05:30", "UTC"), ("asia/tokyo", "Asia/Tokyo"), ("US/Eastern", "America/New_York")],
)
async def test_a_time_zone_is_asked_for_by_the_name_that_the_server_knows(
    week: AnalyticsPage, given: str, meant: str
) -> None:
    await week.open(WEEK.replace("zone=UTC", f"zone={given}"))
    await expect(week.field("Time zone")).to_have_value(meant)


async def test_a_preset_changes_the_numbers_and_is_in_the_address(
    week: AnalyticsPage, client: GraphQLClient
) -> None:
    await client.record(call("today"), call("yesterday", occurredAt=ago(days=1)))
    await week.field("Date range").select_option("Today")
    await _expect_events(week, 1)
    await _expect_address(week, "range=today")


async def test_a_custom_range_starts_from_what_is_shown(week: AnalyticsPage) -> None:
    await week.field("Date range").select_option("Last 7 days")
    await week.expect_current()
    await week.field("Date range").select_option("Custom…")
    midnights = "() => [...document.querySelectorAll('.end')].map((end) => end.value.slice(11))"
    assert await week.evaluate(midnights) == ["00:00", "00:00"]


async def test_a_custom_range_is_on_the_zones_clock(week: AnalyticsPage) -> None:
    await week.open(WEEK.replace("zone=UTC", "zone=Asia/Kolkata"))
    await week.field("To").fill("2026-03-04T16:00")
    await _expect_address(week, "2026-03-04T10%3A30%3A00.000Z")
    await _expect_events(week, 2)


async def test_ends_the_wrong_way_round_are_told_and_change_nothing(week: AnalyticsPage) -> None:
    await week.field("To").fill("2026-02-01T00:00")
    await expect(week.tab.get_by_role("alert")).to_have_text("The range ends before it begins")
    await _expect_events(week, 3)


async def test_the_timeline_is_split_by_what_is_chosen(week: AnalyticsPage) -> None:
    await week.field("Split by").select_option("customer")
    await expect(week.timeline.get_by_label("Series")).to_contain_text("globex $2.000000")
    await _expect_address(week, "by=customer")


async def test_a_reload_keeps_all_of_it(week: AnalyticsPage) -> None:
    await week.open(f"{WEEK}&customer=acme&measure=events&interval=hour&by=user&shape=lines")
    await week.tab.reload()
    await week.expect_current()
    await _expect_events(week, 2)
    assert [await week.choice(name).is_checked() for name in ("Events", "Hour", "Lines")] == [
        True,
        True,
        True,
    ]
    await expect(week.field("Split by")).to_have_value("user")


async def test_back_takes_a_choice_back(week: AnalyticsPage) -> None:
    await week.filter("Customer", "globex")
    await _expect_events(week, 1)
    await week.tab.go_back()
    await _expect_events(week, 3)


async def test_more_rows_are_shown_where_there_are_more(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    await client.record(
        *(call(str(n), occurredAt="2026-03-03T10:00:00Z", customerId=f"c{n}") for n in range(12))
    )
    await analytics.open(WEEK)
    await expect(analytics.groups("customers")).to_have_count(11)
    await analytics.tab.get_by_test_id("customers").get_by_role("button", name="Top 100").click()
    await expect(analytics.groups("customers")).to_have_count(12)


async def test_drawing_over_the_chart_looks_closer(week: AnalyticsPage) -> None:
    # Over Wednesday, the third of seven days.
    await week.drag(2.2 / 7, 2.8 / 7)
    await _expect_events(week, 2)
    await _expect_address(week, "2026-03-04T00%3A00%3A00.000Z%2F2026-03-05T00%3A00%3A00.000Z")


async def test_there_is_a_way_back_from_looking_closer(week: AnalyticsPage) -> None:
    await week.drag(2.2 / 7, 2.8 / 7)
    await _expect_events(week, 2)
    await week.button("Zoom out").click()
    await _expect_events(week, 3)
    await expect(week.button("Zoom out")).to_have_count(0)


async def test_the_pointer_sees_what_a_point_is_made_of(week: AnalyticsPage) -> None:
    box: Any = await week.chart.locator(".u-over").bounding_box()
    await week.tab.mouse.move(box["x"] + box["width"] * 2.5 / 7, box["y"] + 60)
    await expect(week.tip).to_contain_text("Wed, Mar 4")
    await expect(week.tip).to_contain_text(re.compile(r"claude-sonnet-4-5 ▲\s*\$2\.000000"))
