"""Events appear on the page as they are recorded."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.graphql_client import GraphQLClient
from tests.web.ui.activity_page import ActivityPage
from tests.web.ui.inputs import ago, call, calls

pytestmark = pytest.mark.browser
# The most rows that 900 px and what is drawn ahead of them take.
_DRAWN = 60


async def test_a_recorded_event_appears_on_top(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("first"))
    await activity.expect_ids("first")
    await client.record(call("second"))
    await activity.expect_ids("second", "first")


async def test_a_row_shows_every_column(activity: ActivityPage, client: GraphQLClient) -> None:
    await client.record(call("one", durationMs=1240, occurredAt="2026-03-01T10:20:30.456Z"))
    await activity.expect_ids("one")
    assert await activity.cells("one") == {
        "Details": "",
        "Time": await activity.evaluate(
            """() => { const at = new Date('2026-03-01T10:20:30.456Z');
                 const time = at.toTimeString().slice(0, 8);
                 const isThisYear = new Date().getFullYear() === 2026;
                 return isThisYear ? `Mar 1 ${time}.456` : `Mar 1, 2026 ${time.slice(0, 5)}`; }"""
        ),
        "Type": "Tokens",
        "Customer": "acme",
        "User": "ada",
        "Feature": "chat",
        "Provider": "openai",
        "Model": "gpt-4o",
        "Tokens in": "1,000",
        "Tokens out": "200",
        "Cost": "$0.004500",
        "Took": "1.24 s",
        "Outcome": "Success",
    }


@pytest.mark.parametrize("width", [390, 1100, 1440])
async def test_times_and_counts_are_not_cut_off(
    activity: ActivityPage, client: GraphQLClient, width: int
) -> None:
    await activity.resize(width, 844)
    await client.record(
        call("today", inputTokens=182_490, outputTokens=30_773),
        call("this year", occurredAt=ago(days=40)),
        call("another year", occurredAt="2021-12-28T20:48:58.888Z"),
    )
    await activity.expect_ids("today", "this year", "another year")
    cut_off = """() => [...document.querySelectorAll('.event :is(.time, .number, .number .line)')]
        .filter((place) => place.scrollWidth > place.clientWidth)
        .map((place) => place.innerText)"""
    assert await activity.evaluate(cut_off) == []


async def test_an_error_shows_its_code(activity: ActivityPage, client: GraphQLClient) -> None:
    await client.record(call("one", outcome="ERROR", errorCode="rate_limited"))
    await activity.expect_ids("one")
    assert (await activity.cells("one"))["Outcome"] == "rate_limited"


async def test_a_cost_without_a_price_is_unknown_and_not_zero(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("one", provider="in-house", model="nobody-priced-this"))
    await activity.expect_ids("one")
    assert (await activity.cells("one"))["Cost"] == "—"


async def test_an_event_of_the_past_goes_to_its_place(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("older", occurredAt=ago(hours=3)), call("newer"))
    await activity.expect_ids("newer", "older")
    await client.record(call("late", occurredAt=ago(hours=1)))
    await activity.expect_ids("newer", "late", "older")


async def test_an_event_sent_twice_is_shown_once(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("one"))
    await client.record(call("one"))
    await client.record(call("two"))
    await activity.expect_ids("two", "one")


async def test_a_pause_counts_new_events_and_holds_them_back(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("before"))
    await activity.expect_ids("before")
    await activity.tab.get_by_role("button", name="Pause").click()
    await client.record(*calls(3))
    await expect(activity.new_events).to_contain_text("3 new events")
    await activity.expect_ids("before")


async def test_resuming_shows_what_was_missed_in_order(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("before"))
    await activity.expect_ids("before")
    await activity.tab.get_by_role("button", name="Pause").click()
    await client.record(*calls(2))
    await client.record(call("last"))
    await expect(activity.new_events).to_contain_text("3 new events")
    await activity.tab.get_by_role("button", name="Resume", exact=True).click()
    await activity.expect_ids("last", "event-00001", "event-00000", "before")


async def test_after_a_pause_of_very_many_events_the_newest_are_shown(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("before"))
    await activity.expect_ids("before")
    await activity.tab.get_by_role("button", name="Pause").click()
    for part in range(3):
        await client.record(*calls(500, f"part-{part}"))
    await expect(activity.new_events).to_contain_text("1,500 new events")
    await activity.new_events.click()
    await expect(activity.rows.first).to_have_attribute("data-id", "part-2-00499")
    shown = await activity.shown_ids()
    assert shown == [f"part-2-{499 - place:05}" for place in range(len(shown))]


async def test_2000_events_a_second_leave_the_page_answering(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    drawn = 0
    for part in range(30):
        await asyncio.gather(client.record(*calls(200, f"part-{part:02}")), asyncio.sleep(0.1))
        drawn = max(drawn, await activity.rows.count())
        if part == 15:
            await activity.tab.keyboard.press("?")
            await expect(activity.tab.get_by_role("dialog")).to_be_visible()
            await activity.tab.keyboard.press("Escape")
    await expect(activity.rows.first).to_have_attribute("data-id", "part-29-00199")
    assert 0 < drawn <= _DRAWN


async def test_older_events_load_as_one_scrolls_each_of_them_once(
    client: GraphQLClient, activity: ActivityPage
) -> None:
    await client.record(*calls(300))
    await activity.tab.reload()
    await expect(activity.rows.first).to_have_attribute("data-id", "event-00299")
    seen: dict[str, None] = {}
    end = activity.tab.get_by_text("No older events")
    while "event-00000" not in seen or not await end.is_visible():
        shown = await activity.shown_ids()
        assert len(shown) == len(set(shown))
        seen.update(dict.fromkeys(shown))
        await activity.scroller.evaluate("(element) => element.scrollBy(0, 500)")
        await activity.frame()
    assert list(seen) == [f"event-{299 - place:05}" for place in range(300)]


async def test_rows_stay_in_place_for_who_has_scrolled_down(
    client: GraphQLClient, activity: ActivityPage
) -> None:
    await client.record(*calls(100))
    await expect(activity.rows.first).to_have_attribute("data-id", "event-00099")
    await activity.scroller.evaluate("(element) => element.scrollTo(0, 1000)")
    await activity.frame()
    place = await activity.row("event-00060").bounding_box()
    await client.record(call("new"))
    await expect(activity.new_events).to_have_text("1 new event")
    assert await activity.row("event-00060").bounding_box() == place
