"""`usage` and `dimensionValues` over the wire: shapes, bad input, and what a request costs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.database import Database
from resolvers.services import Services
from resolvers.viewer import Credential, CredentialKind
from schema.context import Context
from schema.contract import build_schema
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.statements import noted_statements

TOTALS = (
    "{ events cost unpricedEvents coverage errors errorRate"
    " usage { inputTokens outputTokens totalTokens cacheReadTokens } }"
)
USAGE = "query($range: RangeInput!, $zone: String!, $filter: UsageFilter) { usage(range: $range, timeZone: $zone, filter: $filter) { FIELDS } }"  # noqa: E501
NOVEMBER = {"from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}
# What the page asks for in its one request.
PAGE = f"""
    range {{ from to timeZone }} previousRange {{ from to }}
    totals {TOTALS} previous {TOTALS}
    timeline(interval: DAY) {{ points {{ start totals {TOTALS} previous {TOTALS} isSpike }} }}
    byModel: timeline(interval: DAY, by: MODEL) {{ key {{ model }} isOther points {{ start }} }}
    models: breakdown(by: [PROVIDER, MODEL]) {{ key {{ model }} totals {TOTALS} costShare }}
    features: breakdown(by: [FEATURE]) {{ key {{ featureId }} totals {TOTALS} previous {TOTALS} }}
    customers: breakdown(by: [CUSTOMER]) {{ key {{ customerId }} totals {TOTALS} isOther }}
    adoption(interval: DAY) {{
      featureId users customers newUsers points {{ users customers newUsers }}
    }}
"""


async def _usage(
    client: GraphQLClient, fields: str, range: Any = NOVEMBER, zone: str = "UTC", filter: Any = None
) -> Any:
    query = USAGE.replace("FIELDS", fields)
    return (await client.data(query, range=range, zone=zone, filter=filter))["usage"]


async def _refused(client: GraphQLClient, fields: str, range: Any, zone: str = "UTC") -> Any:
    error = await client.error(USAGE.replace("FIELDS", fields), range=range, zone=zone)
    return error["code"], error.get("field")


async def test_totals_say_what_is_known_and_what_is_not(
    client: GraphQLClient, event: dict[str, Any]
) -> None:
    unknown = event | {"id": "b", "provider": "nobody", "model": "none", "outcome": "ERROR"}
    await client.record(event | {"cacheReadTokens": 100}, unknown)
    assert await _usage(client, f"totals {TOTALS}") == {
        "totals": {
            "events": "2",
            "cost": "0.004375",
            "unpricedEvents": "1",
            "coverage": 0.5,
            "errors": "1",
            "errorRate": 0.5,
            "usage": {
                "inputTokens": "2000",
                "outputTokens": "400",
                "totalTokens": "2400",
                "cacheReadTokens": "100",
            },
        }
    }


async def test_an_empty_workspace_gives_zeros(client: GraphQLClient) -> None:
    found = await _usage(client, PAGE)
    nothing = {
        "events": "0",
        "cost": "0",
        "unpricedEvents": "0",
        "coverage": 1.0,
        "errors": "0",
        "errorRate": 0.0,
        "usage": dict.fromkeys(
            ("inputTokens", "outputTokens", "totalTokens", "cacheReadTokens"), "0"
        ),
    }
    assert (found["totals"], found["previous"]) == (nothing, nothing)
    assert [point["totals"] for point in found["timeline"][0]["points"]] == [nothing] * 30
    empty = ("byModel", "models", "features", "customers", "adoption")
    assert [found[name] for name in empty] == [[]] * 5


async def test_ranges_are_told_in_utc_with_their_zone(client: GraphQLClient) -> None:
    range = {"from": "2026-11-01T00:00:00+05:45", "to": "2026-11-02T00:00:00+05:45"}
    fields = "range { from to timeZone } previousRange { from to timeZone }"
    assert await _usage(client, fields, range, "Asia/Kathmandu") == {
        "range": {
            "from": "2026-10-31T18:15:00Z",
            "to": "2026-11-01T18:15:00Z",
            "timeZone": "Asia/Kathmandu",
        },
        "previousRange": {
            "from": "2026-10-30T18:15:00Z",
            "to": "2026-10-31T18:15:00Z",
            "timeZone": "Asia/Kathmandu",
        },
    }


async def test_a_value_that_events_lack_is_a_group_of_its_own(
    client: GraphQLClient, event: dict[str, Any]
) -> None:
    await client.record(event, event | {"id": "b", "customerId": None})
    fields = "breakdown(by: [CUSTOMER], measure: EVENTS) { key { customerId model } isOther }"
    assert (await _usage(client, fields))["breakdown"] == [
        {"key": {"customerId": "acme", "model": None}, "isOther": False},
        {"key": {"customerId": None, "model": None}, "isOther": False},
    ]


async def test_what_does_not_make_the_top_is_one_group_with_its_share(
    client: GraphQLClient, event: dict[str, Any]
) -> None:
    costs = {"a": "6", "b": "3", "c": "1"}
    await client.record(
        *(event | {"id": name, "customerId": name, "cost": cost} for name, cost in costs.items())
    )
    fields = "breakdown(by: [CUSTOMER], top: 1) { isOther totals { cost } costShare }"
    assert (await _usage(client, fields))["breakdown"] == [
        {"isOther": False, "totals": {"cost": "6"}, "costShare": 0.6},
        {"isOther": True, "totals": {"cost": "4"}, "costShare": 0.4},
    ]


async def test_the_point_that_is_not_over_is_no_spike(client: GraphQLClient) -> None:
    now = datetime.now(UTC)
    events = [
        {"id": f"{number}", "type": "CUSTOM", "cost": "1000", "occurredAt": now.isoformat()}
        for number in range(50)
    ]
    await client.record(*events)
    fields = "timeline(interval: DAY) { points { end isSpike totals { events } } }"
    found = await _usage(client, fields, {"preset": "LAST_30_DAYS"})
    last = found["timeline"][0]["points"][-1]
    assert (last["totals"]["events"], last["isSpike"]) == ("50", False)


@pytest.mark.parametrize(
    ("range", "field"),
    [
        ({"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}, "range.to"),
        ({"preset": "TODAY", "from": "2026-11-02T00:00:00Z"}, "range"),
        ({"preset": "TODAY", **NOVEMBER}, "range"),
        ({}, "range"),
        ({"from": "2026-11-02T00:00:00Z"}, "range"),
        ({"from": "2016-11-01T00:00:00Z", "to": "2026-11-01T00:00:01Z"}, "range"),
        ({"from": "0001-01-01T00:00:00Z", "to": "0001-01-02T00:00:00Z"}, "range"),
        ({"from": "9999-12-30T00:00:00Z", "to": "9999-12-31T00:00:00Z"}, "range"),
    ],
)
async def test_a_range_that_is_none_is_refused(
    client: GraphQLClient, range: dict[str, str], field: str
) -> None:
    assert await _refused(client, "totals { events }", range) == ("BAD_INPUT", field)


async def test_ten_years_are_allowed(client: GraphQLClient) -> None:
    range = {"from": "2016-11-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"}
    assert await _usage(client, "totals { events }", range) == {"totals": {"events": "0"}}


async def test_an_unknown_zone_is_refused(client: GraphQLClient) -> None:
    refused = await _refused(client, "totals { events }", NOVEMBER, "Mars/Olympus")
    assert refused == ("BAD_INPUT", "timeZone")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ("breakdown(by: []) { isOther }", "by"),
        ("breakdown(by: [TYPE, CUSTOMER, USER, MODEL]) { isOther }", "by"),
        ("breakdown(by: [MODEL, MODEL]) { isOther }", "by"),
        ("breakdown(by: [MODEL], top: 0) { isOther }", "top"),
        ("breakdown(by: [MODEL], top: 501) { isOther }", "top"),
        ("timeline(interval: DAY, by: MODEL, top: 0) { isOther }", "top"),
        ("timeline(interval: DAY, top: 501) { isOther }", "top"),
        ("adoption(interval: DAY, top: 501) { featureId }", "top"),
        ("timeline(interval: HOUR, by: MODEL, top: 500) { isOther }", "top"),
        ("adoption(interval: HOUR, top: 500) { featureId }", "top"),
    ],
)
async def test_arguments_out_of_bounds_are_refused(
    client: GraphQLClient, fields: str, field: str
) -> None:
    assert await _refused(client, fields, NOVEMBER) == ("BAD_INPUT", field)


@pytest.mark.parametrize("fields", ["timeline(interval: HOUR)", "adoption(interval: HOUR)"])
async def test_over_two_thousand_points_are_refused(client: GraphQLClient, fields: str) -> None:
    range = {"from": "2026-01-01T00:00:00Z", "to": "2026-03-26T08:00:00.000001Z"}
    selection = " { points { start } }"
    assert await _refused(client, fields + selection, range) == ("BAD_INPUT", "interval")


async def test_the_query_of_the_guide_is_answered(client: GraphQLClient) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "analytics.md").read_text()
    query = guide.partition("```graphql\n")[2].partition("```")[0]
    assert (await client.data(query))["usage"]["totals"]["events"] == "0"


async def test_another_workspaces_usage_is_not_seen(
    client: GraphQLClient, keys: Keys, server: Any, event: dict[str, Any]
) -> None:
    await client.record(event)
    async with GraphQLClient(server.url, keys.other) as other:
        assert await _usage(other, "totals { events }") == {"totals": {"events": "0"}}
        assert (await other.data("{ dimensionValues(dimension: MODEL) }")) == {
            "dimensionValues": []
        }


async def test_a_key_that_may_not_read_is_refused(keys: Keys, server: Any) -> None:
    async with GraphQLClient(server.url, keys.write) as writer:
        error = await writer.error("{ usage(range: {preset: TODAY}) { totals { events } } }")
        assert error["code"] == "FORBIDDEN"
        error = await writer.error("{ dimensionValues(dimension: MODEL) }")
        assert error["code"] == "FORBIDDEN"


async def test_the_parts_of_an_answer_add_up_while_events_come_in(
    client: GraphQLClient, event: dict[str, Any]
) -> None:
    fields = (
        "totals { events } timeline(interval: WEEK) { points { totals { events } } }"
        " breakdown(by: [CUSTOMER]) { totals { events } }"
        " users: breakdown(by: [USER]) { totals { events } }"
    )

    async def record() -> None:
        for number in range(60):
            values = {"id": f"event-{number}", "userId": f"u{number % 7}"}
            await client.record(event | values | {"customerId": f"c{number % 5}"})

    async def ask() -> list[Any]:
        return [await _usage(client, fields) for _ in range(40)]

    _, answers = await asyncio.gather(record(), ask())
    for answer in answers:
        events = int(answer["totals"]["events"])
        points = answer["timeline"][0]["points"]
        for parts in (points, answer["breakdown"], answer["users"]):
            assert sum(int(part["totals"]["events"]) for part in parts) == events


async def _statements(
    services: Services, key: str, database_url: str, fields: str, zone: str
) -> list[str]:
    """What one request asks of Postgres, beside knowing who asks."""
    own = Database(database_url)
    context = Context(replace(services, database=own), Credential(CredentialKind.KEY, key))
    schema, query = build_schema(), USAGE.replace("FIELDS", fields)
    variables = {"range": NOVEMBER, "zone": zone}
    with noted_statements(own) as statements:
        # A new connection asks for its types first.
        await schema.execute(query, variables, context_value=context)
        statements.clear()
        answer = await schema.execute(query, variables, context_value=context)
    await own.close()
    assert answer.errors is None
    return statements


async def test_the_pages_one_request_is_a_bounded_number_of_statements(
    services: Services, keys: Keys, database_url: str, client: GraphQLClient, event: dict[str, Any]
) -> None:
    await client.record(event)
    statements = await _statements(services, keys.full, database_url, PAGE, "Asia/Kolkata")
    # What the cubes hold; totals; two timelines, of which one has to find its top; three
    # breakdowns of two each; adoption's features, users and customers of each
    # point and of the whole range, and new users of both.
    assert len(statements) == 1 + 1 + 3 + 6 + 7


async def test_equal_fields_are_read_once(
    services: Services, keys: Keys, database_url: str
) -> None:
    fields = "totals { events } again: totals { cost } previous { events }"
    assert len(await _statements(services, keys.full, database_url, fields, "UTC")) == 2


async def _values(client: GraphQLClient, arguments: str) -> list[str]:
    found: list[str] = (await client.data(f"{{ dimensionValues({arguments}) }}"))["dimensionValues"]
    return found


@pytest.fixture
async def values(client: GraphQLClient, event: dict[str, Any]) -> GraphQLClient:
    """Three of Zoë's events, two of 100 %, one of acme's a year ago, one of nobody's."""
    earlier = datetime(2025, 11, 1, tzinfo=UTC)
    sent = [("Zoë", timedelta(days=365))] * 3 + [("100 %", timedelta(days=365))] * 2
    sent += [("acme", timedelta()), (None, timedelta(days=365))]
    await client.record(
        *(
            event
            | {
                "id": str(number),
                "customerId": customer,
                "occurredAt": (earlier + age).isoformat(),
            }
            for number, (customer, age) in enumerate(sent)
        )
    )
    return client


async def test_the_most_used_values_come_first_and_none_is_null(values: GraphQLClient) -> None:
    assert await _values(values, "dimension: CUSTOMER") == ["Zoë", "100 %", "acme"]


async def test_values_are_of_the_range(values: GraphQLClient) -> None:
    range = 'range: {from: "2026-11-01T00:00:00Z", to: "2026-11-02T00:00:00Z"}'
    assert await _values(values, f"dimension: CUSTOMER, {range}") == ["Zoë", "100 %"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("zo", ["Zoë"]),
        ("ZOË", ["Zoë"]),
        ("%", ["100 %"]),
        ("_", []),
        ("o" * 100_000, []),
        ("", ["Zoë", "100 %", "acme"]),
    ],
)
async def test_values_are_searched_by_any_part_in_any_case(
    values: GraphQLClient, search: str, found: list[str]
) -> None:
    assert await _values(values, f'dimension: CUSTOMER, search: "{search}"') == found


@pytest.mark.parametrize("year", ["0001", "9999"])
async def test_values_of_a_range_at_the_calendars_end_are_none(
    values: GraphQLClient, year: str
) -> None:
    range = f'range: {{from: "{year}-12-31T10:00:00Z", to: "{year}-12-31T23:59:59Z"}}'
    assert await _values(values, f"dimension: CUSTOMER, {range}") == []


async def test_no_more_values_are_given_than_asked_for(values: GraphQLClient) -> None:
    assert await _values(values, "dimension: CUSTOMER, first: 1") == ["Zoë"]
    error = await values.error("{ dimensionValues(dimension: CUSTOMER, first: 1001) }")
    assert (error["code"], error["field"]) == ("BAD_INPUT", "first")


async def test_types_are_values_too(values: GraphQLClient) -> None:
    assert await _values(values, "dimension: TYPE") == ["TOKEN_USAGE"]
