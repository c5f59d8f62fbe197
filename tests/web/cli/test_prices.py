"""`livemeter prices`: where the catalogue stands, and what an operator does about it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from models.database import Database
from tests.catalogue_file import forget_prices, learn_models, model, price_file
from tests.command import livemeter
from tests.price_server import PriceServer


@pytest.fixture
async def price_server(database: Database) -> AsyncIterator[PriceServer]:
    """Hands out what the database knows."""
    await forget_prices(database)
    await learn_models(database, model("one", 2))
    async with PriceServer(price_file(model("one", 2))) as server:
        yield server


async def test_status_says_what_the_prices_were_taken_from(database_url: str) -> None:
    outcome = await livemeter("prices", "status", database_url=database_url)
    assert outcome.status == 0
    assert "models from genai-prices (bundled), version" in outcome.output
    assert "never looked for newer ones" in outcome.output


async def test_refresh_looks_for_newer_prices(database_url: str, price_server: PriceServer) -> None:
    outcome = await livemeter(
        "prices", "refresh", database_url=database_url, prices_url=price_server.url
    )
    assert outcome.status == 0, outcome
    assert f"1 models from {price_server.url}" in outcome.output


async def test_refresh_that_fails_says_why_and_ends_with_1(
    database_url: str, price_server: PriceServer
) -> None:
    price_server.status = 500
    outcome = await livemeter(
        "prices", "refresh", database_url=database_url, prices_url=price_server.url
    )
    assert outcome.status == 1
    assert "status 500" in outcome.errors


async def test_refresh_without_an_address_says_so(database_url: str) -> None:
    outcome = await livemeter("prices", "refresh", database_url=database_url)
    assert (outcome.status, "LIVEMETER_PRICES_URL" in outcome.errors) == (1, True)


async def test_accept_lets_in_what_is_held_back(
    database_url: str, price_server: PriceServer
) -> None:
    price_server.content = price_file(model("one", 500))
    held = await livemeter(
        "prices", "refresh", database_url=database_url, prices_url=price_server.url
    )
    assert (held.status, "livemeter prices accept" in held.errors) == (1, True)
    accepted = await livemeter("prices", "accept", database_url=database_url)
    assert (accepted.status, "Problem" in accepted.errors) == (0, False)


async def test_accept_where_nothing_is_held_back_says_so(database_url: str) -> None:
    outcome = await livemeter("prices", "accept", database_url=database_url)
    assert (outcome.status, "No prices are held back" in outcome.errors) == (1, True)
