"""A row opens to all of its event, by mouse and by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.graphql_client import GraphQLClient
from tests.web.ui.activity_page import ActivityPage
from tests.web.ui.inputs import call, calls

pytestmark = pytest.mark.browser


@pytest.fixture
async def opened(activity: ActivityPage, client: GraphQLClient) -> ActivityPage:
    """An event's details are shown."""
    await client.record(call("one", cacheReadTokens=400, metadata={"trace": {"id": "t-17"}}))
    await activity.row("one").get_by_role("button", name="Details").click()
    await activity.detail.get_by_text("Metadata").wait_for()
    return activity


async def test_details_show_each_line_of_the_cost(opened: ActivityPage) -> None:
    lines = opened.detail.locator("table.lines tbody tr")
    assert [" ".join(text.split()) for text in await lines.all_inner_texts()] == [
        "input_tokens 600 $2.50 / 1M $0.0015",
        "output_tokens 200 $10.00 / 1M $0.0020",
        "cache_read_tokens 400 $1.25 / 1M $0.0005",
    ]


async def test_details_show_the_exact_total(opened: ActivityPage) -> None:
    await expect(opened.detail.get_by_test_id("total")).to_have_text("$0.0040")


async def test_details_show_the_counts_of_the_usage(opened: ActivityPage) -> None:
    counts = opened.detail.locator("dl.counts").first
    assert [" ".join(text.split()) for text in await counts.locator("div").all_inner_texts()] == [
        "Input tokens 1,000",
        "from cache 400",
        "Output tokens 200",
        "Total tokens 1,200",
    ]


async def test_details_show_the_metadata(opened: ActivityPage) -> None:
    await expect(opened.detail.get_by_label("Metadata")).to_contain_text('"id": "t-17"')


async def test_escape_closes_the_details(opened: ActivityPage) -> None:
    await opened.tab.keyboard.press("Escape")
    await expect(opened.detail).to_have_count(0)


async def test_an_open_row_stays_in_place_while_events_come_in(
    opened: ActivityPage, client: GraphQLClient
) -> None:
    place = await opened.row("one").bounding_box()
    await client.record(call("new"))
    await expect(opened.new_events).to_have_text("1 new event")
    assert await opened.row("one").bounding_box() == place


async def test_details_closed_by_the_mouse_hold_nothing_back(
    opened: ActivityPage, client: GraphQLClient
) -> None:
    await opened.row("one").get_by_role("button", name="Details").click()
    await expect(opened.detail).to_have_count(0)
    await client.record(call("new"))
    await opened.expect_ids("new", "one")


async def test_details_do_not_put_the_recording_into_the_future(opened: ActivityPage) -> None:
    await expect(opened.detail.locator("time").last).to_have_text(re.compile("(ago|now)$"))


async def test_unpriced_details_say_that_the_cost_is_unknown(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("one", provider="in-house", model="nobody-priced-this"))
    await activity.row("one").get_by_role("button", name="Details").click()
    await expect(activity.detail).to_contain_text(
        "The cost is unknown, not zero. No price is known."
    )


@pytest.fixture
async def three(activity: ActivityPage, client: GraphQLClient) -> ActivityPage:
    await client.record(*calls(3))
    await activity.expect_ids("event-00002", "event-00001", "event-00000")
    return activity


@pytest.mark.parametrize(("down", "up"), [("j", "k"), ("ArrowDown", "ArrowUp")])
async def test_keys_move_from_row_to_row(three: ActivityPage, down: str, up: str) -> None:
    for key, expected in ((down, 2), (down, 1), (down, 0), (up, 1)):
        await three.tab.keyboard.press(key)
        await expect(three.row(f"event-{expected:05}")).to_be_focused()


async def test_enter_opens_the_row_and_closes_it(three: ActivityPage) -> None:
    await three.tab.keyboard.press("j")
    await expect(three.row("event-00002")).to_be_focused()
    await three.tab.keyboard.press("Enter")
    await expect(three.detail).to_contain_text("event-00002")
    await three.tab.keyboard.press("Enter")
    await expect(three.detail).to_have_count(0)


async def test_moving_from_an_open_row_opens_the_next_one(three: ActivityPage) -> None:
    await three.tab.keyboard.press("j")
    await expect(three.row("event-00002")).to_be_focused()
    await three.tab.keyboard.press("Enter")
    await expect(three.detail).to_contain_text("event-00002")
    await three.tab.keyboard.press("j")
    await expect(three.detail).to_contain_text("event-00001")


async def test_escape_leaves_the_rows_and_follows_live_again(
    three: ActivityPage, client: GraphQLClient
) -> None:
    await three.tab.keyboard.press("j")
    await expect(three.row("event-00002")).to_be_focused()
    await client.record(call("new"))
    await expect(three.new_events).to_have_text("1 new event")
    await three.tab.keyboard.press("Escape")
    await expect(three.rows.first).to_have_attribute("data-id", "new")


async def test_slash_goes_to_the_filter(three: ActivityPage) -> None:
    await three.tab.keyboard.press("/")
    await expect(three.tab.get_by_label("Customer", exact=True)).to_be_focused()


@pytest.mark.parametrize("key", ["p", " "])
async def test_a_key_pauses_and_resumes(three: ActivityPage, key: str) -> None:
    await three.tab.keyboard.press(key)
    await three.expect_state("paused")
    await three.tab.keyboard.press(key)
    await three.expect_state("live")


async def test_a_question_mark_tells_the_keys(three: ActivityPage) -> None:
    await three.tab.keyboard.press("?")
    await expect(three.tab.get_by_role("dialog")).to_contain_text("open the row, close it")
