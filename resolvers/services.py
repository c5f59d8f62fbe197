"""What resolvers work with, made once for a process and handed down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.database import Database
from resolvers.activity.hub import Hub
from resolvers.alerts.courier import Courier
from resolvers.alerts.firing_feed import FiringFeed
from resolvers.keys import KeyRing
from resolvers.prices.price_books import PriceBooks
from resolvers.prices.repricing import Repricer
from resolvers.recording.event_rules import EARLIEST_EVENT
from resolvers.recording.recorder import Recorder
from resolvers.vigil import Vigil


@dataclass(frozen=True)
class Services:
    """`earliest_event`: events that occurred before are rejected."""

    database: Database
    recorder: Recorder
    hub: Hub
    books: PriceBooks
    repricer: Repricer
    keys: KeyRing
    vigil: Vigil
    firing_feed: FiringFeed
    courier: Courier
    earliest_event: datetime = EARLIEST_EVENT
