"""All limits of a server, with the values that hold where nothing is set."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from resolvers.recording.event_rules import EARLIEST_EVENT
from schema.query_limits import QueryLimits


@dataclass(frozen=True)
class ConnectionLimits:
    """Of sockets and what is read from them, by one process.

    Of a trusted proxy's address there may be as many connections as there may be at all: it
    brings everybody's.
    """

    connections: int = 10_000
    connections_per_address: int = 1_000
    header_seconds: float = 10.0
    body_seconds: float = 60.0
    # How long an answer may wait for its reader to take some of it.
    stall_seconds: float = 60.0
    keep_alive_seconds: float = 5.0
    body_bytes: int = 16 * 1024 * 1024
    # Of a WebSocket's message: nobody needs to say who they are before they send the first.
    message_bytes: int = 1024 * 1024


@dataclass(frozen=True)
class StreamLimits:
    """Of WebSockets and event streams, by one process."""

    streams: int = 5_000
    streams_per_key: int = 1_000
    operations_per_connection: int = 100
    init_seconds: float = 10.0
    idle_seconds: float = 600.0
    # What operations keep of what asked for them, as long as they last; a caller has a quarter.
    held_bytes: int = 128 * 1024 * 1024


@dataclass(frozen=True)
class RateLimits:
    """Requests a minute: of each key or person, of each customer by its tokens, and of an address
    for those that have no valid key.

    By all processes together where they share a Redis, else by each.
    """

    per_key: int = 120_000
    per_customer: int = 12_000
    per_address: int = 600


@dataclass(frozen=True)
class Limits:
    query: QueryLimits = field(default_factory=QueryLimits)
    connections: ConnectionLimits = ConnectionLimits()
    streams: StreamLimits = StreamLimits()
    rates: RateLimits = RateLimits()
    introspection: bool = True
    # A file with the only documents that are run; None: any are.
    documents: Path | None = None
    # Addresses and networks whose X-Forwarded-For and -Proto are believed.
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    # Events that occurred before are rejected.
    earliest_event: datetime = EARLIEST_EVENT


DEFAULTS = Limits()
