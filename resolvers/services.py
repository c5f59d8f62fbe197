"""What resolvers work with, made once for a process and handed down."""

from __future__ import annotations

from dataclasses import dataclass

from models.database import Database
from models.price_store import PriceStore
from pricing.catalogue import Catalogue
from resolvers.activity.hub import Hub
from resolvers.keys import KeyRing
from resolvers.recording.recorder import Recorder


@dataclass(frozen=True)
class Services:
    database: Database
    recorder: Recorder
    hub: Hub
    catalogue: Catalogue
    prices: PriceStore
    keys: KeyRing
