"""The live page behind nginx, set up as docs/running.md says, and not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.nginx import documented_block, running_nginx
from tests.web.ui.activity_page import ActivityPage
from tests.web.ui.inputs import call

pytestmark = pytest.mark.browser


Behind = Callable[[str], AbstractAsyncContextManager[str]]


@pytest.fixture
def behind(server: InProcessServer, tmp_path: Path) -> Behind:
    """Starts an nginx with a block, and says its URL."""

    @asynccontextmanager
    async def started(block: str) -> AsyncIterator[str]:
        nginx = running_nginx(server.url, tmp_path, block)
        url = await asyncio.to_thread(nginx.__enter__)
        try:
            yield url
        finally:
            await asyncio.to_thread(nginx.__exit__, None, None, None)

    return started


async def test_the_page_is_live(
    page: ActivityPage, behind: Behind, server: InProcessServer, client: GraphQLClient, keys: Keys
) -> None:
    async with behind(documented_block()) as url:
        await page.open(f"{url}/link/{server.links.add(keys.full)}")
        await client.record(call("one"))
        await page.expect_ids("one")


@pytest.mark.parametrize(
    ("directive", "advice"),
    [
        ("proxy_set_header Host", ["LIVEMETER_BASE_URL=http://127.0.0.1:", "Host $http_host"]),
        ("proxy_set_header Upgrade", ["the headers Upgrade and Connection"]),
    ],
    ids=["no Host", "no WebSocket"],
)
async def test_a_page_that_cannot_be_live_says_what_to_change(
    page: ActivityPage,
    behind: Behind,
    server: InProcessServer,
    keys: Keys,
    directive: str,
    advice: list[str],
) -> None:
    page.expect_complaint("WebSocket connection to")
    lines = documented_block().splitlines()
    block = "\n".join(line for line in lines if directive not in line)
    async with behind(block) as url:
        await page.tab.goto(f"{url}/link/{server.links.add(keys.full)}")
        told = page.tab.get_by_role("alert")
        for part in advice:
            await expect(told).to_contain_text(part)
