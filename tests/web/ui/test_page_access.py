"""Who may see the page: by the one-time link, by a key, and nobody else."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.web.ui.activity_page import ActivityPage
from tests.web.ui.inputs import call

pytestmark = pytest.mark.browser


async def _sign_in(page: ActivityPage, key: str) -> None:
    by_key = page.tab.get_by_role("button", name="Use an API key")
    if await by_key.count():
        await by_key.click()
    await page.tab.get_by_label("API key").fill(key)
    await page.tab.get_by_role("button", name="Sign in").click()


async def test_the_one_time_link_opens_the_table(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("one"))
    await activity.expect_ids("one")


async def test_the_one_time_link_works_once(
    page: ActivityPage, browser: Browser, server: InProcessServer, keys: Keys
) -> None:
    link = f"{server.url}/link/{server.links.add(keys.full)}"
    await page.open(link)
    other = await browser.new_context()
    second = ActivityPage(await other.new_page())
    await second.tab.goto(link)
    await expect(second.tab.get_by_label("Password")).to_be_visible()
    await other.close()


async def test_a_browser_stays_signed_in(activity: ActivityPage) -> None:
    await activity.tab.reload()
    await activity.expect_live()


async def test_without_a_sign_in_the_page_asks_who_one_is(
    page: ActivityPage, server: InProcessServer
) -> None:
    await page.tab.goto(server.url)
    await expect(page.tab.get_by_label("E-mail")).to_be_focused()


async def test_a_key_signs_in(page: ActivityPage, server: InProcessServer, keys: Keys) -> None:
    await page.tab.goto(server.url)
    await page.tab.get_by_label("E-mail").wait_for()
    await _sign_in(page, keys.read)
    await page.expect_live()


async def test_an_unknown_key_is_refused_with_a_reason(
    page: ActivityPage, server: InProcessServer
) -> None:
    page.expect_complaint("status of 401")
    await page.tab.goto(server.url)
    await page.tab.get_by_label("E-mail").wait_for()
    await _sign_in(page, "om_live_nobody")
    await expect(page.tab.get_by_role("alert")).to_have_text(
        "This key is not known here, or it has ended."
    )


async def test_a_key_that_may_only_write_is_refused_with_a_reason(
    page: ActivityPage, server: InProcessServer, keys: Keys
) -> None:
    page.expect_complaint("status of 401")
    await page.tab.goto(server.url)
    await page.tab.get_by_label("E-mail").wait_for()
    await _sign_in(page, keys.write)
    await expect(page.tab.get_by_role("alert")).to_contain_text("needs one with USAGE_READ")


async def test_a_right_key_after_a_wrong_one_signs_in(
    page: ActivityPage, server: InProcessServer, keys: Keys
) -> None:
    page.expect_complaint("status of 401")
    await page.tab.goto(server.url)
    await page.tab.get_by_label("E-mail").wait_for()
    await _sign_in(page, "om_live_nobody")
    await expect(page.tab.get_by_role("alert")).not_to_be_empty()
    await _sign_in(page, keys.full)
    await page.expect_live()


async def test_signing_out_asks_who_one_is_again(activity: ActivityPage) -> None:
    await activity.tab.get_by_role("button", name="Sign out").click()
    await activity.tab.get_by_label("Password").wait_for()
    await activity.tab.reload()
    await expect(activity.tab.get_by_label("Password")).to_be_visible()


async def test_a_workspace_does_not_see_the_events_of_another(
    page: ActivityPage, server: InProcessServer, keys: Keys, client: GraphQLClient
) -> None:
    await client.record(call("ours"))
    await page.open(f"{server.url}/link/{server.links.add(keys.other)}")
    await expect(page.tab.get_by_text("Nothing recorded yet")).to_be_visible()
