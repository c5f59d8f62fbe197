"""Filters on metadata over the wire: by key, by path, and told how to be written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.graphql_client import GraphQLClient

QUERY = """
    query($filter: UsageFilter) {
      events(first: 10, filter: $filter, order: OLDEST_FIRST) { nodes { id } }
      usage(range: {from: "2026-10-01T00:00:00Z", to: "2026-12-01T00:00:00Z"}, filter: $filter) {
        totals { events }
        breakdown(by: [CUSTOMER], top: 5) { totals { events } }
      }
    }
"""
TRIALS = json.loads((Path(__file__).parents[1] / "data" / "field_trials.json").read_text())
METADATA: dict[str, Any] = {
    "nested": {"team": {"name": "a"}},
    "dotted": {"team.name": "a"},
    "tagged": {"tags": ["a", "b"]},
    "listed": {"teams": [{"name": "a"}, {"name": "b"}]},
    "other": {"team": {"name": "z"}},
}


@pytest.fixture
async def recorded(client: GraphQLClient, event: dict[str, Any]) -> GraphQLClient:
    await client.record(
        *(event | {"id": id, "metadata": metadata} for id, metadata in METADATA.items())
    )
    return client


@pytest.mark.parametrize(
    ("match", "id"),
    [
        ({"key": "team", "path": ["name"], "value": "a"}, "nested"),
        ({"key": "team.name", "value": "a"}, "dotted"),
        ({"key": "team.name", "path": [], "value": "a"}, "dotted"),
        ({"key": "tags", "value": "b"}, "tagged"),
        ({"key": "teams", "path": ["name"], "value": "b"}, "listed"),
    ],
)
async def test_events_and_sums_are_filtered_by_nested_values_and_arrays(
    recorded: GraphQLClient, match: dict[str, Any], id: str
) -> None:
    data = await recorded.data(QUERY, filter={"metadata": [match]})
    assert [node["id"] for node in data["events"]["nodes"]] == [id]
    assert int(data["usage"]["totals"]["events"]) == 1
    assert [int(group["totals"]["events"]) for group in data["usage"]["breakdown"]] == [1]


@pytest.mark.parametrize(
    "metadata",
    [
        *(each["filter"]["metadata"] for each in TRIALS if "filter" in each),
        [{"team": "a"}],
        "team",
        {"key": "team"},
        [{"key": "team", "value": {"name": "a"}}],
        [{"key": "size", "value": 1}],
        [{"key": "team", "path": [{"name": "a"}], "value": "a"}],
    ],
)
async def test_a_filter_of_another_shape_is_told_how_to_write_it(
    client: GraphQLClient, metadata: object
) -> None:
    answer = await client.post(QUERY, filter={"metadata": metadata})
    for error in answer["errors"]:
        assert error["extensions"]["code"] == "BAD_INPUT"
        assert error["extensions"]["field"].startswith("filter.metadata")
        assert '[{key: "team", path: ["name"], value: "a"}]' in error["message"]


async def test_a_filter_written_into_the_document_is_told_too(client: GraphQLClient) -> None:
    query = '{ events(filter: {metadata: {team: {name: "a"}}}) { nodes { id } } }'
    answer = await client.post(query)
    assert all('path: ["name"]' in error["message"] for error in answer["errors"])


async def test_a_rule_keeps_the_path_of_its_filter(admin: GraphQLClient) -> None:
    match = {"key": "team", "path": ["name"], "value": "a"}
    flat = {"key": "plan", "path": [], "value": "pro"}
    made = await admin.data(
        "mutation($rule: AlertRuleInput!) { createAlertRule(input: $rule) {"
        " filter { metadata { key path value } } } }",
        rule={
            "name": "team a",
            "measure": "EVENTS",
            "condition": "THRESHOLD",
            "threshold": "1",
            "window": {"minutes": 60},
            "filter": {"metadata": [match, flat]},
        },
    )
    assert made["createAlertRule"]["filter"]["metadata"] == [match, flat]
    read = await admin.data("{ alertRules { filter { metadata { key path value } } } }")
    assert read["alertRules"][0]["filter"]["metadata"] == [match, flat]
