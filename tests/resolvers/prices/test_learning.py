"""Learning adds what changed and keeps what was."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.metadata import version
from typing import Any

import pytest
from genai_prices.data import providers as bundled_providers
from sqlalchemy import text

from models.catalogue_table import read_catalogue, read_listed
from models.database import Database
from models.price import Price
from pricing import corrections
from pricing.catalogue import BUNDLED_SOURCE, Catalogue, bundled_version
from pricing.correcting import Add
from pricing.rate_card import CallContext, calls_of
from resolvers.prices.learning import learn, learn_bundled
from resolvers.prices.price_books import PriceBooks
from resolvers.prices.price_list import price_history
from tests.catalogue_file import dated, learn_models, model, standing

DEARER = corrections.Correction(
    "maker",
    "one",
    Add({"web_searches_kcount": "5"}),
    date(2026, 1, 1),
    "https://maker.test/prices",
    date(2026, 1, 1),
)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def _now() -> datetime:
    return datetime.now(UTC)


async def _price(database: Database, name: str, at: datetime) -> Price | None:
    book = await PriceBooks(database).fresh(1)
    return book.price("maker", name, at)


async def _input(database: Database, name: str, at: datetime) -> Decimal | None:
    price = await _price(database, name, at)
    return None if price is None else price.rates[0].amount


async def test_a_models_first_price_holds_since_ever(unlearnt: Database) -> None:
    await learn_models(unlearnt, model("one", 2))
    assert await _input(unlearnt, "one", LONG_AGO) == 2


async def test_a_changed_price_holds_from_when_it_was_learnt(unlearnt: Database) -> None:
    await learn_models(unlearnt, model("one", 2))
    before = _now()
    await learn_models(unlearnt, model("one", 3))
    assert await _input(unlearnt, "one", before) == 2
    assert await _input(unlearnt, "one", _now()) == 3


async def test_a_price_with_a_date_holds_from_its_date(unlearnt: Database) -> None:
    await learn_models(unlearnt, model("one", 2))
    await learn_models(unlearnt, dated("one", (None, 2), ("2026-10-01", 3)))
    assert await _input(unlearnt, "one", datetime(2026, 10, 1, tzinfo=UTC)) == 3
    assert await _input(unlearnt, "one", datetime(2026, 9, 30, 23, 59, tzinfo=UTC)) == 2


async def test_a_price_that_comes_back_is_another_price(unlearnt: Database) -> None:
    for amount in (2, 3, 2):
        await learn_models(unlearnt, model("one", amount))
    history = await price_history(
        unlearnt, PriceBooks(unlearnt), 1, provider="maker", model="one", unit=None
    )
    assert [kept.price.rates[0].amount for kept in history] == [2, 3, 2]
    assert len({kept.price.id for kept in history}) == 3


async def test_the_history_has_no_gap_and_no_overlap(unlearnt: Database) -> None:
    for amount in (2, 3, 4):
        await learn_models(unlearnt, model("one", amount))
    history = await price_history(
        unlearnt, PriceBooks(unlearnt), 1, provider="maker", model="one", unit=None
    )
    edges = [(kept.price.effective_from, kept.price.effective_to) for kept in reversed(history)]
    assert edges[0][0] is None
    assert edges[-1][1] is None
    assert [end for _, end in edges[:-1]] == [start for start, _ in edges[1:]]


async def test_a_model_that_is_listed_no_more_keeps_its_last_price(unlearnt: Database) -> None:
    names = [f"model-{number}" for number in range(20)]
    await learn_models(unlearnt, *(model(name, 2) for name in names))
    await learn_models(unlearnt, *(model(name, 2) for name in names[1:]))
    assert await _input(unlearnt, "model-0", _now()) == 2


async def test_learning_the_same_again_changes_nothing(unlearnt: Database) -> None:
    await learn_models(unlearnt, model("one", 2))
    revision = (await standing(unlearnt)).revision
    await learn_models(unlearnt, model("one", 2))
    assert (await standing(unlearnt)).revision == revision


async def test_an_announced_price_that_is_taken_back_leaves_the_history(
    unlearnt: Database,
) -> None:
    await learn_models(unlearnt, dated("one", (None, 2), ("2099-01-01", 3)))
    await learn_models(unlearnt, model("one", 2, 10))
    assert await _input(unlearnt, "one", datetime(2099, 1, 1, tzinfo=UTC)) == 2


@pytest.mark.parametrize("amount", [0, "0.19", 21])
async def test_a_price_that_moves_more_than_ten_times_is_suspicious(
    unlearnt: Database, amount: object
) -> None:
    await learn_models(unlearnt, model("one", 2))
    (suspicion,) = await learn_models(unlearnt, model("one", amount))
    assert suspicion.startswith("maker one input_tokens from 0.000002 to ")


@pytest.mark.parametrize("amount", ["0.2", 20])
async def test_a_price_that_moves_ten_times_is_not(unlearnt: Database, amount: object) -> None:
    await learn_models(unlearnt, model("one", 2))
    assert await learn_models(unlearnt, model("one", amount)) == []


async def test_what_is_suspicious_changes_nothing(unlearnt: Database) -> None:
    await learn_models(unlearnt, model("one", 2))
    await learn_models(unlearnt, model("one", 2000))
    assert await _input(unlearnt, "one", _now()) == 2


@pytest.mark.parametrize(("left", "suspicions"), [(18, []), (17, ["3 of 20 models are gone"])])
async def test_a_loss_of_more_than_a_tenth_of_the_models_is_suspicious(
    unlearnt: Database, left: int, suspicions: list[str]
) -> None:
    models = [model(f"model-{number}") for number in range(20)]
    await learn_models(unlearnt, *models)
    assert await learn_models(unlearnt, *models[:left]) == suspicions


async def test_a_new_database_knows_the_packages_prices(database: Database) -> None:
    row = await standing(database)
    assert (row.source, row.version) == ("genai-prices (bundled)", bundled_version())
    assert row.models > 2_000


async def test_a_start_with_the_same_package_learns_nothing(database: Database) -> None:
    before = (await standing(database)).updated_at
    await learn_bundled(database)
    assert (await standing(database)).updated_at == before


async def test_a_start_with_a_newer_package_adds_what_changed(database: Database) -> None:
    """As if an older package had had another price for one model."""
    async with database.write() as session:
        connection = await session.connection()
        await connection.execute(
            text(
                "UPDATE prices SET content = jsonb_set(content, '{rates,0,amount}', '\"7\"') "
                "WHERE provider = 'openai' AND model = 'gpt-4o'"
            )
        )
        await connection.execute(
            text("UPDATE catalogue SET package_version = '0.0.1', revision = revision + 1")
        )
    before = _now()
    await learn_bundled(database)
    book = await PriceBooks(database).fresh(1)
    old, new = (book.price("openai", "gpt-4o", at) for at in (before, _now()))
    assert old is not None
    assert new is not None
    assert (old.rates[0].amount, new.rates[0].amount) == (7, Decimal("2.5"))


async def test_a_package_older_than_the_one_before_teaches_nothing(database: Database) -> None:
    async with database.write() as session:
        connection = await session.connection()
        await connection.execute(text("UPDATE catalogue SET package_version = '999.0'"))
    before = (await standing(database)).updated_at
    await learn_bundled(database)
    assert (await standing(database)).updated_at == before


async def test_a_file_confirmed_this_week_is_newer_than_any_package(database: Database) -> None:
    async with database.write() as session:
        connection = await session.connection()
        await connection.execute(
            text(
                "UPDATE catalogue SET package_version = '0.0.1', source = 'http://prices.test', "
                "succeeded_at = :at"
            ),
            {"at": _now() - timedelta(days=6)},
        )
    await learn_bundled(database)
    row = await standing(database)
    assert (row.source, row.package_version) == ("http://prices.test", bundled_version())


async def test_a_file_confirmed_this_week_is_learnt_anew_when_corrections_change(
    unlearnt: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await learn_models(unlearnt, model("one", 2))
    async with unlearnt.write() as session:
        row = await read_catalogue(session, lock=True)
        row.succeeded_at, row.package_version = _now(), version("genai-prices")
    monkeypatch.setattr(corrections, "CORRECTIONS", (DEARER,))
    before = _now()
    await learn_bundled(unlearnt)
    assert (await standing(unlearnt)).package_version == bundled_version()
    assert await _input(unlearnt, "one", before) == 2
    one = await _price(unlearnt, "one", _now())
    assert one is not None
    assert "web_searches" in {rate.unit for rate in one.rates}


async def test_prices_that_were_learnt_without_corrections_are_corrected_at_the_next_start(
    unlearnt: Database,
) -> None:
    """As an installation of before learnt them, and keeps the price of what it recorded."""
    async with unlearnt.write() as session:
        row = await read_catalogue(session, lock=True)
        await learn(
            session,
            row,
            bundled_providers,
            source=BUNDLED_SOURCE,
            version=version("genai-prices"),
            content=None,
            accepted=True,
        )
        row.package_version = version("genai-prices")
    assert await _us_rate(unlearnt) is None
    await learn_bundled(unlearnt)
    row = await standing(unlearnt)
    assert (row.package_version, row.held_problem) == (bundled_version(), None)
    assert await _us_rate(unlearnt) == Decimal("5.5")


async def _us_rate(database: Database) -> Decimal | None:
    book = await PriceBooks(database).fresh(1)
    price = book.price("anthropic", "claude-opus-4-6", _now())
    assert price is not None
    rates = [rate.amount for rate in price.rates if calls_of(rate) == CallContext(region="us")]
    return rates[0] if rates else None


async def test_a_dropped_model_keeps_its_price_under_all_its_names(database: Database) -> None:
    """As if a file with everything but one of the package's models had been learnt."""
    left = [
        dataclasses.replace(
            provider,
            models=[
                each for each in provider.models if (provider.id, each.id) != ("openai", "gpt-4o")
            ],
        )
        for provider in bundled_providers
    ]
    async with database.read_as_owner() as session:
        kept = await read_listed(session)
    catalogue = Catalogue(left, kept=kept)
    for name in ("gpt-4o", "openai/gpt-4o", "gpt-4o-2024-08-06"):
        price = catalogue.price("openai", name, _now())
        assert price is not None, name
        assert price.model == "gpt-4o"


SUSPICIOUS: list[tuple[str, dict[str, Any]]] = [
    ("a rate that is gone", {**model("one"), "prices": {"output_mtok": 10}}),
    ("a price to come that is too high", dated("one", (None, 2), ("2099-01-01", 2000))),
    ("a price of the past that is nothing", dated("one", (None, 2), ("2026-01-01", 0))),
    (
        "a tier that is too high",
        {
            **model("one"),
            "prices": {
                "input_mtok": {"base": 2, "tiers": [{"start": 100, "price": 2000}]},
                "output_mtok": 10,
            },
        },
    ),
]


@pytest.mark.parametrize(
    "changed", [case[1] for case in SUSPICIOUS], ids=[c[0] for c in SUSPICIOUS]
)
async def test_whatever_moves_too_far_at_any_time_is_suspicious(
    unlearnt: Database, changed: dict[str, Any]
) -> None:
    await learn_models(unlearnt, model("one"))
    assert await learn_models(unlearnt, changed) != []


async def test_models_that_lose_all_their_prices_are_lost(unlearnt: Database) -> None:
    names = [f"model-{number}" for number in range(20)]
    await learn_models(unlearnt, *(model(name) for name in names))
    empty = [{**model(name), "prices": {}} for name in names[:3]]
    suspicions = await learn_models(unlearnt, *empty, *(model(name) for name in names[3:]))
    assert suspicions == ["3 of 20 models are gone"]
