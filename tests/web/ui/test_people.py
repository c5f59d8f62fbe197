"""People on the page: invited, signed in, in several workspaces, and out again."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Route, expect

from models.database import Database
from models.membership import Role
from tests.browser import PASSWORD, Browser, invited, make_person
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.web.ui.activity_page import ActivityPage
from tests.web.ui.inputs import call
from tests.web.ui.watched_page import WatchedPage

pytestmark = pytest.mark.browser

ADA = "ada@example.com"


async def _person(
    server: InProcessServer, database: Database, role: Role = Role.MEMBER, workspace_id: int = 1
) -> None:
    async with Browser(server.url) as browser:
        await make_person(browser, database, ADA, role, workspace_id)


async def _sign_in(page: WatchedPage, server: InProcessServer, password: str = PASSWORD) -> None:
    await page.tab.goto(server.url)
    await page.tab.get_by_label("E-mail").fill(ADA)
    await page.tab.get_by_label("Password").fill(password)
    await page.tab.get_by_role("button", name="Sign in").click()


async def test_a_person_signs_in_and_sees_activity_live(
    page: ActivityPage, server: InProcessServer, database: Database
) -> None:
    await _person(server, database)
    await _sign_in(page, server)
    await page.expect_live()


async def test_a_wrong_password_is_told_without_saying_what_was_wrong(
    page: ActivityPage, server: InProcessServer, database: Database
) -> None:
    page.expect_complaint("status of 401")
    await _person(server, database)
    await _sign_in(page, server, "not the password")
    await expect(page.tab.get_by_role("alert")).not_to_be_empty()
    await expect(page.tab.get_by_label("Password")).to_have_attribute("aria-invalid", "true")


async def test_an_invitation_lets_a_person_in(
    page: ActivityPage, server: InProcessServer, database: Database
) -> None:
    token = await invited(database, ADA)
    await page.tab.goto(f"{server.url}/invitation#{token}")
    await expect(page.tab.get_by_role("heading", name="Join default")).to_be_visible()
    await page.tab.get_by_label("Choose a password").fill(PASSWORD)
    await page.tab.get_by_role("button", name="Join").click()
    await page.expect_live()


async def test_a_used_invitation_says_so(
    page: ActivityPage, server: InProcessServer, database: Database
) -> None:
    page.expect_complaint("status of 4")
    await page.tab.goto(f"{server.url}/invitation#nothing")
    await expect(page.tab.get_by_role("alert")).not_to_be_empty()
    await expect(page.tab.get_by_role("button", name="Join")).to_have_count(0)


async def test_an_admin_invites_and_the_link_lets_in(
    page: ActivityPage, browser: Chromium, server: InProcessServer, database: Database
) -> None:
    await _person(server, database, Role.ADMIN)
    await _sign_in(page, server)
    await page.tab.get_by_role("link", name="Members").click()
    await page.tab.get_by_role("button", name="Invite…").click()
    await page.tab.get_by_label("E-mail").fill("bob@example.com")
    await page.tab.get_by_role("button", name="Make the link").click()
    link = await page.tab.get_by_test_id("invitation-link").inner_text()
    await page.tab.get_by_role("button", name="Close", exact=True).click()
    await expect(page.tab.locator("tr.invitation")).to_contain_text("bob@example.com")
    other = await browser.new_context()
    theirs = await other.new_page()
    await theirs.goto(link)
    await theirs.get_by_label("Choose a password").fill(PASSWORD)
    await theirs.get_by_role("button", name="Join").click()
    await expect(theirs.get_by_role("button", name="Your account")).to_be_visible()
    await other.close()


async def test_the_last_admin_cannot_be_removed_and_the_page_says_why(
    page: ActivityPage, server: InProcessServer, database: Database
) -> None:
    await _person(server, database, Role.ADMIN)
    await _sign_in(page, server)
    await page.tab.get_by_role("link", name="Members").click()
    await page.tab.get_by_role("button", name=f"Remove {ADA}").click()
    await page.tab.get_by_role("button", name="Remove", exact=True).click()
    await expect(page.tab.get_by_role("dialog").get_by_role("alert")).not_to_be_empty()


async def test_a_person_of_two_workspaces_changes_between_them(
    page: ActivityPage, server: InProcessServer, database: Database, keys: Keys
) -> None:
    await _person(server, database)
    token = await invited(database, ADA, Role.MEMBER, 2)
    async with Browser(server.url) as own:
        await own.post("/invitation", json={"token": token, "password": PASSWORD})
    await _sign_in(page, server)
    switch = page.tab.get_by_label("Workspace")
    for name in ("other", "default"):
        await switch.select_option(name)
        await expect(switch.locator("option:checked")).to_have_text(name)
        await page.expect_live()


async def test_events_are_exported_from_the_workspace_that_is_shown(
    page: ActivityPage, server: InProcessServer, database: Database, keys: Keys
) -> None:
    await _person(server, database)
    token = await invited(database, ADA, Role.MEMBER, 2)
    async with GraphQLClient(server.url, keys.full) as client:
        await client.record(call("shown"))
    await _sign_in(page, server)
    await page.expect_live()
    async with Browser(server.url) as elsewhere:
        # The workspace used last is another one from here on.
        await elsewhere.post("/invitation", json={"token": token, "password": PASSWORD})
    await page.tab.get_by_role("link", name="Analytics").click()
    await page.tab.get_by_role("button", name="Export models").click()
    async with page.tab.expect_download() as started:
        await page.tab.get_by_role("link", name="NDJSON").click()
    assert '"shown"' in (await (await started.value).path()).read_text()


async def test_a_password_is_changed(
    page: ActivityPage, server: InProcessServer, database: Database
) -> None:
    await _person(server, database)
    await _sign_in(page, server)
    await page.tab.get_by_role("button", name="Your account").click()
    await page.tab.get_by_label("Password as it is").fill(PASSWORD)
    await page.tab.get_by_label("New password").fill("another horse battery")
    await page.tab.get_by_role("button", name="Change the password").click()
    await expect(page.tab.get_by_role("status").get_by_text("changed")).to_be_visible()
    async with Browser(server.url) as own:
        assert (await own.sign_in(ADA, "another horse battery")).status_code == 204


@pytest.mark.parametrize("fails", ["refused", "without a connection"])
@pytest.mark.parametrize(
    ("path", "name"), [("/session", "Sign out"), ("/sessions", "Sign out everywhere")]
)
async def test_who_was_not_signed_out_is_told(
    page: ActivityPage,
    server: InProcessServer,
    database: Database,
    fails: str,
    path: str,
    name: str,
) -> None:
    async def fail(route: Route) -> None:
        if route.request.method != "DELETE":
            await route.continue_()
        elif fails == "refused":
            await route.fulfill(status=503, json={"error": {"code": "UNAVAILABLE", "message": "!"}})
        else:
            await route.abort()

    page.expect_complaint("Failed to load resource")
    await _person(server, database)
    await _sign_in(page, server)
    await page.expect_live()
    await page.tab.route(f"**{path}", fail)
    if name != "Sign out":
        await page.tab.get_by_role("button", name="Your account").click()
    await page.tab.get_by_role("button", name=name, exact=True).click()
    await expect(page.tab.get_by_role("alert")).not_to_be_empty()
    await expect(page.tab.get_by_label("E-mail")).to_have_count(0)


async def test_a_person_signs_out(
    page: ActivityPage, server: InProcessServer, database: Database
) -> None:
    await _person(server, database)
    await _sign_in(page, server)
    await page.expect_live()
    await page.tab.get_by_role("button", name="Sign out").click()
    await page.tab.reload()
    await expect(page.tab.get_by_label("Password")).to_be_visible()
