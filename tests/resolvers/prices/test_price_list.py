"""Prices to look at: what holds at a moment, in pages, and what waits for a price."""

from __future__ import annotations

import base64
import json
from typing import Any
from zlib import crc32

import pytest

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient

PRICES = """query($first: Int! = 50, $after: Cursor, $provider: String, $model: String,
    $search: String, $at: DateTime) {
  prices(first: $first, after: $after, provider: $provider, model: $model, search: $search, at: $at) {
    edges { cursor node { id } }
    nodes { id provider model unit source rates { unit amount per } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""  # noqa: E501
SET = "mutation($input: SetPriceInput!) { setPrice(input: $input) { id } }"
WAITING = """query($range: RangeInput, $filter: UsageFilter, $first: Int! = 50) {
  unpricedUsage(range: $range, filter: $filter, first: $first) { provider model unit events
    partialEvents inputTokens outputTokens quantity firstOccurredAt lastOccurredAt missingUnits
  } }"""


def _forged(content: object) -> str:
    """A cursor with a right sum over what never was in one."""
    body = json.dumps(content).encode()
    return base64.urlsafe_b64encode(crc32(body).to_bytes(4) + body).decode()


async def _prices(client: GraphQLClient, **variables: Any) -> Any:
    return (await client.data(PRICES, **variables))["prices"]


async def _set(admin: GraphQLClient, **values: Any) -> str:
    rates = [{"unit": "input_tokens", "amount": "9"}]
    price = {"provider": "openai", "model": "gpt-4o", "rates": rates, **values}
    return str((await admin.data(SET, input=price))["setPrice"]["id"])


async def test_a_model_is_found_by_provider_and_model(client: GraphQLClient) -> None:
    (price,) = (await _prices(client, provider="openai", model="gpt-4o"))["nodes"]
    assert price["rates"][0] == {"unit": "input_tokens", "amount": "2.5", "per": 1_000_000}


async def test_a_model_is_found_by_a_name_as_events_have_it(client: GraphQLClient) -> None:
    (price,) = (await _prices(client, provider="openai", model="gpt-4o-2024-08-06"))["nodes"]
    assert price["model"] == "gpt-4o"


async def test_words_are_found_in_provider_and_model(client: GraphQLClient) -> None:
    found = (await _prices(client, search="MINI openai 4o"))["nodes"]
    assert {"gpt-4o-mini"} <= {price["model"] for price in found}
    assert all("mini" in price["model"] for price in found)


@pytest.mark.parametrize("search", ["%", "_", "no such model", "\\"])
async def test_what_is_not_there_is_not_found(client: GraphQLClient, search: str) -> None:
    found = (await _prices(client, search=search, first=1000))["nodes"]
    assert all(search in f"{price['provider']} {price['model']}" for price in found)


async def test_pages_follow_each_other_without_gap_or_repeat(client: GraphQLClient) -> None:
    whole = [edge["node"]["id"] for edge in (await _prices(client, first=1000))["edges"]]
    paged: list[str] = []
    after = None
    while len(paged) < 900:
        page = await _prices(client, first=300, after=after)
        paged += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert paged == whole[:900]
    assert len(set(paged)) == 900


async def test_the_last_page_says_so(client: GraphQLClient) -> None:
    page = await _prices(client, provider="groq", first=1000)
    assert page["pageInfo"]["hasNextPage"] is False


async def test_an_own_price_stands_in_the_catalogues_place(
    admin: GraphQLClient,
) -> None:
    price_id = await _set(admin)
    (price,) = (await _prices(admin, provider="openai", model="gpt-4o"))["nodes"]
    assert (price["id"], price["source"]) == (price_id, "OVERRIDE")


async def test_at_another_moment_other_prices_hold(admin: GraphQLClient) -> None:
    await _set(admin, effectiveFrom="2026-10-01T00:00:00Z")
    at = "2026-09-30T23:59:59Z"
    (price,) = (await _prices(admin, provider="openai", model="gpt-4o", at=at))["nodes"]
    assert price["source"] == "CATALOGUE"


async def test_custom_units_come_first_and_are_searched_for(admin: GraphQLClient) -> None:
    await admin.data(SET, input={"rates": [{"unit": "pages", "amount": "1"}]})
    assert (await _prices(admin, first=1))["nodes"][0]["unit"] == "pages"
    assert [price["unit"] for price in (await _prices(admin, search="page"))["nodes"]] == ["pages"]


async def test_another_workspaces_prices_are_not_there(admin: GraphQLClient, keys: Keys) -> None:
    await _set(admin, provider="in-house", model="tiny")
    async with GraphQLClient(str(admin.http.base_url), keys.other) as other:
        assert (await _prices(other, search="tiny in-house"))["nodes"] == []


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"first": -1}, "first"),
        ({"first": 1001}, "first"),
        ({"after": "nonsense"}, "after"),
        ({"search": "a\x00"}, "search"),
        ({"search": "a " * 9}, "search"),
        ({"provider": "openai", "model": "models/" * 40}, "model"),
        ({"after": _forged(5)}, "after"),
        ({"after": _forged([1, "a"])}, "after"),
        ({"after": _forged([1, "a", "b\0", "c"])}, "after"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    client: GraphQLClient, variables: dict[str, Any], field: str
) -> None:
    error = await client.error(PRICES, **variables)
    assert (error["code"], error["field"]) == ("BAD_INPUT", field)


async def test_a_cursor_of_another_workspace_is_refused(client: GraphQLClient, keys: Keys) -> None:
    cursor = (await _prices(client, first=1))["pageInfo"]["endCursor"]
    async with GraphQLClient(str(client.http.base_url), keys.other) as other:
        error = await other.error(PRICES, after=cursor)
    assert (error["code"], error["field"]) == ("BAD_INPUT", "after")


@pytest.mark.parametrize(
    "names", [{}, {"provider": "openai"}, {"model": "a"}, {"provider": "a", "unit": "b"}]
)
async def test_a_history_is_of_a_model_or_of_a_unit(
    client: GraphQLClient, names: dict[str, str]
) -> None:
    query = """query($provider: String, $model: String, $unit: String) {
        priceHistory(provider: $provider, model: $model, unit: $unit) { id } }"""
    assert (await client.error(query, **names))["code"] == "BAD_INPUT"


async def test_the_catalogue_says_how_fresh_it_is(client: GraphQLClient) -> None:
    query = "{ priceCatalogue { source version updatedAt checkedAt problem models } }"
    catalogue = (await client.data(query))["priceCatalogue"]
    assert catalogue["models"] > 2_000
    assert (catalogue["checkedAt"], catalogue["problem"]) == (None, None)


def _call(event_id: str, model: str, **values: Any) -> dict[str, Any]:
    return {"id": event_id, "provider": "in-house", "model": model, "inputTokens": 10, **values}


async def test_what_waits_for_a_price_is_listed_by_name_most_events_first(
    client: GraphQLClient,
) -> None:
    await client.record(
        _call("1", "tiny"),
        _call("2", "large", outputTokens=5),
        _call("3", "large"),
        {"id": "4", "provider": "openai", "model": "gpt-4o", "inputTokens": 1},
    )
    waiting = (await client.data(WAITING))["unpricedUsage"]
    assert [(w["model"], w["events"], w["inputTokens"], w["outputTokens"]) for w in waiting] == [
        ("large", "2", "20", "5"),
        ("tiny", "1", "10", "0"),
    ]


async def test_what_is_priced_in_part_waits_for_the_units_without_a_rate(
    admin: GraphQLClient,
) -> None:
    await _set(admin, provider="in-house", model="tiny")
    await admin.record(_call("1", "tiny", outputTokens=5))
    (waiting,) = (await admin.data(WAITING))["unpricedUsage"]
    assert (waiting["partialEvents"], waiting["missingUnits"]) == ("1", ["output_tokens"])


async def test_custom_units_wait_by_their_name(client: GraphQLClient) -> None:
    await client.record({"type": "CUSTOM", "unit": "pages", "quantity": "1.5"})
    (waiting,) = (await client.data(WAITING))["unpricedUsage"]
    assert (waiting["unit"], waiting["quantity"], waiting["model"]) == ("pages", "1.5", None)


async def test_what_waits_may_be_filtered(client: GraphQLClient) -> None:
    await client.record(_call("1", "tiny", customerId="a"), _call("2", "large", customerId="b"))
    waiting = (await client.data(WAITING, filter={"customerIds": ["b"]}))["unpricedUsage"]
    assert [each["model"] for each in waiting] == ["large"]


async def test_an_own_price_takes_the_place_whatever_the_case_of_its_name(
    admin: GraphQLClient,
) -> None:
    found = (await _prices(admin, first=1000, provider="together"))["nodes"]
    name = next(price["model"] for price in found if price["model"] != price["model"].lower())
    await _set(admin, provider="together", model=name)
    prices = (await _prices(admin, provider="together", model=name))["nodes"]
    assert [price["source"] for price in prices] == ["OVERRIDE"]
