"""`repriceEvents` by GraphQL."""

from __future__ import annotations

from tests.graphql_client import GraphQLClient

REPRICE = """mutation($range: RangeInput!, $dryRun: Boolean! = true, $filter: UsageFilter) {
  repriceEvents(range: $range, dryRun: $dryRun, filter: $filter) {
    dryRun complete events changed costBefore costAfter
    groups { provider model changed costBefore costAfter } } }"""
TODAY = {"preset": "LAST_7_DAYS"}
COST = "query($id: ID!) { event(id: $id) { cost { amount status price { source } } } }"


async def _record_and_price(admin: GraphQLClient) -> None:
    await admin.record(
        {"id": "1", "provider": "in-house", "model": "tiny", "inputTokens": 1_000_000}
    )
    rates = [{"unit": "input_tokens", "amount": "0.5"}]
    price = {
        "provider": "in-house",
        "model": "tiny",
        "rates": rates,
        "effectiveFrom": "2026-01-01T00:00:00Z",
    }
    await admin.data(
        "mutation($input: SetPriceInput!) { setPrice(input: $input) { id } }", input=price
    )


async def test_it_is_a_dry_run_unless_told_otherwise(admin: GraphQLClient) -> None:
    await _record_and_price(admin)
    answer = (await admin.data(REPRICE, range=TODAY))["repriceEvents"]
    assert answer == {
        "dryRun": True,
        "complete": True,
        "events": "1",
        "changed": "1",
        "costBefore": "0",
        "costAfter": "0.5",
        "groups": [
            {
                "provider": "in-house",
                "model": "tiny",
                "changed": "1",
                "costBefore": "0",
                "costAfter": "0.5",
            }
        ],
    }


async def test_the_real_one_changes_what_events_cost(admin: GraphQLClient) -> None:
    await _record_and_price(admin)
    await admin.data(REPRICE, range=TODAY, dryRun=False)
    cost = (await admin.data(COST, id="1"))["event"]["cost"]
    assert cost == {"amount": "0.5", "status": "PRICED", "price": {"source": "OVERRIDE"}}


async def test_it_wants_the_scope_admin(client: GraphQLClient) -> None:
    assert (await client.error(REPRICE, range=TODAY))["code"] == "FORBIDDEN"


async def test_a_range_is_needed(admin: GraphQLClient) -> None:
    error = await admin.error(REPRICE, range={})
    assert (error["code"], error["field"]) == ("BAD_INPUT", "range")
