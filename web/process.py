"""One process's services: opened in order, closed in the opposite order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from models.database import Database
from models.migration import migrate
from resolvers.activity.announcement import Announcer
from resolvers.activity.channel import Channel
from resolvers.activity.hub import Hub
from resolvers.alerts.courier import Courier
from resolvers.alerts.delivery_settings import DeliverySettings
from resolvers.alerts.evaluator import Evaluator
from resolvers.alerts.firing_feed import FiringFeed
from resolvers.credential_uses import CredentialUses
from resolvers.cube_builder import CubeBuilder
from resolvers.keys import KeyRing
from resolvers.people.old_failures import OldFailures
from resolvers.prices.learning import learn_bundled
from resolvers.prices.price_books import PriceBooks
from resolvers.prices.refresh import Refresh, RefreshSettings
from resolvers.prices.repricing import Repricer
from resolvers.recording.event_rules import EARLIEST_EVENT
from resolvers.recording.recorder import Recorder
from resolvers.services import Services
from resolvers.vigil import Vigil


@dataclass(frozen=True)
class Process:
    services: Services
    channel: Channel


async def prepare(database: Database) -> None:
    """Bring tables and prices up to this version's. Raises NewerDatabase, Unavailable."""
    await migrate(database)
    await learn_bundled(database)


@asynccontextmanager
async def open_process(
    database_url: str,
    channel_url: str,
    refresh: RefreshSettings | None = None,
    delivery: DeliverySettings | None = None,
    *,
    earliest_event: datetime = EARLIEST_EVENT,
) -> AsyncIterator[Process]:
    """Services on a Postgres and a channel (`memory://`, or a Redis address).

    With `refresh` this process takes its turn in looking for newer prices; with `delivery` it
    sends alerts that are in the outbox. Events before `earliest_event` are rejected.
    At the end what was accepted is written and announced before anything is closed.
    """
    database = Database(database_url)
    channel = Channel(channel_url)
    await channel.connect()
    announcer = Announcer(channel)
    recorder = Recorder(database, announcer.announce)
    hub = Hub(database, channel)
    await hub.start()
    books = PriceBooks(database)
    builder = CubeBuilder(database)
    builder.start()
    uses = CredentialUses(database)
    uses.start()
    old_failures = OldFailures(database)
    old_failures.start()
    keys = KeyRing(database, uses)
    vigil = Vigil(keys)
    vigil.start()
    evaluator = Evaluator(database)
    evaluator.start()
    firing_feed = FiringFeed(database)
    firing_feed.start()
    courier = Courier(database, delivery or DeliverySettings())
    if delivery is not None:
        courier.start()
    services = Services(
        database=database,
        recorder=recorder,
        hub=hub,
        books=books,
        repricer=Repricer(database, books, announcer.announce_repricing),
        keys=keys,
        vigil=vigil,
        firing_feed=firing_feed,
        courier=courier,
        earliest_event=earliest_event,
    )
    refreshing = None if refresh is None else Refresh(database, refresh)
    if refreshing is not None:
        refreshing.start()
    try:
        yield Process(services, channel)
    finally:
        if refreshing is not None:
            await refreshing.close()
        await courier.close()
        await recorder.close()
        await announcer.close()
        await hub.close()
        await firing_feed.close()
        await evaluator.close()
        await builder.close()
        await vigil.close()
        await old_failures.close()
        await uses.close()
        await channel.disconnect()
        await database.close()
