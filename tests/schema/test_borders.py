"""Nothing crosses from one workspace to another, by any id, cursor, key or filter."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLInputType, build_schema, get_named_type

from models.database import Database
from models.membership import Role
from resolvers.alerts.evaluator import Evaluator
from schema.contract import sdl
from tests.browser import Browser, make_person
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.rest_client import RestClient
from tests.subscription import ACTIVITY, subscribed

DAYS = 'range: {from: "2026-11-01T00:00:00Z", to: "2026-12-01T00:00:00Z"}'

RULE = '{name: "own", measure: COST, threshold: "1", window: {minutes: 60}}'


@dataclass(frozen=True)
class Theirs:
    """What can be named of the other workspace."""

    event: str
    cursor: str
    head: str
    price: str
    page: str
    key: str
    audit: str
    member: str
    invitation: str
    destination: str
    rule: str
    firing: str
    delivery: str
    deliveries: str


@pytest.fixture
async def theirs(
    server: InProcessServer, database: Database, admin: GraphQLClient, event: dict[str, Any]
) -> Theirs:
    async with Browser(server.url) as browser:
        await make_person(browser, database, "secret@example.com", Role.ADMIN)
    invite = 'inviteMember(email: "s@example.com", role: ADMIN) { invitation { id } }'
    invited = await admin.data(f"mutation {{ {invite} }}")
    members = await admin.data("{ members { id } }")
    await admin.record(event | {"id": "secret", "featureId": "secret", "userId": "secret"})
    events = (await admin.data("{ events { head edges { cursor } } }"))["events"]
    price = await admin.data(
        'mutation { setPrice(input: {provider: "secret", model: "secret",'
        ' rates: [{unit: "input_tokens", amount: "1"}]}) { id } }'
    )
    prices = await admin.data('{ prices(search: "secret") { pageInfo { endCursor } } }')
    key = await admin.data(
        'mutation { createApiKey(name: "secret", scopes: [ADMIN]) { apiKey { id } } }'
    )
    alert = await _alert(admin, database)
    audit = await admin.data("{ auditLog { id } }")
    return Theirs(
        "secret",
        events["edges"][0]["cursor"],
        events["head"],
        price["setPrice"]["id"],
        prices["prices"]["pageInfo"]["endCursor"],
        key["createApiKey"]["apiKey"]["id"],
        audit["auditLog"][0]["id"],
        members["members"][0]["id"],
        invited["inviteMember"]["invitation"]["id"],
        **alert,
    )


async def _alert(admin: GraphQLClient, database: Database) -> dict[str, str]:
    """A rule that fires, and what is told of it."""
    evaluator = Evaluator(database, lease=timedelta(days=1))
    async with database.driver() as driver:
        # Before there is any rule: the server must not be the first to look.
        await driver.execute(
            "INSERT INTO alert_progress (workspace_id, sequence, holder, held_until) "
            "VALUES (1, 0, $1, now() + interval '1 day')",
            evaluator._holder,
        )
    made = await admin.data(
        'mutation { createAlertDestination(input: {name: "secret", kind: WEBHOOK,'
        ' url: "https://1.1.1.1/secret"}) { destination { id } } }'
    )
    destination = made["createAlertDestination"]["destination"]["id"]
    rule = await admin.data(
        'mutation { createAlertRule(input: {name: "secret", measure: EVENTS, condition: NO_DATA,'
        ' filter: {featureIds: ["none"]}, '
        f' window: {{minutes: 44640}}, destinationIds: ["{destination}"]}}) {{ id }} }}'
    )
    await evaluator.step()
    found = await admin.data(
        "{ alertFirings { id } alertDeliveries { edges { cursor node { id } } } }"
    )
    [delivery] = found["alertDeliveries"]["edges"]
    return {
        "destination": destination,
        "rule": rule["createAlertRule"]["id"],
        "firing": found["alertFirings"][0]["id"],
        "delivery": delivery["node"]["id"],
        "deliveries": delivery["cursor"],
    }


@pytest.fixture
async def stranger(server: InProcessServer, keys: Keys) -> AsyncIterator[GraphQLClient]:
    """An admin of the other workspace."""
    async with GraphQLClient(server.url, keys.other_admin) as client:
        yield client


_NOTHING = [
    ("{ event(id: $event) { id } }", "event", {"event": None}),
    ("{ events { nodes { id } } }", None, {"events": {"nodes": []}}),
    (
        "{ events(filter: {featureIds: [$event]}) { nodes { id } } }",
        "event",
        {"events": {"nodes": []}},
    ),
    (
        f"{{ usage({DAYS}) {{ totals {{ events }} }} }}",
        None,
        {"usage": {"totals": {"events": "0"}}},
    ),
    (
        f"{{ usage({DAYS}) {{ breakdown(by: [FEATURE]) {{ isOther }} }} }}",
        None,
        {"usage": {"breakdown": []}},
    ),
    (
        f"{{ usage({DAYS}) {{ adoption(interval: DAY) {{ featureId }} }} }}",
        None,
        {"usage": {"adoption": []}},
    ),
    (f"{{ dimensionValues(dimension: FEATURE, {DAYS}) }}", None, {"dimensionValues": []}),
    ('{ prices(search: "secret") { nodes { id } } }', None, {"prices": {"nodes": []}}),
    (
        '{ priceHistory(provider: "secret", model: "secret") { id } }',
        None,
        {"priceHistory": []},
    ),
    ("{ unpricedUsage { model } }", None, {"unpricedUsage": []}),
    ("{ auditLog { id } }", None, {"auditLog": []}),
    ("{ auditLog(before: $audit) { id } }", "audit", {"auditLog": []}),
    ("{ alertRules { id } }", None, {"alertRules": []}),
    ("{ alertFirings { id } }", None, {"alertFirings": []}),
    ("{ alertFirings(ruleId: $rule) { id } }", "rule", {"alertFirings": []}),
    ("{ openAlerts }", None, {"openAlerts": 0}),
    ("{ alertDestinations { id } }", None, {"alertDestinations": []}),
    ("{ alertDeliveries { nodes { id } } }", None, {"alertDeliveries": {"nodes": []}}),
    (
        "mutation { acknowledgeAlerts(ids: $firing) { id } }",
        "firing",
        {"acknowledgeAlerts": []},
    ),
    (
        "mutation { resendDeadAlertDeliveries(destinationId: $destination) }",
        "destination",
        {"resendDeadAlertDeliveries": 0},
    ),
    (f"{{ insights({DAYS}) {{ insights {{ title }} }} }}", None, {"insights": {"insights": []}}),
    ("{ members { email } }", None, {"members": []}),
    ("{ invitations { email } }", None, {"invitations": []}),
    ("{ apiKeys { name } }", None, {"apiKeys": [{"name": "other"}, {"name": "other admin"}]}),
]
_REFUSED = [
    ("{ events(after: $cursor) { head } }", "cursor", "BAD_INPUT"),
    ("{ events(after: $head) { head } }", "head", "BAD_INPUT"),
    ("mutation { endPrice(id: $price) { id } }", "price", "NOT_FOUND"),
    ('{ prices(after: $page, search: "secret") { nodes { id } } }', "page", "BAD_INPUT"),
    ("{ alertFirings(before: $firing) { id } }", "firing", "BAD_INPUT"),
    ("{ alertDeliveries(after: $deliveries) { nodes { id } } }", "deliveries", "BAD_INPUT"),
    (f"mutation {{ changeAlertRule(id: $rule, input: {RULE}) {{ id }} }}", "rule", "NOT_FOUND"),
    ("mutation { enableAlertRule(id: $rule) { id } }", "rule", "NOT_FOUND"),
    ("mutation { deleteAlertRule(id: $rule) { id } }", "rule", "NOT_FOUND"),
    (
        "mutation { deleteAlertDestination(id: $destination) { id } }",
        "destination",
        "NOT_FOUND",
    ),
    (
        "mutation { rotateAlertDestinationSecret(id: $destination) { secret } }",
        "destination",
        "NOT_FOUND",
    ),
    ("mutation { testAlertDestination(id: $destination) { id } }", "destination", "NOT_FOUND"),
    ("mutation { resendAlertDelivery(id: $delivery) { id } }", "delivery", "NOT_FOUND"),
    ("mutation { revokeApiKey(id: $key) { id } }", "key", "NOT_FOUND"),
    ("mutation { revokeInvitation(id: $invitation) { id } }", "invitation", "NOT_FOUND"),
    ("mutation { changeMemberRole(id: $member, role: MEMBER) { id } }", "member", "NOT_FOUND"),
    ("mutation { removeMember(id: $member) { id } }", "member", "NOT_FOUND"),
]
# Arguments that name a thing, and have tests of their own here.
_APART = {
    "activity.after": "test_the_feed_does_not_start_at_another_workspaces_cursor",
    "alertPreview.input.destinationIds": "test_no_rule_tells_another_workspaces_destination",
    "changeAlertRule.input.destinationIds": "test_no_rule_tells_another_workspaces_destination",
    "createAlertRule.input.destinationIds": "test_no_rule_tells_another_workspaces_destination",
    "recordEvents.events.id": "test_the_same_id_in_another_workspace_is_another_event",
}


def _names(type_: GraphQLInputType, path: str, within: frozenset[str]) -> Iterator[str]:
    """The places in an argument that name a thing: by its id, or by a cursor."""
    named = get_named_type(type_)
    if isinstance(named, GraphQLInputObjectType) and named.name not in within:
        for name, field in named.fields.items():
            yield from _names(field.type, f"{path}.{name}", within | {named.name})
    elif named.name in ("ID", "Cursor"):
        yield path


def _naming_arguments() -> set[str]:
    schema = build_schema(sdl())
    roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
    return {
        place
        for root in roots
        if root is not None
        for name, field in root.fields.items()
        for argument, given in field.args.items()
        for place in _names(given.type, f"{name}.{argument}", frozenset())
    }


def _tried_arguments() -> set[str]:
    """Those that a query above fills with what is another workspace's."""
    queries = [query for query, *_ in [*_NOTHING, *_REFUSED]]
    tried = (re.search(r"(\w+)\((?:.*, )?(\w+): \$\w+", query) for query in queries)
    return {f"{found[1]}.{found[2]}" for found in tried if found is not None}


def test_each_argument_that_names_a_thing_is_tried_with_another_workspaces() -> None:
    assert _naming_arguments() - _tried_arguments() - set(_APART) == set()
    assert all(test in globals() for test in _APART.values())


def _with(query: str, name: str | None, theirs: Theirs) -> str:
    return query if name is None else query.replace(f"${name}", f'"{getattr(theirs, name)}"')


@pytest.mark.parametrize(("query", "name", "expected"), _NOTHING)
async def test_a_query_shows_nothing_of_another_workspace(
    stranger: GraphQLClient, theirs: Theirs, query: str, name: str | None, expected: Any
) -> None:
    assert await stranger.data(_with(query, name, theirs)) == expected


@pytest.mark.parametrize(("query", "name", "code"), _REFUSED)
async def test_what_names_a_thing_of_another_workspace_is_refused(
    stranger: GraphQLClient, theirs: Theirs, query: str, name: str, code: str
) -> None:
    assert (await stranger.error(_with(query, name, theirs)))["code"] == code


async def test_no_rule_tells_another_workspaces_destination(
    stranger: GraphQLClient, theirs: Theirs
) -> None:
    made = await stranger.data(f"mutation {{ createAlertRule(input: {RULE}) {{ id }} }}")
    own = made["createAlertRule"]["id"]
    telling = RULE.replace("{", f'{{destinationIds: ["{theirs.destination}"], ', 1)
    for mutation in (
        f"createAlertRule(input: {telling})",
        f'changeAlertRule(id: "{own}", input: {telling})',
    ):
        error = await stranger.error(f"mutation {{ {mutation} {{ id }} }}")
        assert (error["code"], error["field"]) == ("BAD_INPUT", "input.destinationIds")


async def test_repricing_stays_within_its_workspace(
    stranger: GraphQLClient, theirs: Theirs
) -> None:
    reprice = f"mutation {{ repriceEvents({DAYS}, dryRun: false) {{ events }} }}"
    assert await stranger.data(reprice) == {"repriceEvents": {"events": "0"}}


async def test_the_same_id_in_another_workspace_is_another_event(
    stranger: GraphQLClient, theirs: Theirs, event: dict[str, Any]
) -> None:
    recorded = await stranger.record(event | {"id": theirs.event, "inputTokens": 1})
    assert recorded["results"][0]["status"] == "RECORDED"


async def test_a_customers_token_is_of_its_workspace(
    server: InProcessServer, stranger: GraphQLClient, theirs: Theirs
) -> None:
    """`acme` is a customer of the other workspace too, by name."""
    made = await stranger.data('mutation { createCustomerToken(customerId: "acme") { token } }')
    async with GraphQLClient(server.url, made["createCustomerToken"]["token"]) as customer:
        assert await customer.data("{ events { nodes { id } } }") == {"events": {"nodes": []}}


async def test_the_feed_carries_nothing_of_another_workspace(
    server: InProcessServer,
    keys: Keys,
    admin: GraphQLClient,
    stranger: GraphQLClient,
    theirs: Theirs,
    event: dict[str, Any],
) -> None:
    async with subscribed(server.url, keys.other_admin) as subscription:
        await admin.record(event | {"id": "secret-2"})
        await stranger.record(event | {"id": "own"})
        assert await subscription.ids() == ["own"]


async def test_the_feed_does_not_start_at_another_workspaces_cursor(
    stranger: GraphQLClient, server: InProcessServer, keys: Keys, theirs: Theirs
) -> None:
    with pytest.raises(AssertionError, match="BAD_INPUT"):
        async with subscribed(server.url, keys.other_admin, ACTIVITY, after=theirs.cursor):
            pass


async def test_files_and_reports_hold_nothing_of_another_workspace(
    server: InProcessServer, keys: Keys, theirs: Theirs
) -> None:
    days = {"startDate": "2026-11-01", "endDate": "2026-11-30"}
    async with RestClient(server.url, keys.other_admin) as rest:
        assert b"secret" not in await rest.export(format="ndjson", **days)
        report = (await rest.get("/v1/analytics/usage", **days)).json()["data"]
        assert report["summary"]["totalEvents"] == "0"
        refused = await rest.get("/v1/events/export", format="csv", after=theirs.cursor)
        assert refused.status_code == 400
