"""Tokens for browsers of one customer: that customer's usage, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.database import Database
from models.membership import Role
from resolvers.people.members import members, remove_member
from tests.browser import Browser, make_person
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.rest_client import RestClient
from tests.subscription import subscribed

MAKE = """
    mutation($customerId: String!, $seconds: Int! = 3600) {
        createCustomerToken(customerId: $customerId, expiresInSeconds: $seconds) {
            token expiresAt
        }
    }
"""
NOVEMBER = 'range: {from: "2026-11-01T00:00:00Z", to: "2026-12-01T00:00:00Z"}'


@pytest.fixture
async def token(client: GraphQLClient, event: dict[str, Any]) -> str:
    """Of `acme`, which has one event of two."""
    await client.record(event, event | {"id": "event-2", "customerId": "beta", "userId": "b"})
    return str((await client.data(MAKE, customerId="acme"))["createCustomerToken"]["token"])


@pytest.fixture
async def customer(server: InProcessServer, token: str) -> AsyncIterator[GraphQLClient]:
    async with GraphQLClient(server.url, token) as client:
        yield client


async def test_the_viewer_is_the_customer(customer: GraphQLClient) -> None:
    viewer = (await customer.data("{ viewer { customerId email scopes } }"))["viewer"]
    assert viewer == {"customerId": "acme", "email": None, "scopes": ["USAGE_READ"]}


async def test_a_customer_sees_its_own_events_alone(customer: GraphQLClient) -> None:
    events = (await customer.data("{ events { nodes { id cost { price { id } } } } }"))["events"]
    assert [event["id"] for event in events["nodes"]] == ["event-1"]
    assert await customer.data('{ event(id: "event-2") { id } }') == {"event": None}
    assert (await customer.data('{ event(id: "event-1") { id } }'))["event"] is not None


@pytest.mark.parametrize("filter", ["{}", '{customerIds: ["beta", "acme"]}'])
async def test_a_customer_sees_its_own_usage_alone(customer: GraphQLClient, filter: str) -> None:
    fields = """
        totals { events } timeline(interval: WEEK) { totals { events } }
        customers: breakdown(by: [CUSTOMER]) { key { customerId } totals { events } }
        models: breakdown(by: [MODEL]) { totals { events } }
        errors: breakdown(by: [USER, FEATURE]) { totals { events } }
    """
    usage = await customer.data(f"{{ usage({NOVEMBER}, filter: {filter}) {{ {fields} }} }}")
    usage = usage["usage"]
    assert usage["totals"]["events"] == "1"
    assert usage["timeline"][0]["totals"]["events"] == "1"
    assert [group["key"]["customerId"] for group in usage["customers"]] == ["acme"]
    assert [group["totals"]["events"] for group in usage["models"]] == ["1"]
    assert [group["totals"]["events"] for group in usage["errors"]] == ["1"]


async def test_a_customer_that_asks_for_another_sees_nothing(customer: GraphQLClient) -> None:
    filter = 'filter: {customerIds: ["beta"]}'
    usage = await customer.data(f"{{ usage({NOVEMBER}, {filter}) {{ totals {{ events }} }} }}")
    assert usage["usage"]["totals"]["events"] == "0"
    assert await customer.data(f"{{ events({filter}) {{ nodes {{ id }} }} }}") == {
        "events": {"nodes": []}
    }


async def test_the_values_of_filters_are_the_customers_own(customer: GraphQLClient) -> None:
    assert await customer.data("{ dimensionValues(dimension: CUSTOMER) }") == {
        "dimensionValues": ["acme"]
    }
    assert await customer.data("{ dimensionValues(dimension: USER) }") == {"dimensionValues": []}


async def test_the_feed_carries_the_customers_own_events_alone(
    server: InProcessServer, client: GraphQLClient, token: str, event: dict[str, Any]
) -> None:
    async with subscribed(server.url, token) as subscription:
        await client.record(
            event | {"id": "event-3", "customerId": "beta"}, event | {"id": "event-4"}
        )
        assert await subscription.ids() == ["event-4"]


async def test_the_feed_goes_on_from_the_head_of_a_page(
    server: InProcessServer, client: GraphQLClient, customer: GraphQLClient, token: str, event: Any
) -> None:
    head = (await customer.data("{ events { head } }"))["events"]["head"]
    await client.record(event | {"id": "event-3"}, event | {"id": "event-4", "customerId": "beta"})
    async with subscribed(server.url, token, after=head) as subscription:
        assert await subscription.ids() == ["event-3"]


@pytest.mark.parametrize(
    "query",
    [
        "{ prices { nodes { id } } }",
        '{ priceHistory(provider: "openai", model: "gpt-4o") { id } }',
        "{ priceCatalogue { source } }",
        "{ unpricedUsage { model } }",
        "{ apiKeys { id } }",
        "{ auditLog { id } }",
        f"{{ usage({NOVEMBER}) {{ adoption(interval: DAY) {{ featureId }} }} }}",
        'mutation { createCustomerToken(customerId: "acme") { token } }',
        'mutation { createApiKey(name: "a", scopes: [ADMIN]) { secret } }',
        'mutation { revokeApiKey(id: "a") { id } }',
        "mutation { recordEvents(events: []) { recorded } }",
        'mutation { endPrice(id: "a") { id } }',
    ],
)
async def test_a_customer_may_do_nothing_else(customer: GraphQLClient, query: str) -> None:
    assert (await customer.error(query))["code"] == "FORBIDDEN"


async def test_reports_and_exports_are_the_customers_own(
    server: InProcessServer, token: str
) -> None:
    days = {"startDate": "2026-11-01", "endDate": "2026-11-30"}
    async with RestClient(server.url, token) as rest:
        report = (await rest.get("/v1/analytics/usage", **days)).json()["data"]
        assert report["summary"]["totalEvents"] == "1"
        file = await rest.export(format="csv", **days)
    assert b"event-1" in file
    assert b"event-2" not in file


async def test_a_token_ends_with_the_key_that_asked_for_it(
    server: InProcessServer, admin: GraphQLClient
) -> None:
    secret = await admin.data(
        'mutation { createApiKey(name: "back end", scopes: [USAGE_READ]) { secret apiKey { id } } }'
    )
    made = secret["createApiKey"]
    async with GraphQLClient(server.url, made["secret"]) as backend:
        token = (await backend.data(MAKE, customerId="acme"))["createCustomerToken"]["token"]
    async with subscribed(server.url, token) as subscription:
        await admin.data(f'mutation {{ revokeApiKey(id: "{made["apiKey"]["id"]}") {{ id }} }}')
        assert await subscription.end() == "UNAUTHENTICATED"


async def test_a_token_holds_for_the_time_that_was_asked_for(client: GraphQLClient) -> None:
    before = datetime.now(UTC)
    made = (await client.data(MAKE, customerId="acme", seconds=60))["createCustomerToken"]
    ends = datetime.fromisoformat(made["expiresAt"])
    assert timedelta(0) <= ends - before - timedelta(seconds=60) < timedelta(seconds=30)


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"customerId": ""}, "customerId"),
        ({"customerId": "a" * 257}, "customerId"),
        ({"customerId": "\x00"}, "customerId"),
        ({"customerId": "acme", "seconds": 9}, "expiresInSeconds"),
        ({"customerId": "acme", "seconds": 86_401}, "expiresInSeconds"),
    ],
)
async def test_a_token_that_makes_no_sense_is_refused(
    client: GraphQLClient, variables: dict[str, Any], field: str
) -> None:
    error = await client.error(MAKE, **variables)
    assert (error["code"], error["field"]) == ("BAD_INPUT", field)


async def test_a_token_that_is_not_known_is_refused(server: InProcessServer, keys: Keys) -> None:
    async with GraphQLClient(server.url, "om_cust_" + "x" * 43) as client:
        assert (await client.error("{ events { head } }"))["code"] == "UNAUTHENTICATED"


async def test_a_persons_token_ends_with_their_membership(
    server: InProcessServer, database: Database, admin: GraphQLClient
) -> None:
    async with Browser(server.url) as browser:
        await make_person(browser, database, "boss@example.com", Role.ADMIN)
        await make_person(browser, database, "ada@example.com")
        answer = await browser.ask('mutation { createCustomerToken(customerId: "acme") { token } }')
    token = answer["data"]["createCustomerToken"]["token"]
    async with GraphQLClient(server.url, token) as customer:
        await customer.data("{ events { head } }")
        ada = next(one.id for one in await members(database, 1) if one.email.startswith("ada"))
        await remove_member(database, 1, ada, by="a test")
        while "errors" not in (answer := await customer.post("{ events { head } }")):
            pass  # Credentials are remembered for half a second.
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
