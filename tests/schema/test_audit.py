"""What is done to prices and costs is in the audit log, with who did it."""

from __future__ import annotations

from typing import Any

from tests.browser import Browser
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer

LOG = "{ auditLog { actor action subject detail } }"
SET = """
    mutation { setPrice(input: {provider: "in-house", model: "m",
        rates: [{unit: "input_tokens", amount: "1"}]}) { id } }
"""
RANGE = 'range: {from: "2026-11-01T00:00:00Z", to: "2026-12-01T00:00:00Z"}'


async def _entries(admin: GraphQLClient) -> list[dict[str, Any]]:
    log: list[dict[str, Any]] = (await admin.data(LOG))["auditLog"]
    return log


async def test_setting_and_ending_a_price_are_kept(admin: GraphQLClient) -> None:
    price = (await admin.data(SET))["setPrice"]["id"]
    await admin.data(f'mutation {{ endPrice(id: "{price}") {{ id }} }}')
    entries = await _entries(admin)
    assert [entry["action"] for entry in entries] == ["PRICE_ENDED", "PRICE_SET"]
    assert {entry["subject"] for entry in entries} == {price}
    assert all(entry["actor"].startswith("admin (key_") for entry in entries)


async def test_repricing_is_kept_and_a_dry_run_is_not(admin: GraphQLClient) -> None:
    for dry_run in ("true", "false"):
        await admin.data(f"mutation {{ repriceEvents({RANGE}, dryRun: {dry_run}) {{ changed }} }}")
    (entry,) = await _entries(admin)
    assert entry["action"] == "EVENTS_REPRICED"
    assert entry["detail"]["changed"] == 0


async def test_a_sign_in_with_a_revoked_key_is_told_to_its_workspace(
    server: InProcessServer, admin: GraphQLClient
) -> None:
    create = 'mutation { createApiKey(name: "k", scopes: [USAGE_READ]) { secret apiKey { id } } }'
    made = (await admin.data(create))["createApiKey"]
    id = made["apiKey"]["id"]
    await admin.data(f'mutation {{ revokeApiKey(id: "{id}") {{ id }} }}')
    async with Browser(server.url) as browser:
        assert (await browser.post("/session", json={"key": made["secret"]})).status_code == 401
    last = (await _entries(admin))[0]
    assert (last["action"], last["actor"], last["subject"]) == ("SIGN_IN_FAILED", f"k ({id})", id)


async def test_what_was_refused_is_not_kept_as_done(admin: GraphQLClient) -> None:
    await admin.error('mutation { endPrice(id: "nothing") { id } }')
    assert await _entries(admin) == []


async def test_nobody_else_is_told(server: InProcessServer, client: GraphQLClient) -> None:
    assert (await client.error(LOG))["code"] == "FORBIDDEN"
