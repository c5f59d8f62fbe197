"""The page comes back after its server went away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import ServerProcess
from tests.web.ui.activity_page import ActivityPage
from tests.web.ui.inputs import call

pytestmark = pytest.mark.browser


class RestartedServer:
    """A server process that keeps its port."""

    def __init__(self, database_url: str) -> None:
        self._environment = {"DATABASE_URL": database_url}
        self._process = ServerProcess("--port", "0", environment=self._environment)

    async def start(self) -> None:
        await asyncio.to_thread(self._process.start)

    async def kill(self) -> None:
        await asyncio.to_thread(self._process.kill)

    async def start_again(self) -> None:
        port = self.url.rpartition(":")[2]
        self._process = ServerProcess("--port", port, environment=self._environment)
        await self.start()

    def close(self) -> None:
        self._process.__exit__()

    @property
    def url(self) -> str:
        return self._process.url


@pytest.fixture
async def restarted(database_url: str) -> AsyncIterator[RestartedServer]:
    server = RestartedServer(database_url)
    await server.start()
    yield server
    server.close()


@pytest.fixture
async def followed(page: ActivityPage, restarted: RestartedServer, keys: Keys) -> ActivityPage:
    """The page, signed in on the server that goes away, with one event."""
    for refusal in ("ERR_CONNECTION", "ERR_FAILED", "WebSocket connection to"):
        page.expect_complaint(refusal)
    answer = await page.tab.request.post(f"{restarted.url}/session", data={"key": keys.full})
    assert answer.status == 204
    await page.open(restarted.url)
    async with GraphQLClient(restarted.url, keys.full) as client:
        await client.record(call("before"))
    await page.expect_ids("before")
    return page


async def test_a_lost_connection_is_told_and_live_again_after_the_restart(
    followed: ActivityPage, restarted: RestartedServer
) -> None:
    await restarted.kill()
    await followed.expect_state("waiting")
    await expect(followed.connection).to_contain_text("Reconnecting in")
    await restarted.start_again()
    await followed.expect_live()


async def test_rows_stay_while_the_connection_is_lost(
    followed: ActivityPage, restarted: RestartedServer
) -> None:
    await restarted.kill()
    await followed.expect_state("waiting")
    await followed.expect_ids("before")


async def test_what_was_recorded_meanwhile_appears_once(
    followed: ActivityPage, restarted: RestartedServer, client: GraphQLClient
) -> None:
    await restarted.kill()
    await followed.expect_state("waiting")
    # By the other server, on the same database.
    await client.record(call("meanwhile"), call("meanwhile too"))
    await restarted.start_again()
    await client.record(call("after"))
    await followed.expect_ids("after", "meanwhile too", "meanwhile", "before")


async def test_a_click_tries_again_at_once(
    followed: ActivityPage, restarted: RestartedServer
) -> None:
    await restarted.kill()
    await followed.expect_state("waiting")
    await restarted.start_again()
    await followed.tab.evaluate(
        "() => document.querySelector('[data-testid=connection][data-state=waiting]')?.click()"
    )
    await followed.expect_live()


async def test_a_page_that_opens_to_no_server_says_so_and_recovers(
    followed: ActivityPage, restarted: RestartedServer
) -> None:
    await followed.tab.route("**/graphql", lambda route: route.abort())
    await followed.tab.reload()
    await expect(followed.tab.get_by_role("alert")).to_contain_text("cannot be reached")
    await followed.tab.unroute("**/graphql")
    await followed.expect_ids("before")
