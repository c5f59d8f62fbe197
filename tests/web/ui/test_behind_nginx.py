"""The live page behind nginx, set up as docs/running.md says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.nginx import documented_block, running_nginx
from tests.web.ui.activity_page import ActivityPage
from tests.web.ui.inputs import call

pytestmark = pytest.mark.browser


async def test_the_page_is_live(
    page: ActivityPage, server: InProcessServer, client: GraphQLClient, keys: Keys, tmp_path: Path
) -> None:
    started = running_nginx(server.url, tmp_path, documented_block())
    url = await asyncio.to_thread(started.__enter__)
    try:
        await page.open(f"{url}/link/{server.links.add(keys.full)}")
        await client.record(call("one"))
        await page.expect_ids("one")
    finally:
        await asyncio.to_thread(started.__exit__, None, None, None)
