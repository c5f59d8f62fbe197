"""Newer prices are taken whole or not at all, and whatever fails, the known ones stay."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from models.catalogue_table import CatalogueRow
from models.database import Database
from models.errors import Conflict
from resolvers.prices.price_books import PriceBooks
from resolvers.prices.refresh import (
    Refresh,
    RefreshSettings,
    accept_held_prices,
    check_prices,
)
from tests.catalogue_file import learn_models, model, price_file, provider, standing
from tests.price_server import PriceServer

NAMES = [f"model-{number}" for number in range(20)]


class Source:
    """A server of prices, and a database that knows 20 models at 2 USD from it."""

    def __init__(self, database: Database, server: PriceServer) -> None:
        self.database = database
        self.server = server

    def settings(self, **values: Any) -> RefreshSettings:
        return RefreshSettings(self.server.url, **values)

    def offer(self, **amounts: object) -> None:
        """All models, some at other amounts (`model_3=5`)."""
        given = {name.replace("_", "-"): amount for name, amount in amounts.items()}
        self.server.content = price_file(*(model(name, given.get(name, 2)) for name in NAMES))

    async def check(self, **values: Any) -> CatalogueRow:
        return await check_prices(self.database, self.settings(**values))

    async def amount(self, name: str = "model-3") -> Decimal:
        book = await PriceBooks(self.database).fresh(1)
        price = book.price("maker", name, datetime.now(UTC))
        assert price is not None
        return price.rates[0].amount


@pytest.fixture
async def source(unlearnt: Database) -> AsyncIterator[Source]:
    await learn_models(unlearnt, *(model(name, 2) for name in NAMES))
    async with PriceServer() as server:
        found = Source(unlearnt, server)
        found.offer()
        yield found


async def test_a_new_price_is_learnt(source: Source) -> None:
    source.offer(model_3=5)
    row = await source.check()
    assert row.problem is None
    assert await source.amount() == 5


async def test_the_catalogue_says_what_it_was_taken_from(source: Source) -> None:
    row = await source.check()
    assert (row.source, row.models) == (source.server.url, 20)
    assert row.version is not None
    assert row.version.startswith(f"{datetime.now(UTC):%Y-%m-%d} ")


async def test_a_file_that_has_not_changed_is_not_sent_again(source: Source) -> None:
    await source.check()
    await source.check()
    assert source.server.answers == [200, 304]


async def test_a_file_of_another_address_is_asked_for_whole(source: Source) -> None:
    await source.check()
    async with PriceServer(source.server.content) as other:
        await check_prices(source.database, RefreshSettings(other.url))
        assert other.answers == [200]


async def test_a_new_model_is_learnt_with_its_names(source: Source) -> None:
    source.server.content = price_file(*(model(name) for name in [*NAMES, "newest"]))
    await source.check()
    assert await source.amount("newest") == 2


BROKEN: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("broken JSON", {"content": b'[{"id": "maker", '}, {}, "it is no JSON"),
    ("a page of HTML", {"content": b"<html>sign in</html>"}, {}, "it is no JSON"),
    ("no list", {"content": b'{"providers": []}'}, {}, "it is no list of providers"),
    ("nothing in it", {"content": b"[]"}, {}, "it has no models"),
    ("a truncated body", {"cut_off": True}, {}, "RemoteProtocolError"),
    ("a slow body", {"slow": True}, {"timeout_seconds": 0.3}, "longer than 0.3 seconds"),
    ("status 500", {"status": 500}, {}, "status 500"),
    ("status 404", {"status": 404}, {}, "status 404"),
    ("a huge body", {"endless": True}, {"max_bytes": 1_000_000}, "larger than 1,000,000 bytes"),
    ("a negative price", {"content": price_file(model("model-3", -1))}, {}, "valid"),
    ("a price in words", {"content": price_file(model("model-3", "cheap"))}, {}, "valid"),
    ("a model without prices", {"content": price_file({"id": "a", "match": {"equals": "a"}})}, {},
     "valid"),
    ("a pattern that is none",
     {"content": price_file({**model("a"), "match": {"regex": "("}})}, {}, "valid"),
    ("NUL in a name", {"content": price_file(model("a\x00"))}, {}, "a name is no text"),
    ("a name without end", {"content": price_file(model("a" * 300))}, {}, "a name is no text"),
    ("a model twice", {"content": price_file(model("a"), model("a"))}, {}, "listed twice"),
    ("a provider twice",
     {"content": json.dumps([provider("a", model("a")), provider("a")]).encode()}, {},
     "listed twice"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("server", "settings", "problem"),
    [case[1:] for case in BROKEN],
    ids=[case[0] for case in BROKEN],
)
async def test_what_cannot_be_taken_is_told_and_the_known_prices_stay(
    source: Source, server: dict[str, Any], settings: dict[str, Any], problem: str
) -> None:
    for name, value in server.items():
        setattr(source.server, name, value)
    row = await source.check(**settings)
    assert problem in (row.problem or "")
    assert await source.amount() == 2


async def test_a_server_that_is_away_is_told(source: Source) -> None:
    row = await check_prices(source.database, RefreshSettings("http://127.0.0.1:1/data.json"))
    assert "ConnectError" in (row.problem or "")


async def test_a_check_that_succeeds_clears_the_problem(source: Source) -> None:
    source.server.status = 500
    await source.check()
    source.server.status = 200
    assert (await source.check()).problem is None


async def test_a_price_that_moves_too_far_is_held_back_loudly(source: Source) -> None:
    source.offer(model_3=21)
    row = await source.check()
    assert "maker model-3 input_tokens from 0.000002 to 0.000021 USD" in (row.problem or "")
    assert "livemeter prices accept" in (row.problem or "")
    assert await source.amount() == 2


async def test_what_is_held_back_stays_a_problem_while_the_file_does(source: Source) -> None:
    source.offer(model_3=21)
    first = await source.check()
    second = await source.check()
    assert source.server.answers == [200, 304]
    assert second.problem == first.problem


async def test_a_file_that_loses_too_many_models_is_held_back(source: Source) -> None:
    source.server.content = price_file(*(model(name) for name in NAMES[:17]))
    row = await source.check()
    assert "3 of 20 models are gone" in (row.problem or "")


async def test_what_is_held_back_comes_in_when_it_is_accepted(source: Source) -> None:
    source.offer(model_3=21)
    await source.check()
    row = await accept_held_prices(source.database)
    assert (row.problem, row.held_content) == (None, None)
    assert await source.amount() == 21


async def test_after_accepting_the_same_file_is_not_sent_again(source: Source) -> None:
    source.offer(model_3=21)
    await source.check()
    await accept_held_prices(source.database)
    assert (await source.check()).problem is None
    assert source.server.answers == [200, 304]


async def test_a_better_file_takes_the_place_of_one_held_back(source: Source) -> None:
    source.offer(model_3=21)
    await source.check()
    source.offer(model_3=3)
    row = await source.check()
    assert (row.problem, row.held_content) == (None, None)
    assert await source.amount() == 3


async def test_accepting_where_nothing_is_held_back_says_so(source: Source) -> None:
    with pytest.raises(Conflict, match="No prices are held back"):
        await accept_held_prices(source.database)


async def test_one_process_of_many_looks(source: Source) -> None:
    refreshes = [Refresh(source.database, source.settings()) for _ in range(5)]
    for refresh in refreshes:
        refresh.start()
    while (await standing(source.database)).checked_at is None:
        await asyncio.sleep(0.02)
    for refresh in refreshes:
        await refresh.close()
    assert source.server.answers == [200]


async def test_a_look_comes_again_when_it_is_due(source: Source) -> None:
    refresh = Refresh(source.database, source.settings(every_seconds=0.1))
    refresh.start()
    while len(source.server.answers) < 3:
        await asyncio.sleep(0.02)
    await refresh.close()


async def test_a_failure_does_not_hide_that_a_file_is_held_back(source: Source) -> None:
    source.offer(model_3=21)
    await source.check()
    source.server.status = 500
    problem = (await source.check()).problem or ""
    assert "livemeter prices accept" in problem
    assert "status 500" in problem


async def test_after_a_failure_the_file_that_is_held_back_is_told_of_alone(source: Source) -> None:
    source.offer(model_3=21)
    held = (await source.check()).problem
    source.server.status = 500
    await source.check()
    source.server.status = 200
    assert (await source.check()).problem == held
