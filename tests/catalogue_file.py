"""Small files of prices in genai-prices' format, and a catalogue that knows nothing yet."""

from __future__ import annotations

import json
from typing import Any

from genai_prices.types import Provider

from models.catalogue_table import CatalogueRow, read_catalogue
from models.database import Database
from pricing.catalogue_file import read_catalogue_file
from resolvers.prices.learning import learn

SOURCE = "http://prices.test/data.json"


def model(name: str, input_mtok: object = "2", output_mtok: object = "10") -> dict[str, Any]:
    """A model at USD for a million tokens."""
    prices = {"input_mtok": input_mtok, "output_mtok": output_mtok}
    return {"id": name, "match": {"equals": name}, "prices": prices}


def dated(name: str, *prices: tuple[str | None, object]) -> dict[str, Any]:
    """A model whose input costs an amount from a date on; None: before all dates."""
    conditional = [
        {
            "prices": {"input_mtok": amount, "output_mtok": "10"},
            **({} if start is None else {"constraint": {"start_date": start}}),
        }
        for start, amount in prices
    ]
    return {"id": name, "match": {"equals": name}, "prices": conditional}


def provider(name: str, *models: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": name,
        "name": name.title(),
        "api_pattern": f"https://{name}\\.test",
        "provider_match": {"equals": name},
        "models": list(models),
    }


def price_file(*models: dict[str, Any]) -> bytes:
    """A file with one provider, `maker`."""
    return json.dumps([provider("maker", *models)]).encode()


def providers(*models: dict[str, Any]) -> list[Provider]:
    return read_catalogue_file(price_file(*models))


async def forget_prices(database: Database) -> None:
    """As if nothing had been learnt ever."""
    async with database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("DELETE FROM prices")
        row = await read_catalogue(session, lock=True)
        row.source, row.version, row.models, row.updated_at = None, None, 0, None
        # Processes know catalogues by this number.
        row.revision += 1


async def learn_models(
    database: Database, *models: dict[str, Any], accepted: bool = False
) -> list[str]:
    """Take a file's prices in; returns what is suspicious about them."""
    content = price_file(*models)
    async with database.write() as session:
        row = await read_catalogue(session, lock=True)
        return await learn(
            session,
            row,
            read_catalogue_file(content),
            source=SOURCE,
            version="test",
            content=content,
            accepted=accepted,
        )


async def standing(database: Database) -> CatalogueRow:
    async with database.read_as_owner() as session:
        return await read_catalogue(session)
