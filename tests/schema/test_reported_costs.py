"""What providers say they charged: kept beside our own cost, listed, and set to count."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer

COUNT = """mutation($provider: String!, $enabled: Boolean!) {
  useReportedCosts(provider: $provider, enabled: $enabled) { provider setBy } }"""
COST = """query($id: ID!) { event(id: $id) { model requestedModel cost {
  amount status reported { amount status computed counts } } } }"""
LIST = "query($filter: UsageFilter) { events(filter: $filter) { nodes { id } } }"
REPRICE = """mutation { repriceEvents(range: {preset: LAST_7_DAYS}, dryRun: false) { changed } }"""
WORKLIST = "{ unpricedUsage { model missingUnits reasons { code subject message } } }"


def _response(event_id: str, cost: float | None, **values: Any) -> dict[str, Any]:
    usage = {"prompt_tokens": 1_000_000, "completion_tokens": 0, "total_tokens": 1_000_000}
    body = {
        "model": "openai/gpt-4o-mini",
        "usage": usage if cost is None else usage | {"cost": cost},
    }
    return {"id": event_id, "provider": "openrouter", "response": body} | values


async def _cost(client: GraphQLClient, event_id: str) -> Any:
    return (await client.data(COST, id=event_id))["event"]["cost"]


async def _ids(client: GraphQLClient, **filter: Any) -> set[str]:
    nodes = (await client.data(LIST, filter=filter))["events"]["nodes"]
    return {node["id"] for node in nodes}


async def test_a_reported_cost_stands_beside_the_computed_one(client: GraphQLClient) -> None:
    await client.record(_response("a", 0.2))
    assert await _cost(client, "a") == {
        "amount": "0.15",
        "status": "PRICED",
        "reported": {"amount": "0.2", "status": "DIFFERS", "computed": "0.15", "counts": False},
    }


async def test_an_event_without_a_reported_cost_has_none(client: GraphQLClient) -> None:
    await client.record(_response("a", None))
    assert (await _cost(client, "a"))["reported"] is None


async def test_events_whose_charge_differs_can_be_listed(client: GraphQLClient) -> None:
    await client.record(
        _response("differs", 0.2), _response("agrees", 0.15), _response("none", None)
    )
    assert await _ids(client, reportedCostStatuses=["DIFFERS"]) == {"differs"}
    assert await _ids(client, reportedCostStatuses=["DIFFERS", "AGREES"]) == {"differs", "agrees"}


async def test_differences_add_up_in_analytics(client: GraphQLClient) -> None:
    await client.record(_response("differs", 0.2), _response("agrees", 0.15))
    query = """query($filter: UsageFilter) { usage(range: {preset: LAST_7_DAYS}, filter: $filter) {
      totals { events cost } } }"""
    usage = (await client.data(query, filter={"reportedCostStatuses": ["DIFFERS"]}))["usage"]
    assert usage["totals"] == {"events": "1", "cost": "0.15"}


async def test_events_can_be_listed_by_the_model_that_was_asked_for(client: GraphQLClient) -> None:
    await client.record(_response("served", None, model="auto"), _response("plain", None))
    assert await _ids(client, requestedModels=["auto"]) == {"served"}
    assert await _ids(client, requestedModels=[None]) == {"plain"}


async def test_a_reported_cost_counts_once_the_workspace_says_so(admin: GraphQLClient) -> None:
    await admin.data(COUNT, provider="OpenRouter", enabled=True)
    await admin.record(_response("a", 0.2))
    assert await _cost(admin, "a") == {
        "amount": "0.2",
        "status": "REPORTED",
        "reported": {"amount": "0.2", "status": "DIFFERS", "computed": "0.15", "counts": True},
    }


async def test_a_reported_cost_that_counts_is_known_in_full(admin: GraphQLClient) -> None:
    await admin.data(COUNT, provider="openrouter", enabled=True)
    response = _response("a", 0.2)
    response["response"]["model"] = "nobody/knows-this"
    await admin.record(response)
    query = "{ usage(range: {preset: LAST_7_DAYS}) { totals { cost coverage unpricedEvents } } }"
    totals = (await admin.data(query))["usage"]["totals"]
    assert totals == {"cost": "0.2", "coverage": 1.0, "unpricedEvents": "0"}


async def test_earlier_events_follow_the_setting_when_they_are_repriced(
    admin: GraphQLClient,
) -> None:
    await admin.record(_response("a", 0.2))
    costs = []
    for enabled in (True, False):
        await admin.data(COUNT, provider="openrouter", enabled=enabled)
        costs.append((await _cost(admin, "a"))["amount"])
        assert (await admin.data(REPRICE))["repriceEvents"]["changed"] == "1"
        costs.append((await _cost(admin, "a"))["amount"])
    assert costs == ["0.15", "0.2", "0.2", "0.15"]


async def test_sums_follow_the_repricing_to_the_digit(admin: GraphQLClient) -> None:
    await admin.record(_response("a", 0.2), _response("b", 0.3), _response("c", None))
    await admin.data(COUNT, provider="openrouter", enabled=True)
    await admin.data(REPRICE)
    query = "{ usage(range: {preset: LAST_7_DAYS}) { totals { cost } } }"
    assert Decimal((await admin.data(query))["usage"]["totals"]["cost"]) == Decimal("0.65")


async def test_the_providers_that_count_are_listed(
    admin: GraphQLClient, client: GraphQLClient
) -> None:
    await admin.data(COUNT, provider="x-ai", enabled=True)
    answer = await admin.data(COUNT, provider="openrouter", enabled=True)
    providers = [each["provider"] for each in answer["useReportedCosts"]]
    assert providers == ["openrouter", "x-ai"]
    listed = (await client.data("{ reportedProviders { provider } }"))["reportedProviders"]
    assert listed == [{"provider": "openrouter"}, {"provider": "x-ai"}]


async def test_the_setting_is_of_one_workspace(
    admin: GraphQLClient, server: InProcessServer, keys: Keys
) -> None:
    await admin.data(COUNT, provider="openrouter", enabled=True)
    async with GraphQLClient(server.url, keys.other_admin) as other:
        await other.record(_response("a", 0.2))
        assert (await _cost(other, "a"))["status"] == "PRICED"


async def test_setting_it_twice_is_noted_once(admin: GraphQLClient) -> None:
    for _ in range(2):
        await admin.data(COUNT, provider="openrouter", enabled=True)
    entries = (await admin.data("{ auditLog { action subject detail } }"))["auditLog"]
    assert [entry for entry in entries if entry["action"] == "REPORTED_COSTS_SET"] == [
        {"action": "REPORTED_COSTS_SET", "subject": "openrouter", "detail": {"enabled": True}}
    ]


async def test_only_who_manages_prices_may_set_it(client: GraphQLClient) -> None:
    assert (await client.error(COUNT, provider="openrouter", enabled=True))["code"] == "FORBIDDEN"


@pytest.mark.parametrize("provider", ["", " ", "\u0000", "x" * 257])
async def test_a_name_that_no_provider_can_have_is_refused(
    admin: GraphQLClient, provider: str
) -> None:
    error = await admin.error(COUNT, provider=provider, enabled=True)
    assert (error["code"], error["field"]) == ("BAD_INPUT", "provider")


async def test_usage_that_nobody_reported_waits_in_the_worklist(client: GraphQLClient) -> None:
    await client.record({"id": "a", "provider": "openai", "model": "gpt-4o"})
    (waiting,) = (await client.data(WORKLIST))["unpricedUsage"]
    assert waiting == {
        "model": "gpt-4o",
        "missingUnits": [],
        "reasons": [{"code": "NO_USAGE", "subject": None, "message": "No usage was reported."}],
    }


async def test_usage_that_nobody_reported_lowers_coverage(client: GraphQLClient) -> None:
    await client.record(
        {"id": "a", "provider": "openai", "model": "gpt-4o"},
        {"id": "b", "provider": "openai", "model": "gpt-4o", "inputTokens": "1"},
    )
    query = "{ usage(range: {preset: LAST_7_DAYS}) { totals { coverage unpricedEvents } } }"
    totals = (await client.data(query))["usage"]["totals"]
    assert totals == {"coverage": 0.5, "unpricedEvents": "1"}


async def test_a_response_that_contradicts_itself_waits_in_the_worklist(
    client: GraphQLClient,
) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 99}
    response = {"model": "gpt-4o", "usage": usage}
    await client.record({"id": "a", "provider": "openai", "response": response})
    (waiting,) = (await client.data(WORKLIST))["unpricedUsage"]
    assert [(r["code"], r["subject"]) for r in waiting["reasons"]] == [
        ("CONTRADICTION", "total_tokens")
    ]


async def test_a_conflict_says_what_to_do_instead(client: GraphQLClient) -> None:
    event = {"id": "a", "provider": "openai", "model": "gpt-4o", "inputTokens": "10"}
    await client.record(event)
    (result,) = (await client.record(event | {"durationMs": 5}))["results"]
    assert result["status"] == "CONFLICT"
    assert "further event under an id of its own" in result["problem"]["message"]
