"""What a Prometheus sees of the catalogue, and of alerts."""

from __future__ import annotations

import httpx2
import pytest

from models.alert_problem import ProblemKind, Skip, Subject, keep_problems, skip_events
from models.database import Database
from models.event_log import Attempts, append
from resolvers.prices.refresh import RefreshSettings, check_prices
from tests.alerts import add_destination, put
from tests.catalogue_file import model, price_file
from tests.events import make_drafts
from tests.livemeter_server import InProcessServer
from tests.price_server import PriceServer

ALERTS = "livemeter_alerts_"


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


async def test_alerts_without_problems_are_seen_as_such(server: InProcessServer) -> None:
    metrics = await _metrics(server)
    alerts = {name: value for name, value in metrics.items() if name.startswith(ALERTS)}
    assert alerts == {
        'livemeter_alerts_problems{kind="workspace"}': 0,
        'livemeter_alerts_problems{kind="rule"}': 0,
        'livemeter_alerts_problems{kind="event"}': 0,
        "livemeter_alerts_behind_events": 0,
        "livemeter_alerts_behind_seconds": 0,
        'livemeter_alerts_deliveries{state="pending"}': 0,
        'livemeter_alerts_deliveries{state="dead"}': 0,
    }


async def test_problems_of_alerts_are_counted(server: InProcessServer, database: Database) -> None:
    async with database.driver() as driver, driver.transaction():
        await keep_problems(
            driver,
            1,
            {
                Subject(ProblemKind.WORKSPACE): "it fails",
                Subject(ProblemKind.RULE, "rule_1"): "it is broken",
                Subject(ProblemKind.RULE, "rule_2"): "it is broken",
            },
        )
        skipped = {Skip(sequence, mark): "it is bad" for sequence in (1, 2, 3) for mark in "ab"}
        await skip_events(driver, 1, skipped)
    metrics = await _metrics(server)
    kinds = ("workspace", "rule", "event")
    assert [metrics[f'livemeter_alerts_problems{{kind="{kind}"}}'] for kind in kinds] == [1, 2, 3]


async def test_how_far_evaluation_is_behind_is_seen(
    server: InProcessServer, database: Database
) -> None:
    await append(database, 1, make_drafts("abc"), Attempts())
    async with database.driver() as driver:
        await driver.execute(
            "INSERT INTO alert_progress (workspace_id, sequence, reached, holder, held_until) "
            "VALUES (1, 1, 1, 'hangs', 'infinity')"
        )
    metrics = await _metrics(server)
    assert metrics["livemeter_alerts_behind_events"] == 2
    assert metrics["livemeter_alerts_behind_seconds"] > 0


async def test_deliveries_that_wait_or_were_given_up_are_counted(
    server: InProcessServer, database: Database
) -> None:
    destination = await add_destination(database, "http://127.0.0.1:1/")
    for key in "abc":
        await put(database, destination, key=key)
    async with database.driver() as driver:
        await driver.execute("UPDATE alert_deliveries SET state = 'DEAD' WHERE order_key = 'a'")
    metrics = await _metrics(server)
    assert metrics['livemeter_alerts_deliveries{state="pending"}'] == 2
    assert metrics['livemeter_alerts_deliveries{state="dead"}'] == 1
