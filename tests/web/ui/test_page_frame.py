"""The page around its rows: themes, sizes, what it says where there is nothing, and GraphiQL."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.web.ui.activity_page import ActivityPage
from tests.web.ui.conftest import sign_in
from tests.web.ui.inputs import call, calls

pytestmark = pytest.mark.browser

_MAX_SCRIPT_BYTES = 60 * 1024
_GROUND = "() => getComputedStyle(document.documentElement).backgroundColor"
_COLOURS = {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 20, 22)"}


@pytest.mark.parametrize("path", ["activity", "analytics", "insights", "alerts", "prices"])
async def test_the_script_of_a_page_is_small(
    page: ActivityPage, server: InProcessServer, keys: Keys, built_page: Path, path: str
) -> None:
    scripts: list[Path] = []
    await sign_in(page, server, keys.read)
    page.tab.on(
        "response",
        lambda response: (
            scripts.append(built_page / urlsplit(response.url).path.removeprefix("/static/"))
            if response.request.resource_type == "script"
            else None
        ),
    )
    await page.tab.goto(f"{server.url}/{path}")
    await page.tab.get_by_role("main").wait_for()
    assert 0 < sum(len(gzip.compress(file.read_bytes())) for file in scripts) < _MAX_SCRIPT_BYTES


async def test_an_empty_log_says_how_to_record_an_event(
    activity: ActivityPage, server: InProcessServer
) -> None:
    await activity.tab.get_by_text("Nothing recorded yet").wait_for()
    await expect(activity.tab.get_by_label("Example command")).to_contain_text(
        f"curl {server.url}/graphql"
    )


async def test_the_first_event_takes_the_place_of_the_empty_notice(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await activity.tab.get_by_text("Nothing recorded yet").wait_for()
    await client.record(call("one"))
    await activity.expect_ids("one")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_theme_is_the_systems(
    activity: ActivityPage, scheme: Literal["light", "dark"]
) -> None:
    await activity.tab.emulate_media(color_scheme=scheme)
    assert await activity.evaluate(_GROUND) == _COLOURS[scheme]


@pytest.mark.parametrize(("system", "chosen"), [("light", "dark"), ("dark", "light")])
async def test_a_chosen_theme_persists(
    activity: ActivityPage, system: Literal["light", "dark"], chosen: str
) -> None:
    await activity.tab.emulate_media(color_scheme=system)
    await activity.tab.get_by_role("button", name=f"Use the {chosen} theme").click()
    await activity.tab.reload()
    await activity.expect_live()
    assert await activity.evaluate(_GROUND) == _COLOURS[chosen]


async def test_a_phone_has_no_overflow_with_rows(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await activity.resize(390, 844)
    await client.record(*calls(30, customerId="a-customer-with-a-name-that-does-not-end-" * 4))
    await activity.rows.first.wait_for()
    assert await activity.overflow() == 0


async def test_a_phone_has_no_overflow_with_an_open_row(
    activity: ActivityPage, client: GraphQLClient
) -> None:
    await activity.resize(390, 844)
    await client.record(call("one", metadata={"long": "x" * 400}))
    await activity.row("one").click()
    await activity.detail.get_by_text("Metadata").wait_for()
    assert await activity.overflow() == 0


async def test_a_phone_has_no_overflow_with_its_filters_open(activity: ActivityPage) -> None:
    await activity.resize(390, 844)
    await activity.tab.get_by_role("button", name="Filter").click()
    await activity.tab.get_by_label("Date range").select_option("Custom…")
    await activity.tab.get_by_label("From", exact=True).wait_for()
    assert await activity.overflow() == 0


async def test_a_phone_has_no_overflow_at_the_sign_in(
    page: ActivityPage, server: InProcessServer
) -> None:
    await page.resize(390, 844)
    await page.tab.goto(server.url)
    await page.tab.get_by_label("Password").wait_for()
    assert await page.overflow() == 0


async def test_graphiql_runs_a_query(activity: ActivityPage, client: GraphQLClient) -> None:
    await client.record(call("seen-in-graphiql"))
    await activity.tab.goto(activity.tab.url.rstrip("/") + "/graphql")
    editor = activity.tab.get_by_role("region", name="Query Editor")
    await editor.locator(".CodeMirror").click()
    await activity.tab.keyboard.press("Control+a")
    await activity.tab.keyboard.insert_text("query Latest { events(first: 1) { nodes { id } } }")
    await activity.tab.keyboard.press("Control+Enter")
    await expect(activity.tab.locator(".result-window")).to_contain_text("seen-in-graphiql")
