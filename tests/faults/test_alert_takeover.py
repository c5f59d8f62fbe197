"""kill -9 of the process that evaluates: another takes over, and each firing is told of."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from models.alert_firing import AlertFiring, FiringState, read_firings
from models.alert_rule import AlertCondition, AlertMeasure
from models.database import Database
from models.reach import Reach
from resolvers.alerts.rules import RuleDraft, create_rule
from resolvers.analytics.dimension import Dimension
from tests.alert_receiver import AlertReceiver
from tests.alerts import add_destination
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import ServerProcess

BEFORE, MEANWHILE, AFTER = (
    [f"{when}-{number}" for number in range(4)] for when in ("before", "meanwhile", "after")
)


@pytest.fixture
async def receiver() -> AsyncIterator[AlertReceiver]:
    async with AlertReceiver() as receiver:
        yield receiver


@pytest.fixture
def first(database_url: str) -> Iterator[ServerProcess]:
    with _server(database_url) as server:
        yield server


@pytest.fixture
def second(database_url: str, first: ServerProcess) -> Iterator[ServerProcess]:
    """Started after the first, which evaluates by then."""
    with _server(database_url) as server:
        yield server


def _server(database_url: str) -> ServerProcess:
    environment = {"DATABASE_URL": database_url, "LIVEMETER_ALERT_PRIVATE_TARGETS": "true"}
    return ServerProcess("--port", "0", environment=environment)


@dataclass(frozen=True)
class Takeover:
    """What there was once the second process had caught up."""

    firings: list[AlertFiring]
    told: list[str]


@pytest.fixture
async def takeover(
    first: ServerProcess,
    second: ServerProcess,
    receiver: AlertReceiver,
    database: Database,
    keys: Keys,
) -> Takeover:
    """Users pass a limit before the first process is killed, at that moment, and later."""
    destination = await add_destination(database, receiver.url)
    rule = RuleDraft(
        "Any user",
        AlertMeasure.COST,
        AlertCondition.THRESHOLD,
        Decimal(10),
        per=Dimension.USER,
        window_minutes=60,
        destination_ids=(destination,),
    )
    await create_rule(database, 1, rule, by="test")
    async with GraphQLClient(second.url, keys.full) as client:
        await _pass(client, BEFORE)
        await _firings(database, len(BEFORE))
        await _pass(client, MEANWHILE)
        first.kill()
        await _pass(client, AFTER)
    firings = await _firings(database, len(BEFORE + MEANWHILE + AFTER))
    async with asyncio.timeout(60):
        while len(set(_told(receiver))) < len(firings):
            await asyncio.sleep(0.05)
    return Takeover(firings, _told(receiver))


async def _pass(client: GraphQLClient, users: list[str]) -> None:
    now = datetime.now(UTC).isoformat()
    await client.record(
        *(
            {
                "id": f"{user}-{part}",
                "type": "CUSTOM",
                "quantity": 1,
                "unit": "pages",
                "cost": "5",
                "userId": user,
                "occurredAt": now,
            }
            for user in users
            for part in range(2)
        )
    )


async def _firings(database: Database, count: int) -> list[AlertFiring]:
    """Once there are so many."""
    async with asyncio.timeout(60):
        while True:
            async with database.read(Reach(1)) as session:
                found = await read_firings(
                    session,
                    1,
                    states=list(FiringState),
                    rule_id=None,
                    before=None,
                    limit=100,
                )
            if len(found) >= count:
                return found
            await asyncio.sleep(0.05)


def _told(receiver: AlertReceiver) -> list[str]:
    """The keys of all firings that messages told the beginning of."""
    messages = [json.loads(request.body) for request in receiver.received]
    return [
        firing["key"]
        for message in messages
        for firing in message["data"]["firings"]
        if message["type"] != "alert.resolved"
    ]


async def test_each_firing_is_shown_once(takeover: Takeover) -> None:
    assert Counter(firing.key for firing in takeover.firings) == Counter(BEFORE + MEANWHILE + AFTER)


async def test_each_firing_is_told_of_at_least_once(takeover: Takeover) -> None:
    assert set(takeover.told) == set(BEFORE + MEANWHILE + AFTER)
