"""The timeline's chart by keyboard: from point to point, over several, closer and back."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.graphql_client import GraphQLClient
from tests.web.ui.analytics_page import WEEK, AnalyticsPage
from tests.web.ui.inputs import call

pytestmark = pytest.mark.browser

_TO = "\N{EN DASH}"
_KEYS = "Arrows go from point to point, Shift and arrows select, Enter looks closer, Escape clears"


@pytest.fixture
async def week(analytics: AnalyticsPage, client: GraphQLClient) -> AnalyticsPage:
    """With events of Monday and of Wednesday."""
    await client.record(
        call("1", occurredAt="2026-03-02T23:30:00Z", cost="8.000000000001"),
        call("2", occurredAt="2026-03-04T10:00:00Z", cost="1", model="gpt-4o-mini"),
        call("3", occurredAt="2026-03-04T11:00:00Z", cost="2", model="gpt-4o-nano"),
    )
    await analytics.open(WEEK)
    return analytics


async def _expect_events(page: AnalyticsPage, count: int) -> None:
    await expect(page.amount("Events")).to_have_text(str(count))


async def _expect_value(page: AnalyticsPage, text: str) -> None:
    await expect(page.chart).to_have_attribute("aria-valuetext", re.compile(f"^{re.escape(text)}"))


async def test_a_point_is_told_and_shown(week: AnalyticsPage) -> None:
    await week.press("Home", "ArrowRight", "ArrowRight")
    await _expect_value(week, "Wed, Mar 4: $3.00")
    await expect(week.chart).to_have_attribute(
        "aria-valuetext", re.compile(r"gpt-4o-mini \$1\.00, gpt-4o-nano \$2\.00|gpt-4o-nano \$2")
    )
    await expect(week.tip).to_contain_text("Wed, Mar 4")


async def test_before_there_is_a_point_the_range_is_told(week: AnalyticsPage) -> None:
    await week.chart.focus()
    await _expect_value(week, f"Mar 2 {_TO} Mar 8, no point chosen")


@pytest.mark.parametrize(
    ("pressed", "value"),
    [
        (["ArrowRight"], "Mon, Mar 2"),
        (["ArrowLeft"], "Sun, Mar 8"),
        (["End", "ArrowRight"], "Sun, Mar 8"),
        (["Home", "ArrowLeft"], "Mon, Mar 2"),
        (["End", "ArrowLeft"], "Sat, Mar 7"),
    ],
)
async def test_arrows_go_from_point_to_point(
    week: AnalyticsPage, pressed: list[str], value: str
) -> None:
    await week.press(*pressed)
    await _expect_value(week, value)


async def test_enter_looks_closer_at_a_point(week: AnalyticsPage) -> None:
    await week.press("Home", "ArrowRight", "ArrowRight", "Enter")
    await _expect_events(week, 2)


@pytest.mark.parametrize(
    ("pressed", "days", "shaded"),
    [
        (["Home", "Shift+ArrowRight", "Shift+ArrowRight"], f"Mar 2 {_TO} Mar 4", (0, 3 / 7)),
        (["End", "ArrowLeft", "Shift+ArrowLeft"], f"Mar 6 {_TO} Mar 7", (4 / 7, 6 / 7)),
        (["Home", "Shift+End"], f"Mar 2 {_TO} Mar 8", (0, 1)),
        (["Home", "Shift+ArrowRight", "Shift+ArrowLeft"], "Mar 2", (0, 1 / 7)),
        (["Shift+ArrowRight"], "Mar 2", (0, 1 / 7)),
    ],
    ids=["right", "left", "to-the-end", "back-again", "from-nowhere"],
)
async def test_shift_and_arrows_select(
    week: AnalyticsPage, pressed: list[str], days: str, shaded: tuple[float, float]
) -> None:
    await week.press(*pressed)
    await expect(week.selected).to_contain_text(f"{days} selected")
    await week.frame()
    assert await week.shaded() == pytest.approx(shaded, abs=0.011)


async def test_what_is_selected_is_told_with_its_exact_sum(week: AnalyticsPage) -> None:
    await week.press("Home", "Shift+ArrowRight", "Shift+ArrowRight")
    await expect(week.tab.get_by_role("status").filter(has_text="selected")).to_have_text(
        f"Mar 2 {_TO} Mar 4 selected: $11.000000000001. Enter looks closer, Escape clears"
    )


async def test_a_sum_that_is_not_known_in_full_is_told_to_be_more(
    week: AnalyticsPage, client: GraphQLClient
) -> None:
    await client.record(
        call("4", occurredAt="2026-03-03T10:00:00Z", provider="in-house", model="support-7b")
    )
    await week.open(WEEK)
    await week.press("Home", "Shift+ArrowRight")
    await expect(week.selected).to_contain_text("≥ $8.000000000001")


async def test_enter_looks_closer_at_what_is_selected(week: AnalyticsPage) -> None:
    await week.press("End", "Shift+Home", "Shift+ArrowRight", "Shift+ArrowRight", "Enter")
    await _expect_events(week, 2)
    await expect(week.tab).to_have_url(
        re.compile("2026-03-04T00%3A00%3A00.000Z%2F2026-03-09T00%3A00%3A00.000Z")
    )
    await expect(week.selected).to_be_empty()


async def test_an_arrow_without_shift_selects_no_longer(week: AnalyticsPage) -> None:
    await week.press("Home", "Shift+ArrowRight", "ArrowRight")
    await expect(week.selected).to_be_empty()
    await _expect_value(week, "Wed, Mar 4")


async def test_escape_clears_the_selection_and_then_leaves_the_point(week: AnalyticsPage) -> None:
    await week.press("Home", "Shift+ArrowRight", "Escape")
    await expect(week.selected).to_be_empty()
    await week.frame()
    assert await week.shaded() == (0, 0)
    await _expect_value(week, "Tue, Mar 3")
    await week.press("Escape")
    await expect(week.tip).to_have_count(0)


async def test_whoever_leaves_the_chart_leaves_the_selection(week: AnalyticsPage) -> None:
    await week.press("Home", "Shift+ArrowRight", "Tab")
    await expect(week.selected).to_be_empty()
    await expect(week.tip).to_have_count(0)


async def test_drawing_over_the_chart_takes_the_place_of_a_selection(week: AnalyticsPage) -> None:
    await week.press("End", "Shift+ArrowLeft")
    await week.drag(2.2 / 7, 2.8 / 7)
    await _expect_events(week, 2)


async def test_a_selection_stays_where_it_was_when_the_window_changes(week: AnalyticsPage) -> None:
    await week.press("Home", "ArrowRight", "Shift+ArrowRight")
    await expect(week.selected).to_contain_text("selected")
    await week.resize(1000, 800)
    await week.frame()
    assert await week.shaded() == pytest.approx((1 / 7, 3 / 7), abs=0.011)


async def test_the_selection_stays_while_events_come_in(
    week: AnalyticsPage, client: GraphQLClient
) -> None:
    await week.expect_live()
    await week.press("Home", "Shift+ArrowRight")
    await client.record(call("4", occurredAt="2026-03-03T10:00:00Z", cost="1"))
    await expect(week.selected).to_contain_text(f"Mar 2 {_TO} Mar 3 selected: $9.000000000001")
    await week.frame()
    assert await week.shaded() == pytest.approx((0, 2 / 7), abs=0.011)


async def test_a_key_leads_back_and_the_chart_keeps_the_focus(week: AnalyticsPage) -> None:
    await week.press("Home", "Enter")
    await _expect_events(week, 1)
    await expect(week.button("Zoom out")).to_be_visible()
    await expect(week.chart).to_be_focused()
    await week.tab.keyboard.press("-")
    await _expect_events(week, 3)
    await expect(week.chart).to_be_focused()


async def test_the_browsers_own_keys_are_left_to_it(week: AnalyticsPage) -> None:
    await week.press("Alt+ArrowRight", "Control+ArrowRight")
    await expect(week.tip).to_have_count(0)


async def test_the_keys_are_told_to_whoever_comes_by_keyboard(week: AnalyticsPage) -> None:
    await expect(week.timeline.get_by_text("Drag over the chart")).to_be_visible()
    await week.chart.wait_for()
    await week.field("range before").focus()
    await week.tab.keyboard.press("Shift+Tab")
    await expect(week.chart).to_be_focused()
    await expect(week.timeline.get_by_text(_KEYS).locator("visible=true")).to_be_visible()
    await expect(week.timeline.get_by_text("Drag over the chart")).to_have_count(0)


async def test_the_keys_are_told_to_screen_readers(week: AnalyticsPage) -> None:
    await expect(week.chart).to_have_accessible_description(_KEYS)
