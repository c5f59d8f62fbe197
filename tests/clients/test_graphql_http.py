"""graphql-http's audits: what the GraphQL-over-HTTP specification asks of a server."""

from __future__ import annotations

import pytest

from tests.clients.node import NodeScript
from tests.livemeter_server import InProcessServer

pytestmark = pytest.mark.node


async def test_all_61_audits_of_graphql_http_pass(server: InProcessServer) -> None:
    async with NodeScript("audits.mjs", url=f"{server.url}/graphql") as script:
        audits = await script.says_until("audits")
    failed = [f"{a['id']} {a['name']}: {a['reason']}" for a in audits if a["status"] != "ok"]
    assert not failed, "\n".join(failed)
    assert len(audits) == 61
