"""What a Prometheus sees of the catalogue."""

from __future__ import annotations

import httpx2
import pytest

from models.database import Database
from resolvers.prices.refresh import RefreshSettings, check_prices
from tests.catalogue_file import model, price_file
from tests.livemeter_server import InProcessServer
from tests.price_server import PriceServer


async def _metrics(server: InProcessServer) -> dict[str, float]:
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False) as client:
        text = (await client.get("/metrics")).text
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


async def test_a_catalogue_without_problems_is_seen_as_such(server: InProcessServer) -> None:
    metrics = await _metrics(server)
    assert metrics["livemeter_prices_models"] > 2_000
    assert metrics["livemeter_prices_problem"] == 0
    assert metrics["livemeter_prices_checked_timestamp_seconds"] == 0


@pytest.mark.parametrize(
    ("content", "metric"),
    [
        (b"[", "livemeter_prices_problem"),
        (price_file(model("one")), "livemeter_prices_held_back"),
    ],
)
async def test_what_is_wrong_with_newer_prices_is_seen(
    server: InProcessServer, database: Database, content: bytes, metric: str
) -> None:
    async with PriceServer(content) as prices:
        await check_prices(database, RefreshSettings(prices.url))
    metrics = await _metrics(server)
    assert metrics[metric] == 1
    assert metrics["livemeter_prices_checked_timestamp_seconds"] > 0
    assert metrics["livemeter_prices_succeeded_timestamp_seconds"] == 0
