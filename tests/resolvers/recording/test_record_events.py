"""The mutation: one result for each event, in their order, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event as sqlalchemy_event

from models.database import Database
from tests.graphql_client import GraphQLClient


@contextmanager
def _counted(database: Database) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    engine = database.engine.sync_engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    yield statements
    sqlalchemy_event.remove(engine, "before_cursor_execute", note)


async def test_every_fate_in_one_batch(client: GraphQLClient, event: dict[str, Any]) -> None:
    await client.record(event)
    answer = await client.record(
        {**event, "id": "new"},
        event,
        {**event, "inputTokens": 5},
        {**event, "id": "bad", "inputTokens": -1},
        {**event, "id": "new"},
        {**event, "id": "", "inputTokens": 1},
    )
    assert [result["status"] for result in answer["results"]] == [
        "RECORDED",
        "DUPLICATE",
        "CONFLICT",
        "REJECTED",
        "DUPLICATE",
        "REJECTED",
    ]
    assert [result["id"] for result in answer["results"]] == [
        "new",
        "event-1",
        "event-1",
        "bad",
        "new",
        None,
    ]
    counts = {name: answer[name] for name in ("recorded", "duplicates", "conflicts", "rejected")}
    assert counts == {"recorded": 1, "duplicates": 2, "conflicts": 1, "rejected": 2}


async def test_an_id_whose_first_try_was_rejected_may_be_used(
    client: GraphQLClient, event: dict[str, Any]
) -> None:
    answer = await client.record({**event, "inputTokens": -1}, event)
    assert [result["status"] for result in answer["results"]] == ["REJECTED", "RECORDED"]


async def test_no_events_are_no_problem(client: GraphQLClient) -> None:
    assert (await client.record())["results"] == []


async def test_the_answer_holds_the_event_as_it_was_stored(
    client: GraphQLClient, event: dict[str, Any]
) -> None:
    fields = """
        type customerId provider model usage { inputTokens totalTokens images }
        units { unit quantity } outcome durationMs occurredAt metadata
        cost { amount status lines { unit quantity unitPrice amount } price { provider source } }
    """
    answer = await client.record({**event, "metadata": {"n": 1.5, "t": "ü"}}, fields=fields)
    stored = answer["results"][0]["event"]
    assert stored == {
        "id": "event-1",
        "type": "TOKEN_USAGE",
        "customerId": "acme",
        "provider": "openai",
        "model": "gpt-4o",
        "usage": {"inputTokens": "1000", "totalTokens": "1200", "images": "0"},
        "units": [
            {"unit": "input_tokens", "quantity": "1000"},
            {"unit": "output_tokens", "quantity": "200"},
        ],
        "outcome": "SUCCESS",
        "durationMs": None,
        "occurredAt": "2026-11-01T12:00:00Z",
        "metadata": {"n": 1.5, "t": "ü"},
        "cost": {
            "amount": "0.0045",
            "status": "PRICED",
            "lines": [
                {
                    "unit": "input_tokens",
                    "quantity": "1000",
                    "unitPrice": "0.0000025",
                    "amount": "0.0025",
                },
                {
                    "unit": "output_tokens",
                    "quantity": "200",
                    "unitPrice": "0.00001",
                    "amount": "0.002",
                },
            ],
            "price": {"provider": "openai", "source": "CATALOGUE"},
        },
    }
    found = await client.data(f'{{ event(id: "event-1") {{ id {fields} }} }}')
    assert found["event"] == stored


async def test_10000_events_are_taken_and_one_more_is_not(
    client: GraphQLClient, event: dict[str, Any]
) -> None:
    query = "mutation($e: [UsageEventInput!]!) { recordEvents(events: $e) { recorded } }"
    events = [{**event, "id": f"event-{number}"} for number in range(10_001)]
    error = await client.error(query, e=events)
    assert (error["code"], error["field"]) == ("BAD_INPUT", "events")
    data = await client.data(query, e=events[:10_000])
    assert data["recordEvents"]["recorded"] == 10_000


async def test_a_surrogate_in_the_body_spoils_its_own_event_alone(client: GraphQLClient) -> None:
    body = (
        '{"query": "mutation($e: [UsageEventInput!]!) { recordEvents(events: $e) '
        '{ results { status problem { code field } } } }", "variables": {"e": ['
        '{"type": "CUSTOM", "customerId": "\\ud800"}, {"type": "CUSTOM"}]}}'
    )
    response = await client.http.post(
        "/graphql", content=body.encode(), headers={"Content-Type": "application/json"}
    )
    assert response.json()["data"]["recordEvents"]["results"] == [
        {"status": "REJECTED", "problem": {"code": "INVALID_STRING", "field": "customerId"}},
        {"status": "RECORDED", "problem": None},
    ]


async def test_the_prices_of_a_page_are_read_in_one_query(
    client: GraphQLClient, event: dict[str, Any], server: Any
) -> None:
    models = ("gpt-4o", "gpt-4o-mini", "gpt-4.1", "o3")
    await client.record(*({**event, "id": f"event-{n}", "model": models[n % 4]} for n in range(40)))
    database = server.app.state.services.database
    with _counted(database) as statements:
        await client.data("{ events { nodes { cost { price { id } } } } }")
    assert len([s for s in statements if "FROM prices" in s]) == 1
    assert len([s for s in statements if "FROM usage_events" in s]) == 1
