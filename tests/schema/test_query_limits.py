"""What asks too much is refused before anything is resolved, and what people ask is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from graphql import get_introspection_query

from schema.contract import build_schema
from schema.query_limits import QueryLimits
from tests.graphql_client import GraphQLClient
from tests.schema import documents

DOCUMENTS = Path(__file__).parents[2] / "web" / "ui" / "src" / "documents"

TOO_COMPLEX = {
    "10,000 aliases": documents.aliases(10_000),
    "101 aliases": documents.aliases(101),
    "deep fields": documents.nested_fields(30),
    "one field again and again": documents.repeated_field(5_000),
    "one field a thousand times": documents.repeated_field(999),
    "doubling fragments": documents.doubling_fragments(40),
    "overlapping fragments": documents.overlapping_fragments(100),
    "many spreads": documents.spreads(2_000),
    "directives on one field": documents.directives_on_one_field(1_000),
    "directives on many fields": documents.directives_on_many_fields(300),
    "a nested literal": documents.nested_literal(100),
    "a literal nested past the parser": documents.nested_literal(5_000),
    "an introspection loop": documents.introspection_loop(9),
    "many operations": documents.many_operations(3_000),
    "many variables": documents.many_variables(10_000),
    "costly pages": documents.costly_pages(50),
    "a long literal": documents.long_literal(15_000),
    "a long text": "{ __typename #" + "x" * (1 << 20) + "\n}",
}


@pytest.mark.parametrize("document", TOO_COMPLEX.values(), ids=TOO_COMPLEX)
async def test_what_asks_too_much_is_too_complex(client: GraphQLClient, document: str) -> None:
    answer = await client.http.post(
        "/graphql", json={"query": document, "operationName": _operation_name(document)}
    )
    codes = {error["extensions"]["code"] for error in answer.json()["errors"]}
    assert codes == {"TOO_COMPLEX"}


def _operation_name(document: str) -> str | None:
    return "A0" if "query A0" in document else None


@pytest.mark.parametrize("length", [1, 2, 50])
async def test_fragments_that_go_in_circles_are_bad_input(
    client: GraphQLClient, length: int
) -> None:
    error = await client.error(documents.fragment_circle(length))
    assert error["code"] == "BAD_INPUT"


async def test_the_errors_of_one_document_are_bounded(client: GraphQLClient) -> None:
    answer = await client.post(documents.unknown_fields(1_000))
    assert len(answer["errors"]) <= QueryLimits.errors + 1


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.graphql")), ids=lambda path: path.stem)
async def test_what_the_pages_ask_is_far_from_every_limit(path: Path) -> None:
    """With lists ten times as long as they are asked for there."""
    variables: dict[str, Any] = {"first": 500, "top": 80, "interval": "DAY", "by": "MODEL"}
    limits = QueryLimits(depth=10, aliases=50, fields=1_000, directives=50, tokens=5_000)
    errors = await _errors(path.read_text(), limits, variables | {"adoptionInterval": "DAY"})
    assert "TOO_COMPLEX" not in errors


async def test_the_usual_introspection_passes() -> None:
    assert await _errors(get_introspection_query(), QueryLimits()) == []


async def test_ten_thousand_events_with_all_that_is_recorded_pass(
    client: GraphQLClient,
) -> None:
    query = (
        "mutation($events: [UsageEventInput!]!) { recordEvents(events: $events) { results {"
        " index id status problem { code field message } event { id cursor type customerId"
        " userId featureId provider model quantity unit outcome errorCode durationMs occurredAt"
        " recordedAt metadata usage { inputTokens outputTokens totalTokens cacheReadTokens }"
        " units { unit quantity } cost { amount status lines { unit quantity unitPrice amount } }"
        " } } } }"
    )
    errors = await _errors(query, QueryLimits(), {"events": [{}] * 10_000})
    assert "TOO_COMPLEX" not in errors


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ events(first: 600) { nodes { id } } }", {}),
        ("query($n: Int!) { events(first: $n) { nodes { id } } }", {"n": 600}),
        ("query($n: Int! = 600) { events(first: $n) { nodes { id } } }", {}),
        ("query($n: Int! = 600) { events(first: $n) { ...F } }"
         " fragment F on EventConnection { nodes { id } }", {}),
        ("{ events(first: 600) { ... on EventConnection { nodes { id } } } }", {}),
        ("{ a: events(first: 300) { nodes { id } } b: events(first: 300) { nodes { id } } }", {}),
        ("{ events { nodes { id type provider model unit speed outcome occurredAt recordedAt"
         " customerId userId featureId metadata cursor } } }", {}),
        ("query($t: Int) { usage(range: {preset: TODAY}) { breakdown(by: [USER], top: $t)"
         " { isOther } } }", {"t": 200}),
        ("query($i: Interval!) { usage(range: {preset: TODAY}) { timeline(interval: $i)"
         " { points { start } } } }", {"i": "HOUR"}),
        ("mutation($e: [UsageEventInput!]!) { recordEvents(events: $e) { results { id } } }",
         {"e": [{}] * 600}),
    ],
    ids=["literal", "variable", "variable's default", "through a fragment", "inline fragment",
         "added up", "argument's default", "top", "interval", "events sent"],
)  # fmt: skip
async def test_lists_multiply_what_is_asked_of_each_item(
    query: str, variables: dict[str, Any]
) -> None:
    assert await _errors(query, QueryLimits(cost=700), variables) == ["TOO_COMPLEX"]


async def test_the_cost_is_reckoned_anew_for_other_variables() -> None:
    """The document is remembered; its variables must not be."""
    query = "query($n: Int!) { events(first: $n) { nodes { id } } }"
    limits = QueryLimits(cost=700)
    assert await _errors(query, limits, {"n": 10}) != ["TOO_COMPLEX"]
    assert await _errors(query, limits, {"n": 1000}) == ["TOO_COMPLEX"]


@pytest.mark.parametrize(
    "filter",
    [
        {"customerIds": ["a"] * 10_001},
        {"customerIds": ["a"] * 6_000, "userIds": ["a"] * 6_000},
        {"metadata": [{"key": "a", "value": "b"}] * 10_001},
    ],
    ids=["one list", "two lists", "objects"],
)
async def test_long_lists_in_variables_are_too_complex(
    client: GraphQLClient, filter: dict[str, Any]
) -> None:
    query = "query($filter: UsageFilter) { events(filter: $filter) { head } }"
    assert (await client.error(query, filter=filter))["code"] == "TOO_COMPLEX"


async def test_introspection_can_be_switched_off() -> None:
    assert await _errors("{ __schema { types { name } } }", introspection=False) == ["FORBIDDEN"]


async def test_without_introspection_a_type_still_says_its_name() -> None:
    assert await _errors("{ __typename }", introspection=False) == []


async def test_without_introspection_errors_suggest_no_names() -> None:
    result = await build_schema(introspection=False).execute("{ viewr { email } }")
    assert result.errors is not None
    assert "viewer" not in result.errors[0].message


async def _errors(
    query: str,
    limits: QueryLimits = QueryLimits(),  # noqa: B008 - it is frozen
    variables: dict[str, Any] | None = None,
    *,
    introspection: bool = True,
) -> list[str]:
    """The codes; whatever passes ends in INTERNAL, for there are no services here."""
    schema = build_schema(limits, introspection=introspection)
    result = await schema.execute(query, variables)
    return [str((error.extensions or {})["code"]) for error in result.errors or ()]
