"""Alive, and ready or not and why."""

from __future__ import annotations

import httpx2

from models.alert_problem import ProblemKind, Subject, keep_problems
from models.database import Database
from models.event_log import Attempts, append
from tests.events import make_draft
from tests.livemeter_server import InProcessServer
from tests.valkey import ValkeyServer


async def _get(server: InProcessServer, path: str) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False) as client:
        return await client.get(path)


async def test_a_server_with_everything_is_ready(server: InProcessServer) -> None:
    response = await _get(server, "/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": {"postgres": "ok", "migrations": "ok", "channel": "ok", "alerts": "ok"},
    }


async def test_tables_of_another_version_make_it_unready(
    server: InProcessServer, database: Database
) -> None:
    async with database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    response = await _get(server, "/readyz")
    assert response.status_code == 503
    assert "0000" in response.json()["checks"]["migrations"]
    assert (await _get(server, "/livez")).status_code == 200


async def test_a_redis_that_is_away_degrades_but_does_not_take_it_out(
    database_url: str, valkey: ValkeyServer
) -> None:
    async with InProcessServer(database_url, valkey.url) as server:
        response = await _get(server, "/readyz")
        assert response.status_code == 200
        assert response.json()["status"] == "degraded"
        assert response.json()["checks"]["channel"].startswith("degraded")
        assert (await _get(server, "/livez")).json() == {"status": "ok"}


async def test_a_rule_that_cannot_be_evaluated_degrades_but_does_not_take_it_out(
    server: InProcessServer, database: Database
) -> None:
    async with database.driver() as driver, driver.transaction():
        await keep_problems(driver, 1, {Subject(ProblemKind.RULE, "rule_1"): "it is broken"})
    response = await _get(server, "/readyz")
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    # Anybody may ask: it does not tell which, nor why.
    assert response.json()["checks"]["alerts"] == (
        "degraded: 1 workspace with problems (livemeter check)"
    )


async def test_rules_that_are_far_behind_degrade_it(
    server: InProcessServer, database: Database
) -> None:
    await append(database, 1, [make_draft()], Attempts())
    async with database.driver() as driver:
        await driver.execute(
            "INSERT INTO alert_progress (workspace_id, sequence, holder, held_until) "
            "VALUES (1, 0, 'hangs', 'infinity')"
        )
        await driver.execute("UPDATE usage_events SET recorded_at = now() - interval '2 minutes'")
    response = await _get(server, "/readyz")
    assert response.status_code == 200
    assert "s behind" in response.json()["checks"]["alerts"]


async def test_what_is_not_there_is_said_in_json(server: InProcessServer) -> None:
    response = await _get(server, "/nowhere")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "NOT_FOUND")
