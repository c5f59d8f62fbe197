"""A rule that this version cannot read is paused, deleted and replaced by GraphQL."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from models.database import Database
from tests.graphql_client import GraphQLClient

RULE: dict[str, Any] = {
    "name": "Broken",
    "measure": "EVENTS",
    "threshold": "2",
    "window": {"minutes": 60},
}
CREATE = "mutation($input: AlertRuleInput!) { createAlertRule(input: $input) { id } }"
PAUSE = "mutation($id: ID!) { enableAlertRule(id: $id, enabled: false) { id name enabled } }"
DELETE = "mutation($id: ID!) { deleteAlertRule(id: $id) { id name } }"
DELETE_AND_SHOW = "mutation($id: ID!) { deleteAlertRule(id: $id) { id filter { models } } }"
CHANGE = """
    mutation($id: ID!, $input: AlertRuleInput!) {
        changeAlertRule(id: $id, input: $input) { id createdBy }
    }
"""
PROBLEMS = "{ alertProblems { kind ruleId } }"
BREAK = [
    "UPDATE alert_rules SET filter = '[]'",
    "UPDATE alert_rules SET measure = 'LATENCY'",
]


async def _expect_problems(admin: GraphQLClient, problems: list[dict[str, str]]) -> None:
    async with asyncio.timeout(60):
        while (await admin.data(PROBLEMS))["alertProblems"] != problems:
            await asyncio.sleep(0.1)


@pytest.fixture(params=BREAK, ids=["filter", "measure"])
async def broken(admin: GraphQLClient, database: Database, request: pytest.FixtureRequest) -> str:
    """The id of an enabled rule that was broken in the database, and is a problem."""
    id = str((await admin.data(CREATE, input=RULE))["createAlertRule"]["id"])
    async with database.driver() as driver:
        await driver.execute(request.param)
        await driver.execute("UPDATE alert_revisions SET rules = rules + 1")
    await _expect_problems(admin, [{"kind": "RULE", "ruleId": id}])
    return id


async def test_pausing_it_ends_the_problem(admin: GraphQLClient, broken: str) -> None:
    paused = (await admin.data(PAUSE, id=broken))["enableAlertRule"]
    assert paused == {"id": broken, "name": "Broken", "enabled": False}
    await _expect_problems(admin, [])


async def test_deleting_it_ends_the_problem(admin: GraphQLClient, broken: str) -> None:
    deleted = (await admin.data(DELETE, id=broken))["deleteAlertRule"]
    assert deleted == {"id": broken, "name": "Broken"}
    await _expect_problems(admin, [])
    assert (await admin.error(DELETE, id=broken))["code"] == "NOT_FOUND"


async def test_replacing_it_makes_it_whole(admin: GraphQLClient, broken: str) -> None:
    changed = (await admin.data(CHANGE, id=broken, input=RULE))["changeAlertRule"]
    assert changed["id"] == broken
    await _expect_problems(admin, [])
    assert (await admin.data("{ alertRules { id } }"))["alertRules"] == [{"id": broken}]


async def test_what_cannot_be_read_of_it_is_an_error_of_its_own(
    admin: GraphQLClient, broken: str
) -> None:
    assert (await admin.error(DELETE_AND_SHOW, id=broken))["code"] == "CONFLICT"
