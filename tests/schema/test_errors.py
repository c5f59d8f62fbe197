"""What GraphQL's own types refuse fails the request, with the code and the place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.graphql_client import GraphQLClient

RECORD = "mutation($events: [UsageEventInput!]!) { recordEvents(events: $events) { recorded } }"

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"occurredAt": "2026-01-01T00:00:00"}, "events[1].occurredAt"),
    ({"occurredAt": "2026-01-01"}, "events[1].occurredAt"),
    ({"occurredAt": "2026-02-30T00:00:00Z"}, "events[1].occurredAt"),
    ({"occurredAt": "0001-01-01T00:00:00+14:00"}, "events[1].occurredAt"),
    ({"occurredAt": 1767225600}, "events[1].occurredAt"),
    ({"inputTokens": 1.5}, "events[1].inputTokens"),
    ({"inputTokens": 1 << 63}, "events[1].inputTokens"),
    ({"inputTokens": "9223372036854775808"}, "events[1].inputTokens"),
    ({"inputTokens": True}, "events[1].inputTokens"),
    ({"inputTokens": "1e3"}, "events[1].inputTokens"),
    ({"inputTokens": "١٢"}, "events[1].inputTokens"),
    ({"quantity": "NaN"}, "events[1].quantity"),
    ({"quantity": "Infinity"}, "events[1].quantity"),
    ({"cost": "1E+999999999"}, "events[1].cost"),
    ({"cost": ""}, "events[1].cost"),
    ({"cost": {"amount": 1}}, "events[1].cost"),
    ({"units": [{"unit": "web_searches", "quantity": "x"}]}, "events[1].units[0].quantity"),
    ({"units": [{"unit": "web_searches"}]}, "events[1].units[0].quantity"),
    ({"tokens": 5}, "events[1].tokens"),
    ({"type": "TOKENS"}, "events[1].type"),
    ({"durationMs": "5"}, "events[1].durationMs"),
    ({"durationMs": 1 << 31}, "events[1].durationMs"),
    ({"customerId": 5}, "events[1].customerId"),
]


@pytest.mark.parametrize(("wrong", "place"), REFUSED, ids=str)
async def test_a_wrong_type_fails_the_request_with_its_place(
    client: GraphQLClient, event: dict[str, Any], wrong: dict[str, Any], place: str
) -> None:
    error = await client.error(RECORD, events=[event, wrong])
    assert (error["code"], error["field"]) == ("BAD_INPUT", place)


async def test_a_request_that_fails_so_records_nothing(
    client: GraphQLClient, event: dict[str, Any]
) -> None:
    await client.error(RECORD, events=[event, {"inputTokens": 1.5}])
    data = await client.data('{ event(id: "event-1") { id } }')
    assert data == {"event": None}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
async def test_numbers_that_json_does_not_have_are_placed_too(
    client: GraphQLClient, number: str
) -> None:
    body = f'{{"query": "{RECORD}", "variables": {{"events": [{{"cost": {number}}}]}}}}'
    response = await client.http.post(
        "/graphql", content=body.encode(), headers={"Content-Type": "application/json"}
    )
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "BAD_INPUT", "field": "events[0].cost"}


@pytest.mark.parametrize(
    ("literal", "place"),
    [
        ("{inputTokens: 1.5}", "events[1].inputTokens"),
        ('{units: [{unit: "a", quantity: "x"}]}', "events[1].units[0].quantity"),
        ("{tokens: 5}", "events[1].tokens"),
        ("{type: TOKENS}", "events[1].type"),
        ('{units: [{unit: "a"}]}', "events[1].units[0].quantity"),
    ],
)
async def test_literals_are_placed_as_variables_are(
    client: GraphQLClient, literal: str, place: str
) -> None:
    error = await client.error(
        f"mutation {{ recordEvents(events: [{{}}, {literal}]) {{ recorded }} }}"
    )
    assert (error["code"], error["field"]) == ("BAD_INPUT", place)


@pytest.mark.parametrize(
    "query",
    [
        "{",
        "{ nothing }",
        "{ events(first: 1) }",
        "query A { __typename } query B { __typename }",
        "{ __typename } query B { __typename }",
    ],
)
async def test_a_wrong_document_is_bad_input(client: GraphQLClient, query: str) -> None:
    assert (await client.error(query))["code"] == "BAD_INPUT"


async def test_a_document_too_deep_to_follow_is_too_complex(client: GraphQLClient) -> None:
    assert (await client.error("{a" * 3000 + "}" * 3000))["code"] == "TOO_COMPLEX"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ("first: 1001", "first"),
        ("first: -1", "first"),
        ('after: "x"', "after"),
        ('timeZone: "Mars/Olympus"', "timeZone"),
        ('timeZone: "../../etc/passwd"', "timeZone"),
        ("range: {}", "range"),
        ('range: {from: "2026-01-01T00:00:00Z"}', "range"),
        ('range: {from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z"}', "range.to"),
        ('range: {preset: TODAY, to: "2026-01-01T00:00:00Z"}', "range"),
        ('filter: {customerIds: ["\\u0000"]}', "filter.customerIds"),
    ],
)
async def test_arguments_that_make_no_sense_are_named(
    client: GraphQLClient, arguments: str, field: str
) -> None:
    error = await client.error(f"{{ events({arguments}) {{ head }} }}")
    assert (error["code"], error["field"]) == ("BAD_INPUT", field)


async def test_what_nobody_expected_is_masked_and_has_an_id(
    client: GraphQLClient, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(server.app.state.services.keys, "_find", broken)
    error = await client.error("{ viewer { email } }")
    assert error["code"] == "INTERNAL"
    assert error["id"] in error["message"]
    assert "hunter2" not in str(error)
