"""`insights` over the wire: shapes, order, and queries that prove what is said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models.database import Database
from pricing.catalogue import Catalogue
from pricing.price_book import PriceBook, PriceRevision
from pricing.purpose import Purpose, purpose_of
from resolvers.services import Services
from resolvers.viewer import Credential, CredentialKind
from schema.context import Context
from schema.contract import build_schema
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.statements import noted_statements

INSIGHTS = """
    query($range: RangeInput!, $zone: String! = "UTC", $filter: UsageFilter) {
      insights(range: $range, timeZone: $zone, filter: $filter) {
        pricedAt leftOut modelsLeftOut range { from to timeZone } totals { events cost }
        insights {
          kind title amountUsd amountIs formula assumption
          subject { provider model featureId customerId }
          numbers { name value unit }
          candidates { provider model source isSameProvider costUsd savingUsd }
          query { document variables }
        }
      }
    }
"""
TRIALS = Path(__file__).parents[1] / "data" / "field_trials.json"
BOOK = PriceBook(Catalogue.bundled(), [], PriceRevision(1, 0))
OCTOBER = {"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"}
TYPED = {
    "input_tokens": "inputTokens",
    "output_tokens": "outputTokens",
    "cache_read_tokens": "cacheReadTokens",
}


def _event(event_id: str, **values: Any) -> dict[str, Any]:
    usual = {
        "provider": "openai",
        "model": "gpt-4o",
        "inputTokens": 1_000_000,
        "outputTokens": 200_000,
        "cacheReadTokens": 100_000,
        "occurredAt": "2026-10-20T12:00:00Z",
    }
    return {"id": event_id} | usual | values


def _daily(first: datetime, days: int, tokens: int, **values: Any) -> list[dict[str, Any]]:
    return [
        _event(
            f"{values}-{first}-{day}",
            inputTokens=tokens,
            outputTokens=0,
            cacheReadTokens=0,
            occurredAt=(first + timedelta(days=day)).isoformat(),
            **values,
        )
        for day in range(days)
    ]


async def _insights(client: GraphQLClient, **variables: Any) -> Any:
    return (await client.data(INSIGHTS, range=OCTOBER, **variables))["insights"]


async def _of_kind(client: GraphQLClient, kind: str, **variables: Any) -> Any:
    """The one of the kind, where there is one."""
    report = await _insights(client, **variables)
    (found,) = [insight for insight in report["insights"] if insight["kind"] == kind]
    return found


def _numbers(insight: Any) -> dict[str, Decimal | None]:
    return {
        number["name"]: None if number["value"] is None else Decimal(number["value"])
        for number in insight["numbers"]
    }


async def _proof(client: GraphQLClient, insight: Any) -> Any:
    return await client.data(insight["query"]["document"], **insight["query"]["variables"])


def _rate(prices: Any, unit: str, processing: str | None = None) -> Decimal:
    """USD for one, of the own price before the catalogue's."""
    nodes = sorted(prices["nodes"], key=lambda price: price["source"] != "OVERRIDE")
    rates = {
        (rate["unit"], rate["processing"]): Decimal(rate["amount"]) / rate["per"]
        for rate in nodes[0]["rates"]
        if rate["aboveInputTokens"] is None and not rate["serviceTier"] and not rate["speed"]
    }
    whole = "output_tokens" if unit.startswith("output") else "input_tokens"
    for key in ((unit, processing), (unit, None), (whole, processing), (whole, None)):
        if key in rates:
            return rates[key]
    raise AssertionError(unit)


def _cost(counted: Any, prices: Any, processing: str | None = None) -> Decimal:
    plain = int(counted["inputTokens"]) - int(counted["cacheReadTokens"])
    return (
        plain * _rate(prices, "input_tokens", processing)
        + int(counted["cacheReadTokens"]) * _rate(prices, "cache_read_tokens", processing)
        + int(counted["outputTokens"]) * _rate(prices, "output_tokens", processing)
    )


async def test_the_most_dollars_come_first_and_the_unknown_last(client: GraphQLClient) -> None:
    await client.record(
        _event("a"),
        _event("b", outcome="ERROR"),
        _event("c", model="gpt-4o-mini"),
        _event("d", provider="nobody", model="none"),
    )
    amounts = [each["amountUsd"] for each in (await _insights(client))["insights"]]
    known = [Decimal(amount) for amount in amounts if amount is not None]
    assert known == sorted(known, reverse=True)
    assert all(amount > 0 for amount in known)
    assert amounts[-1] is None
    assert len(known) == len(amounts) - 1


async def test_every_kind_says_what_its_amount_is_and_what_it_assumes(
    client: GraphQLClient,
) -> None:
    before, now = datetime(2026, 9, 1, 12, tzinfo=UTC), datetime(2026, 10, 1, 12, tzinfo=UTC)
    await client.record(
        _event("a", outcome="ERROR"),
        _event("d", provider="nobody", model="none"),
        *_daily(before, 30, 100_000, featureId="chat", customerId="acme"),
        *_daily(now, 1, 9_000_000, featureId="chat", customerId="acme"),
    )
    found = (await _insights(client))["insights"]
    assert {(each["kind"], each["amountIs"]) for each in found} == {
        ("CHEAPER_MODEL", "COULD_SAVE"),
        ("CACHE_SAVINGS", "SAVED"),
        ("CACHE_SAVINGS", "COULD_SAVE"),
        ("BATCH_PRICE", "COULD_SAVE"),
        ("FAILED_CALLS", "WASTED"),
        ("UNUSUAL_FEATURE", "EXCESS"),
        ("UNUSUAL_CUSTOMER", "EXCESS"),
        ("UNPRICED_USAGE", "UNKNOWN"),
    }
    assert all(each["formula"] and each["assumption"] and each["numbers"] for each in found)
    assert all("price alone" in each["title"] for each in found if each["candidates"])


async def test_the_query_of_cheaper_models_shows_counts_and_prices(client: GraphQLClient) -> None:
    await client.record(_event("a"), _event("b", inputTokens=7), _event("c", processing="batch"))
    insight = await _of_kind(client, "CHEAPER_MODEL")
    proof, numbers = await _proof(client, insight), _numbers(insight)
    counted = proof["usage"]["totals"]["usage"]
    for unit, field in TYPED.items():
        assert numbers[unit.replace("_", " ")] == int(counted[field])
    recorded, own = Decimal(proof["usage"]["totals"]["cost"]), _cost(counted, proof["price0"])
    assert numbers["recorded"] == recorded
    assert numbers["at own rates"] == own
    assert numbers["compared with"] == min(recorded, own)
    for place, candidate in enumerate(insight["candidates"]):
        cost = _cost(counted, proof[f"price{place + 1}"])
        assert Decimal(candidate["costUsd"]) == cost
        assert Decimal(candidate["savingUsd"]) == min(recorded, own) - cost


async def test_input_alone_of_a_chat_model_is_compared_with_models_that_give_text_alone(
    client: GraphQLClient,
) -> None:
    (trial,) = (each for each in json.loads(TRIALS.read_text()) if "usage" in each)
    event = {"id": "input-only", "occurredAt": "2026-10-20T12:00:00Z"} | trial["usage"]
    assert (await client.record(event))["recorded"] == 1
    data = await client.data(INSIGHTS, range=OCTOBER)
    (insight,) = (each for each in data["insights"]["insights"] if each["kind"] == "CHEAPER_MODEL")
    assert insight["candidates"]
    for candidate in insight["candidates"]:
        assert purpose_of(candidate["model"]) is Purpose.GENERAL, candidate
        assert _has_output_rate(candidate["provider"], candidate["model"]), candidate


def _has_output_rate(provider: str, model: str) -> bool:
    price = BOOK.price(provider, model, datetime(2026, 10, 31, tzinfo=UTC))
    return price is not None and any(rate.unit == "output_tokens" for rate in price.rates)


async def test_own_prices_are_candidates_and_what_is_compared_with(admin: GraphQLClient) -> None:
    own = [("openai", "gpt-4o", "2", "9"), ("in-house", "llama", "0.000001", "0.000002")]
    for provider, model, input_rate, output_rate in own:
        await admin.data(
            "mutation($input: SetPriceInput!) { setPrice(input: $input) { id } }",
            input={
                "provider": provider,
                "model": model,
                "effectiveFrom": "2026-10-01T00:00:00Z",
                "rates": [
                    {"unit": "input_tokens", "amount": input_rate, "per": 1_000_000},
                    {"unit": "output_tokens", "amount": output_rate, "per": 1_000_000},
                ],
            },
        )
    await admin.record(_event("a", cacheReadTokens=0))
    insight = await _of_kind(admin, "CHEAPER_MODEL")
    assert _numbers(insight)["at own rates"] == 2 + Decimal("0.2") * 9
    assert [(c["provider"], c["source"]) for c in insight["candidates"]][1] == (
        "in-house",
        "OVERRIDE",
    )
    proof = await _proof(admin, insight)
    assert _rate(proof["price0"], "input_tokens") * 1_000_000 == 2
    assert proof["price2"]["nodes"][0]["model"] == "llama"


async def test_the_queries_of_cache_savings_show_counts_and_rates(client: GraphQLClient) -> None:
    await client.record(_event("a"))
    found = (await _insights(client))["insights"]
    saved, half = (
        next(e for e in found if e["kind"] == "CACHE_SAVINGS" and e["amountIs"] == amount)
        for amount in ("SAVED", "COULD_SAVE")
    )
    for insight in (saved, half):
        proof = await _proof(client, insight)
        counted = proof["usage"]["totals"]["usage"]
        gain = _rate(proof["price0"], "input_tokens") - _rate(proof["price0"], "cache_read_tokens")
        read = int(counted["cacheReadTokens"])
        tokens = read if insight is saved else Decimal(int(counted["inputTokens"])) / 2 - read
        assert Decimal(insight["amountUsd"]) == tokens * gain


async def test_the_query_of_batch_prices_shows_counts_and_rates(client: GraphQLClient) -> None:
    await client.record(_event("a"), _event("b", processing="batch"))
    insight = await _of_kind(client, "BATCH_PRICE")
    proof = await _proof(client, insight)
    totals = proof["usage"]["totals"]
    by_batch = _cost(totals["usage"], proof["price0"], "batch")
    assert _numbers(insight)["by batch"] == by_batch
    assert Decimal(insight["amountUsd"]) == Decimal(totals["cost"]) - by_batch


async def test_what_went_by_batch_saves_nothing_again(client: GraphQLClient) -> None:
    await client.record(_event("a"))
    alone = await _of_kind(client, "BATCH_PRICE")
    await client.record(_event("b", processing="batch"))
    assert (await _of_kind(client, "BATCH_PRICE"))["amountUsd"] == alone["amountUsd"]


async def test_the_query_of_failed_calls_shows_their_cost(client: GraphQLClient) -> None:
    await client.record(_event("a", outcome="ERROR"), _event("b"), _event("c"))
    insight = await _of_kind(client, "FAILED_CALLS")
    proof = await _proof(client, insight)
    assert insight["amountUsd"] == proof["failed"]["totals"]["cost"]
    assert _numbers(insight) == {
        "failed calls": 1,
        "failed calls of unknown cost": 0,
        "all calls": int(proof["all"]["totals"]["events"]),
        "cost of failed calls": Decimal(proof["failed"]["totals"]["cost"]),
        "cost of all calls": Decimal(proof["all"]["totals"]["cost"]),
        "share": Decimal("33.33"),
    }


async def test_the_query_of_unusual_usage_shows_the_days(client: GraphQLClient) -> None:
    before, now = datetime(2026, 9, 1, 12, tzinfo=UTC), datetime(2026, 10, 1, 12, tzinfo=UTC)
    await client.record(
        *_daily(before, 30, 100_000, featureId="chat", outcome="ERROR"),
        *_daily(now, 2, 9_000_000, featureId="chat", outcome="ERROR"),
    )
    insight = await _of_kind(client, "UNUSUAL_FEATURE", filter={"outcomes": ["ERROR"]})
    proof, numbers = await _proof(client, insight), _numbers(insight)
    points, past = (proof[name]["timeline"][0]["points"] for name in ("usage", "before"))
    costs = sorted(
        Decimal(point["totals"]["cost"]) for point in past if point["totals"]["events"] != "0"
    )
    middle = (costs[14] + costs[15]) / 2
    assert len(costs) == numbers["past days compared"] == 30
    assert numbers["median of past days"] == middle
    out = [Decimal(p["totals"]["cost"]) for p in points if Decimal(p["totals"]["cost"]) > middle]
    assert Decimal(insight["amountUsd"]) == sum(out) - len(out) * middle
    assert insight["subject"]["featureId"] == "chat"


async def test_the_query_of_unpriced_usage_shows_the_events(client: GraphQLClient) -> None:
    await client.record(_event("a", provider="nobody", model="none"), _event("b"))
    insight = await _of_kind(client, "UNPRICED_USAGE")
    (waiting,) = (await _proof(client, insight))["unpricedUsage"]
    assert (waiting["provider"], waiting["model"], waiting["events"]) == ("nobody", "none", "1")
    assert _numbers(insight)["events of unknown cost"] == 1
    assert insight["amountUsd"] is None


async def test_no_more_than_a_hundred_are_given_and_the_others_counted(
    client: GraphQLClient,
) -> None:
    await client.record(
        *(_event(f"p{n}", model=f"own-{n}", cost="7", outcome="ERROR") for n in range(60)),
        *(_event(f"u{n}", provider="nobody", model=f"none-{n}") for n in range(60)),
    )
    report = await _insights(client)
    # Of 50 models a cheaper one and failed calls each, and 50 names without a price.
    assert (len(report["insights"]), report["leftOut"], report["modelsLeftOut"]) == (100, 50, 70)


async def test_without_usage_there_is_nothing_to_say(client: GraphQLClient) -> None:
    report = await _insights(client)
    assert report["insights"] == []
    assert report["totals"] == {"events": "0", "cost": "0"}
    assert report["range"] == OCTOBER | {"timeZone": "UTC"}


async def test_customers_tokens_are_refused(client: GraphQLClient, server: InProcessServer) -> None:
    made = await client.data(
        'mutation { createCustomerToken(customerId: "acme", expiresInSeconds: 60) { token } }'
    )
    token = made["createCustomerToken"]["token"]
    async with GraphQLClient(server.url, token) as customer:
        assert (await customer.error(INSIGHTS, range=OCTOBER))["code"] == "FORBIDDEN"


async def test_prices_are_those_of_the_end_of_the_range(client: GraphQLClient) -> None:
    assert (await _insights(client))["pricedAt"] == "2026-10-31T23:59:59.999999Z"


@pytest.mark.parametrize(
    ("range", "field"),
    [({}, "range"), (OCTOBER | {"preset": "TODAY"}, "range")],
)
async def test_a_range_that_is_none_is_refused(
    client: GraphQLClient, range: Any, field: str
) -> None:
    error = await client.error(INSIGHTS, range=range)
    assert (error["code"], error["field"]) == ("BAD_INPUT", field)


async def test_no_more_statements_are_asked_for_more_usage(
    services: Services, database_url: str, keys: Keys, client: GraphQLClient
) -> None:
    await client.record(_event("a", featureId="chat", customerId="acme"))
    few = await _statements(services, keys.read, database_url)
    await client.record(
        *(
            _event(f"{model}-{place}", model=model, featureId=f"f{place}", customerId=f"c{place}")
            for model in ("gpt-4o-mini", "gpt-5", "none")
            for place in range(20)
        )
    )
    many = await _statements(services, keys.read, database_url)
    assert len(few) < len(many) <= 12


async def _statements(services: Services, key: str, database_url: str) -> list[str]:
    """What one request asks of Postgres, beside knowing who asks."""
    own = Database(database_url)
    context = Context(replace(services, database=own), Credential(CredentialKind.KEY, key))
    schema, variables = build_schema(), {"range": OCTOBER}
    with noted_statements(own) as statements:
        # A new connection asks for its types first.
        await schema.execute(INSIGHTS, variables, context_value=context)
        statements.clear()
        answer = await schema.execute(INSIGHTS, variables, context_value=context)
    await own.close()
    assert answer.errors is None
    return statements
