"""One process's services: opened in order, closed in the opposite order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from models.database import Database
from models.price_store import PriceStore
from pricing.catalogue import Catalogue
from resolvers.activity.announcement import Announcer
from resolvers.activity.channel import Channel
from resolvers.activity.hub import Hub
from resolvers.cube_builder import CubeBuilder
from resolvers.keys import KeyRing
from resolvers.recording.recorder import Recorder
from resolvers.services import Services


@dataclass(frozen=True)
class Process:
    services: Services
    channel: Channel


@asynccontextmanager
async def open_process(database_url: str, channel_url: str) -> AsyncIterator[Process]:
    """Services on a Postgres and a channel (`memory://`, or a Redis address).

    At the end what was accepted is written and announced before anything is closed.
    """
    database = Database(database_url)
    channel = Channel(channel_url)
    await channel.connect()
    announcer = Announcer(channel)
    recorder = Recorder(database, announcer.announce)
    hub = Hub(database, channel)
    await hub.start()
    builder = CubeBuilder(database)
    builder.start()
    services = Services(
        database=database,
        recorder=recorder,
        hub=hub,
        catalogue=Catalogue.bundled(),
        prices=PriceStore(database),
        keys=KeyRing(database),
    )
    try:
        yield Process(services, channel)
    finally:
        await recorder.close()
        await announcer.close()
        await hub.close()
        await builder.close()
        await channel.disconnect()
        await database.close()
