"""Alerts by GraphQL: rules are made, fire, are told of live, and are acknowledged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from models.alert_problem import ProblemKind, Skip, Subject, keep_problems, skip_events
from models.database import Database
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.subscription import subscribed

RULE: dict[str, Any] = {
    "name": "Any user",
    "measure": "EVENTS",
    "threshold": "2",
    "per": "USER",
    "window": {"minutes": 44640},
    "filter": {"models": ["gpt-4o"], "metadata": [{"key": "k", "value": "v"}]},
}
CREATE = "mutation($input: AlertRuleInput!) { createAlertRule(input: $input) { id } }"
ALERTS = "subscription { alerts { openCount isComplete firings { id key state } } }"


@pytest.fixture
def event(event: dict[str, Any]) -> dict[str, Any]:
    """One of now: windows end with the present."""
    return event | {"occurredAt": datetime.now(UTC).isoformat()}


async def _create(admin: GraphQLClient, **changes: Any) -> str:
    made = await admin.data(CREATE, input=RULE | changes)
    return str(made["createAlertRule"]["id"])


async def test_a_rule_shows_what_it_was_given(admin: GraphQLClient) -> None:
    await _create(admin)
    fields = (
        "name measure condition threshold per enabled minimum minimumEvents "
        "window { minutes period timeZone } "
        "filter { models customerIds metadata { key value } } destinationIds budget { limit }"
    )
    assert (await admin.data(f"{{ alertRules {{ {fields} }} }}"))["alertRules"] == [
        {
            "name": "Any user",
            "measure": "EVENTS",
            "condition": "THRESHOLD",
            "threshold": "2",
            "per": "USER",
            "enabled": True,
            "minimum": "20",
            "minimumEvents": 20,
            "window": {"minutes": 44640, "period": None, "timeZone": "UTC"},
            "filter": {
                "models": ["gpt-4o"],
                "customerIds": None,
                "metadata": [{"key": "k", "value": "v"}],
            },
            "destinationIds": [],
            "budget": None,
        }
    ]


async def test_a_budget_is_shown_with_its_rule(admin: GraphQLClient) -> None:
    await _create(admin, measure="COST", per=None, window={"period": "MONTH"})
    answer = await admin.data("{ alertRules { budget { limit spent forecast runsOutAt } } }")
    assert answer["alertRules"][0]["budget"] == {
        "limit": "2",
        "spent": "0",
        "forecast": None,
        "runsOutAt": None,
    }


async def test_a_firing_is_told_of_live_and_acknowledged(
    server: InProcessServer,
    keys: Keys,
    admin: GraphQLClient,
    event: dict[str, Any],
) -> None:
    await _create(admin, filter=None)
    async with subscribed(server.url, keys.read, ALERTS) as subscription:
        for number in range(2):
            await admin.record(event | {"id": str(number), "userId": "ada"})
        begun = (await subscription.message())["payload"]["data"]["alerts"]
        assert begun["openCount"] == 1
        [firing] = begun["firings"]
        assert (firing["key"], firing["state"]) == ("ada", "OPEN")
        await admin.data(f'mutation {{ acknowledgeAlerts(ids: ["{firing["id"]}"]) {{ id }} }}')
        known = (await subscription.message())["payload"]["data"]["alerts"]
        assert known["openCount"] == 0
        assert known["firings"][0]["state"] == "ACKNOWLEDGED"


async def test_who_acknowledged_is_shown(
    admin: GraphQLClient, event: dict[str, Any], server: InProcessServer, keys: Keys
) -> None:
    await _create(admin, threshold="1", filter=None)
    async with subscribed(server.url, keys.read, ALERTS) as subscription:
        await admin.record(event | {"userId": "ada"})
        [firing] = (await subscription.message())["payload"]["data"]["alerts"]["firings"]
    mutation = f'acknowledgeAlerts(ids: ["{firing["id"]}", "unknown"])'
    answer = await admin.data(f"mutation {{ {mutation} {{ state acknowledgedBy }} }}")
    [known] = answer["acknowledgeAlerts"]
    assert known["state"] == "ACKNOWLEDGED"
    assert known["acknowledgedBy"].startswith("admin")


async def test_a_preview_keeps_nothing(admin: GraphQLClient, event: dict[str, Any]) -> None:
    await admin.record(*(event | {"id": str(number), "userId": "ada"} for number in range(2)))
    query = (
        "query($input: AlertRuleInput!) { alertPreview(input: $input) "
        "{ total keys stepMinutes firings { key value limit } } }"
    )
    answer = await admin.data(query, input=RULE | {"filter": None, "window": {"minutes": 60}})
    assert answer["alertPreview"] == {
        "total": 1,
        "keys": 1,
        "stepMinutes": 1,
        "firings": [{"key": "ada", "value": "2", "limit": "2"}],
    }
    assert (await admin.data("{ alertRules { id } alertFirings { id } }")) == {
        "alertRules": [],
        "alertFirings": [],
    }


@pytest.mark.parametrize(
    "query",
    [
        "mutation { acknowledgeAlerts(ids: []) { id } }",
        'mutation { enableAlertRule(id: "a") { id } }',
        'mutation { deleteAlertRule(id: "a") { id } }',
        '{ alertPreview(input: {name: "a", measure: COST, threshold: "1", '
        "window: {minutes: 60}}) { total } }",
    ],
)
async def test_only_admins_change_what_is_watched(client: GraphQLClient, query: str) -> None:
    assert (await client.error(query))["code"] == "FORBIDDEN"


@pytest.mark.parametrize("first", [-1, 1001])
async def test_pages_have_their_bounds(client: GraphQLClient, first: int) -> None:
    error = await client.error(f"{{ alertFirings(first: {first}) {{ id }} }}")
    assert error["code"] in ("BAD_INPUT", "TOO_COMPLEX")


PROBLEMS = "{ alertProblems { kind message since ruleId ruleName events eventIds } }"


async def test_what_rules_cannot_be_evaluated_for_is_told(
    admin: GraphQLClient, database: Database
) -> None:
    rule_id = await _create(admin)
    async with database.driver() as driver, driver.transaction():
        # Whoever evaluates the workspace would find that nothing is wrong.
        await driver.execute("UPDATE alert_progress SET holder = 'test', held_until = 'infinity'")
        await skip_events(driver, 1, {Skip(7, "a mark"): "the cost is NaN"})
        await keep_problems(driver, 1, {Subject(ProblemKind.RULE, rule_id): "it is broken"})
    [of_rule, of_event] = (await admin.data(PROBLEMS))["alertProblems"]
    assert of_rule.pop("since")
    assert of_event.pop("since")
    assert of_rule == {
        "kind": "RULE",
        "message": "it is broken",
        "ruleId": rule_id,
        "ruleName": "Any user",
        "events": "0",
        "eventIds": [],
    }
    assert (of_event["kind"], of_event["events"]) == ("EVENT", "1")


async def test_nobody_is_told_of_another_workspaces_problems(
    server: InProcessServer, keys: Keys, database: Database
) -> None:
    async with database.driver() as driver, driver.transaction():
        await skip_events(driver, 1, {Skip(7, "a mark"): "the cost is NaN"})
        await keep_problems(driver, 1, {Subject(ProblemKind.WORKSPACE): "it fails"})
    async with GraphQLClient(server.url, keys.other) as other:
        assert (await other.data(PROBLEMS))["alertProblems"] == []
