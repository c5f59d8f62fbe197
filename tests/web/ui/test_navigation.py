"""From page to page, without a reload."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.web.ui.activity_page import ActivityPage
from tests.web.ui.inputs import call

pytestmark = pytest.mark.browser

_LEAVE_A_MARK = "() => { window.mark = 'here' }"


def _link(page: ActivityPage, name: str) -> Locator:
    return page.tab.get_by_role("navigation").get_by_role("link", name=name)


def _heading(page: ActivityPage, name: str) -> Locator:
    return page.tab.get_by_role("heading", name=name, exact=True)


async def _go(page: ActivityPage, name: str) -> None:
    await _link(page, name).click()
    await _heading(page, name).wait_for()


async def test_a_link_leads_to_another_page_without_a_reload(activity: ActivityPage) -> None:
    await activity.evaluate(_LEAVE_A_MARK)
    await _go(activity, "Prices")
    assert await activity.evaluate("() => window.mark") == "here"


async def test_a_page_can_be_opened_by_its_address(
    activity: ActivityPage, server: InProcessServer
) -> None:
    await activity.tab.goto(f"{server.url}/prices")
    await expect(_heading(activity, "Prices")).to_be_visible()


async def test_the_link_of_the_page_one_is_on_is_marked(activity: ActivityPage) -> None:
    await _go(activity, "Prices")
    current = activity.tab.get_by_role("navigation").locator("[aria-current=page]")
    await expect(current).to_have_text("Prices")


async def test_the_title_names_the_page(activity: ActivityPage) -> None:
    await expect(activity.tab).to_have_title("Activity · Livemeter")
    await _go(activity, "Prices")
    await expect(activity.tab).to_have_title("Prices · Livemeter")


async def test_the_focus_goes_to_the_new_pages_main_part(activity: ActivityPage) -> None:
    await _go(activity, "Prices")
    await expect(activity.tab.get_by_role("main")).to_be_focused()


async def test_back_leads_to_the_filter_that_was_left(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await client.record(call("match", customerId="globex"), call("other"))
    await activity.row("match").get_by_text("globex").click()
    await activity.expect_ids("match")
    await _go(activity, "Prices")
    await activity.tab.go_back()
    await activity.expect_ids("match")


async def test_leaving_activity_ends_its_feed(
    page: ActivityPage, server: InProcessServer, keys: Keys
) -> None:
    async with page.tab.expect_websocket() as opened:
        await page.open(f"{server.url}/link/{server.links.add(keys.full)}")
    # The socket stays: the bell of the next page goes on with it.
    feed = await opened.value
    async with feed.expect_event("framesent", lambda frame: '"complete"' in frame):
        await _go(page, "Prices")


async def test_activity_is_live_again_after_one_came_back(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await _go(activity, "Prices")
    await client.record(call("meanwhile"))
    await _go(activity, "Activity")
    await activity.expect_live()
    await client.record(call("after"))
    await activity.expect_ids("after", "meanwhile")


async def test_activity_loads_no_other_pages_script(
    page: ActivityPage, server: InProcessServer, keys: Keys
) -> None:
    scripts: list[str] = []
    page.tab.on("request", lambda request: scripts.append(request.url))
    await page.open(f"{server.url}/link/{server.links.add(keys.full)}")
    pages = re.compile(r"/assets/(prices|analytics)-[\w-]{8}\.js")
    assert not [url for url in scripts if pages.search(url)]


async def test_a_script_that_is_gone_is_told(activity: ActivityPage) -> None:
    activity.expect_complaint("ERR_FAILED")
    await activity.tab.route(re.compile("/assets/prices"), lambda route: route.abort())
    await _link(activity, "Prices").click()
    await expect(activity.tab.get_by_role("alert")).to_contain_text("The page could not be read")


async def test_an_address_without_a_page_leads_back_to_activity(activity: ActivityPage) -> None:
    await activity.evaluate(
        """() => { history.pushState(null, '', '/nowhere');
             dispatchEvent(new PopStateEvent('popstate')); }"""
    )
    await activity.tab.get_by_role("link", name="Go to Activity").click()
    await activity.expect_live()


async def test_a_phone_has_no_overflow_with_the_navigation(activity: ActivityPage) -> None:
    await activity.resize(390, 844)
    await expect(_link(activity, "Prices")).to_be_visible()
    assert await activity.overflow() == 0
