"""Which sockets are open, and which has to go when there are too many."""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from typing import Protocol

import structlog

from web.client_address import TrustedProxies, address_group
from web.held_bytes import HeldBytes
from web.limits import ConnectionLimits

log = structlog.get_logger(__name__)

# Postgres, Redis, logs and the listening socket want descriptors too.
_OTHER_DESCRIPTORS = 128
# Of all WebSockets, in messages of the largest size that have not come whole.
_UNFINISHED_MESSAGES = 64


class Waiting(Protocol):
    """A connection that has no request under way."""

    def give_way(self) -> None: ...


class Connections:
    """Counts the open sockets of a process, in all and by address.

    When all places are taken, a newcomer gets that of the connection that has waited longest
    without a request: half-open sockets cannot keep anybody out.
    """

    def __init__(self, limits: ConnectionLimits, proxies: TrustedProxies) -> None:
        self.limits = limits
        self.unfinished = HeldBytes(_UNFINISHED_MESSAGES * limits.message_bytes)
        self._proxies = proxies
        self._by_address: Counter[str] = Counter()
        self._open: dict[asyncio.BaseTransport, str] = {}
        self._waiting: dict[Waiting, None] = {}
        self._places = min(limits.connections, max(_descriptors() - _OTHER_DESCRIPTORS, 16))
        self._warned = False

    def __len__(self) -> int:
        return len(self._open)

    def enter(self, transport: asyncio.BaseTransport) -> bool:
        """Whether there is a place; where there is none, the socket is to be closed."""
        peer = transport.get_extra_info("peername")
        host = str(peer[0]) if isinstance(peer, tuple) else ""
        address = address_group(host)
        proxied = not host or self._proxies.has(host)
        if not proxied and self._by_address[address] >= self.limits.connections_per_address:
            return self._refuse("too_many_connections_of_an_address")
        if len(self._open) >= self._places:
            if not self._waiting:
                return self._refuse("too_many_connections")
            longest = next(iter(self._waiting))
            del self._waiting[longest]
            longest.give_way()
        self._open[transport] = address
        self._by_address[address] += 1
        return True

    def leave(self, transport: asyncio.BaseTransport) -> None:
        address = self._open.pop(transport, None)
        if address is not None:
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]

    def wait(self, connection: Waiting) -> None:
        """It has no request under way from now on."""
        self._waiting.pop(connection, None)
        self._waiting[connection] = None

    def work(self, connection: Waiting) -> None:
        """It has a request, or is gone."""
        self._waiting.pop(connection, None)

    def _refuse(self, event: str) -> bool:
        if not self._warned:
            # Once: an attack must not fill the log too.
            self._warned = True
            log.warning(event, open=len(self._open))
        return False


def _descriptors() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1 << 30 if soft == resource.RLIM_INFINITY else soft
