"""The Keys page: keys are made, shown once, and revoked; and who did it is told."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.web.ui.conftest import sign_in
from tests.web.ui.keys_page import KeysPage

pytestmark = pytest.mark.browser


async def test_a_key_that_is_made_works_and_its_secret_is_shown_this_once(
    keys_page: KeysPage, server: InProcessServer
) -> None:
    secret = await keys_page.make("checkout", "Record events", "Read events")
    async with GraphQLClient(server.url, secret) as client:
        viewer = (await client.data("{ viewer { scopes } }"))["viewer"]
    assert viewer["scopes"] == ["EVENTS_WRITE", "USAGE_READ"]
    await keys_page.button("I have kept it").click()
    await expect(keys_page.row("checkout")).to_contain_text("EVENTS_WRITE, USAGE_READ")
    await keys_page.tab.reload()
    await expect(keys_page.row("checkout")).to_be_visible()
    assert secret not in await keys_page.tab.content()


async def test_a_key_without_a_name_is_refused_at_its_field(keys_page: KeysPage) -> None:
    await keys_page.button("New key…").click()
    await keys_page.button("Make the key").click()
    field = keys_page.dialog.get_by_label("What it is for")
    await expect(field).to_have_attribute("aria-invalid", "true")


async def test_a_key_is_revoked_only_after_asking(
    keys_page: KeysPage, server: InProcessServer, keys: Keys
) -> None:
    await keys_page.button("Revoke read").click()
    await keys_page.button("Keep it").click()
    await expect(keys_page.button("Revoke read")).to_be_visible()
    await keys_page.button("Revoke read").click()
    await keys_page.button("Revoke the key").click()
    await expect(keys_page.row("read")).to_contain_text("revoked")
    await expect(keys_page.button("Revoke read")).to_have_count(0)


async def test_what_was_done_is_told(keys_page: KeysPage) -> None:
    await keys_page.make("checkout", "Record events")
    await keys_page.button("I have kept it").click()
    await expect(keys_page.entries.first).to_contain_text("made a key")
    await expect(keys_page.entries.first).to_contain_text("checkout")


async def test_escape_leaves_everything_as_it_was(keys_page: KeysPage) -> None:
    await keys_page.button("New key…").click()
    await keys_page.tab.keyboard.press("Escape")
    await expect(keys_page.dialog).to_have_count(0)
    await expect(keys_page.button("New key…")).to_be_focused()


async def test_who_is_no_admin_is_not_led_there_and_is_told_why(
    keys_page: KeysPage, server: InProcessServer, keys: Keys
) -> None:
    await keys_page.tab.context.clear_cookies()
    await sign_in(keys_page, server, keys.read)
    await keys_page.tab.goto(f"{server.url}/keys")
    await expect(keys_page.tab.get_by_text("Keys are for admins")).to_be_visible()
    await expect(keys_page.tab.get_by_role("link", name="Keys", exact=True)).to_have_count(0)
