"""Own prices: dated, checked, never changed but for their end, and in the place of all others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient

PRICE = """{ id provider model unit source effectiveFrom effectiveTo recordedAt recordedBy
    endedAt endedBy rates { unit amount per aboveInputTokens } }"""
SET = f"mutation($input: SetPriceInput!) {{ setPrice(input: $input) {PRICE} }}"
END = f"mutation($id: ID!, $at: DateTime) {{ endPrice(id: $id, at: $at) {PRICE} }}"
HISTORY = (
    "query($provider: String, $model: String, $unit: String) "
    f"{{ priceHistory(provider: $provider, model: $model, unit: $unit) {PRICE} }}"
)
COST = "cost { amount status price { id source provider model } }"
START = datetime(2026, 10, 1, tzinfo=UTC)


def _at(days: float) -> str:
    return (START + timedelta(days=days)).isoformat().replace("+00:00", "Z")


def _input(amount: object = "1", **values: Any) -> dict[str, Any]:
    rates = [{"unit": "input_tokens", "amount": amount}]
    return {"provider": "openai", "model": "gpt-4o", "rates": rates, **values}


async def _set(client: GraphQLClient, amount: object = "1", **values: Any) -> Any:
    return (await client.data(SET, input=_input(amount, **values)))["setPrice"]


async def _history(client: GraphQLClient, **names: str) -> Any:
    return (await client.data(HISTORY, **names))["priceHistory"]


async def _cost(client: GraphQLClient, **values: Any) -> Any:
    event = {"provider": "openai", "model": "gpt-4o", "inputTokens": 1_000_000, **values}
    answer = await client.record(event, fields=COST)
    return answer["results"][0]["event"]["cost"]


async def test_an_own_price_goes_before_the_catalogues(admin: GraphQLClient) -> None:
    price = await _set(admin, "1.5")
    cost = await _cost(admin)
    assert (cost["amount"], cost["price"]["id"]) == ("1.5", price["id"])


async def test_events_before_its_start_keep_the_catalogues_price(admin: GraphQLClient) -> None:
    await _set(admin, "1.5", effectiveFrom=_at(0))
    cost = await _cost(admin, occurredAt=_at(-1))
    assert (cost["amount"], cost["price"]["source"]) == ("2.5", "CATALOGUE")


async def test_it_replaces_the_whole_rate_card(admin: GraphQLClient) -> None:
    await _set(admin)
    assert (await _cost(admin, outputTokens=5))["status"] == "PARTIAL"


async def test_it_is_found_by_the_names_that_stand_for_the_model(admin: GraphQLClient) -> None:
    await _set(admin, "1.5")
    for name in ("openai/gpt-4o", "gpt-4o-2024-08-06", "GPT-4o"):
        assert (await _cost(admin, model=name))["amount"] == "1.5", name


async def test_a_price_of_a_dated_version_holds_for_that_alone(admin: GraphQLClient) -> None:
    await _set(admin, "1.5", model="gpt-4o-2024-08-06")
    assert (await _cost(admin, model="gpt-4o-2024-08-06"))["amount"] == "1.5"
    assert (await _cost(admin))["amount"] == "2.5"


async def test_a_model_that_nobody_knows_may_have_one(admin: GraphQLClient) -> None:
    await _set(admin, "0.25", provider="in-house", model="tiny")
    assert (await _cost(admin, provider="in-house", model="tiny"))["amount"] == "0.25"


async def test_a_long_context_tier_holds_past_its_threshold(admin: GraphQLClient) -> None:
    rates = [
        {"unit": "input_tokens", "amount": "1"},
        {"unit": "input_tokens", "amount": "2", "aboveInputTokens": 200_000},
    ]
    await admin.data(SET, input={"provider": "a", "model": "b", "rates": rates})
    amounts = [
        (await _cost(admin, provider="a", model="b", inputTokens=count))["amount"]
        for count in (200_000, 200_001)
    ]
    assert amounts == ["0.2", "0.400002"]


async def test_a_custom_unit_has_a_price(admin: GraphQLClient) -> None:
    rates = [{"unit": "pages", "amount": "3", "per": 1000}]
    price = (await admin.data(SET, input={"rates": rates}))["setPrice"]
    assert (price["provider"], price["model"], price["unit"]) == ("", "", "pages")
    answer = await admin.record({"type": "CUSTOM", "unit": "pages", "quantity": "250"}, fields=COST)
    cost = answer["results"][0]["event"]["cost"]
    assert (cost["amount"], cost["status"], cost["price"]["id"]) == ("0.75", "PRICED", price["id"])


async def test_a_custom_event_pays_its_unit_and_its_tokens(admin: GraphQLClient) -> None:
    await admin.data(SET, input={"rates": [{"unit": "pages", "amount": "1", "per": 1}]})
    cost = await _cost(admin, type="CUSTOM", unit="pages", quantity="2")
    assert (cost["amount"], cost["status"]) == ("4.5", "PRICED")


async def test_a_later_price_ends_the_open_one(admin: GraphQLClient) -> None:
    first = await _set(admin, "1", effectiveFrom=_at(0))
    second = await _set(admin, "2", effectiveFrom=_at(5))
    own = [p for p in await _history(admin, provider="openai", model="gpt-4o")
           if p["source"] == "OVERRIDE"]  # fmt: skip
    assert [(p["id"], p["effectiveFrom"], p["effectiveTo"]) for p in own] == [
        (second["id"], _at(5), None),
        (first["id"], _at(0), _at(5)),
    ]


OVERLAPS: list[tuple[str, tuple[float, float | None], tuple[float, float | None]]] = [
    ("the same start", (0, None), (0, None)),
    ("before an open one, without an end", (5, None), (0, None)),
    ("into an open one", (5, None), (0, 6)),
    ("within a closed one", (0, 9), (3, 4)),
    ("around a closed one", (3, 4), (0, 9)),
    ("over a closed one's end", (0, 5), (4, None)),
]


@pytest.mark.parametrize(
    ("first", "second"), [case[1:] for case in OVERLAPS], ids=[case[0] for case in OVERLAPS]
)
async def test_an_overlap_is_a_conflict_that_names_the_price(
    admin: GraphQLClient, first: tuple[float, float | None], second: tuple[float, float | None]
) -> None:
    def dates(span: tuple[float, float | None]) -> dict[str, Any]:
        start, end = span
        return {"effectiveFrom": _at(start), "effectiveTo": None if end is None else _at(end)}

    price = await _set(admin, **dates(first))
    error = await admin.error(SET, input=_input(**dates(second)))
    assert (error["code"], price["id"] in error["message"]) == ("CONFLICT", True)


@pytest.mark.parametrize(
    ("first", "second"), [((0, 5), (5, 9)), ((5, 9), (0, 5)), ((0, 5), (5, None))]
)
async def test_prices_may_follow_each_other(
    admin: GraphQLClient, first: tuple[float, float], second: tuple[float, float | None]
) -> None:
    for start, end in (first, second):
        to = None if end is None else _at(end)
        assert await _set(admin, effectiveFrom=_at(start), effectiveTo=to)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("no rates", {"rates": []}, "input.rates"),
    ("a provider alone", {"model": None}, "input.model"),
    ("a model alone", {"provider": None}, "input.provider"),
    ("an empty name", {"model": " "}, "input.model"),
    ("a long name", {"model": "x" * 257}, "input.model"),
    ("NUL in a name", {"provider": "a\x00"}, "input.provider"),
    ("backwards", {"effectiveFrom": _at(5), "effectiveTo": _at(4)}, "input.effectiveTo"),
    ("no time at all", {"effectiveFrom": _at(5), "effectiveTo": _at(5)}, "input.effectiveTo"),
    ("a negative amount", {"rates": [{"unit": "input_tokens", "amount": "-1"}]},
     "input.rates[0].amount"),
    ("too many digits", {"rates": [{"unit": "input_tokens", "amount": "1e-30"}]},
     "input.rates[0].amount"),
    ("an unknown unit", {"rates": [{"unit": "input_token", "amount": "1"}]},
     "input.rates[0].unit"),
    ("for nothing", {"rates": [{"unit": "input_tokens", "amount": "1", "per": 0}]},
     "input.rates[0].per"),
    ("a unit twice", {"rates": [{"unit": "input_tokens", "amount": "1"}] * 2},
     "input.rates[1].unit"),
    ("a tier without a base",
     {"rates": [{"unit": "input_tokens", "amount": "1", "aboveInputTokens": 5}]},
     "input.rates[0].aboveInputTokens"),
    ("two custom units",
     {"provider": None, "model": None,
      "rates": [{"unit": "a", "amount": "1"}, {"unit": "b", "amount": "1"}]}, "input.rates"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "field"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
async def test_what_is_no_price_is_refused_at_its_field(
    admin: GraphQLClient, values: dict[str, Any], field: str
) -> None:
    error = await admin.error(SET, input=_input(**values))
    assert (error["code"], error["field"]) == ("BAD_INPUT", field)


async def test_a_misspelt_unit_is_told_what_was_meant(admin: GraphQLClient) -> None:
    rates = [{"unit": "input_token", "amount": "1"}]
    error = await admin.error(SET, input=_input(rates=rates))
    assert "did you mean input_tokens?" in error["message"]


async def test_an_ended_price_gives_way_to_the_catalogues(admin: GraphQLClient) -> None:
    price = await _set(admin, "1", effectiveFrom=_at(0))
    await admin.data(END, id=price["id"], at=_at(5))
    amounts = [(await _cost(admin, occurredAt=_at(days)))["amount"] for days in (4, 5)]
    assert amounts == ["1", "2.5"]


async def test_a_price_ended_at_its_start_is_void_and_stays_in_the_history(
    admin: GraphQLClient,
) -> None:
    price = await _set(admin, "1", effectiveFrom=_at(0))
    ended = (await admin.data(END, id=price["id"], at=_at(0)))["endPrice"]
    assert ended["effectiveTo"] == ended["effectiveFrom"]
    assert (await _cost(admin, occurredAt=_at(3)))["amount"] == "2.5"
    history = await _history(admin, provider="openai", model="gpt-4o")
    assert price["id"] in [each["id"] for each in history]


async def test_a_void_price_is_in_nobodys_way(admin: GraphQLClient) -> None:
    price = await _set(admin, effectiveFrom=_at(0))
    await admin.data(END, id=price["id"], at=_at(0))
    assert await _set(admin, effectiveFrom=_at(0))


async def test_a_price_to_come_that_is_ended_now_is_void(admin: GraphQLClient) -> None:
    start = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    price = await _set(admin, effectiveFrom=start)
    ended = (await admin.data(END, id=price["id"]))["endPrice"]
    assert ended["effectiveTo"] == ended["effectiveFrom"]


async def test_ending_before_the_start_is_refused(admin: GraphQLClient) -> None:
    price = await _set(admin, effectiveFrom=_at(0))
    error = await admin.error(END, id=price["id"], at=_at(-1))
    assert (error["code"], error["field"]) == ("BAD_INPUT", "at")


async def test_ending_what_has_ended_is_a_conflict(admin: GraphQLClient) -> None:
    price = await _set(admin, effectiveFrom=_at(0), effectiveTo=_at(2))
    assert (await admin.error(END, id=price["id"], at=_at(3)))["code"] == "CONFLICT"


async def test_an_end_may_be_drawn_nearer(admin: GraphQLClient) -> None:
    price = await _set(admin, effectiveFrom=_at(0), effectiveTo=_at(9))
    ended = (await admin.data(END, id=price["id"], at=_at(3)))["endPrice"]
    assert ended["effectiveTo"] == _at(3)


async def test_the_catalogues_prices_cannot_be_ended(admin: GraphQLClient) -> None:
    cost = await _cost(admin)
    error = await admin.error(END, id=cost["price"]["id"])
    assert (error["code"], error["field"]) == ("BAD_INPUT", "id")


async def test_a_price_that_is_not_there_is_not_found(admin: GraphQLClient) -> None:
    assert (await admin.error(END, id="price_1"))["code"] == "NOT_FOUND"


async def test_who_set_and_ended_a_price_is_kept(admin: GraphQLClient) -> None:
    price = await _set(admin, effectiveFrom=_at(0))
    assert price["recordedBy"].startswith("admin (key_")
    ended = (await admin.data(END, id=price["id"]))["endPrice"]
    assert ended["endedBy"] == price["recordedBy"]
    assert ended["endedAt"] >= price["recordedAt"]


@pytest.mark.parametrize("query", [SET, END])
async def test_setting_and_ending_wants_the_scope_admin(client: GraphQLClient, query: str) -> None:
    error = await client.error(query, **({"input": _input()} if query == SET else {"id": "a"}))
    assert (error["code"], "ADMIN" in error["message"]) == ("FORBIDDEN", True)


async def test_another_workspace_sees_and_pays_nothing_of_it(
    admin: GraphQLClient, keys: Keys
) -> None:
    await _set(admin)
    async with GraphQLClient(str(admin.http.base_url), keys.other) as other:
        history = await _history(other, provider="openai", model="gpt-4o")
        assert {price["source"] for price in history} == {"CATALOGUE"}
        assert (await _cost(other))["amount"] == "2.5"
