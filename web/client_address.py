"""Where a request comes from, for all that counts or logs by address.

Uvicorn puts in what a trusted proxy says (`LIVEMETER_TRUSTED_PROXIES`): the last address in
X-Forwarded-For that is not itself such a proxy, and the scheme of X-Forwarded-Proto. Anybody
else's such headers are ignored.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

# Who has an IPv6 address has all of its network.
_IPV6_NETWORK_BITS = 64


def client_address(scope: Mapping[str, Any]) -> str:
    """The client's IPv4 address, or IPv6 network of 64 bits; "local" for a Unix socket."""
    client = scope.get("client")
    return "local" if not client or not client[0] else address_group(str(client[0]))


def address_group(host: str) -> str:
    """What is counted as one: neighbours in an IPv6 network cannot be told from each other."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        # Whatever a trusted proxy calls it, at a bounded length.
        return host[:64]
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _IPV6_NETWORK_BITS), strict=False))


class TrustedProxies:
    """Raises ValueError for what is neither an address nor a network: a typo must not pass, nor
    a network that uvicorn would not take for one.
    """

    def __init__(self, proxies: Iterable[str]) -> None:
        named = [ipaddress.ip_network(proxy) for proxy in proxies]
        self._networks = [*named, *(_mapped(one) for one in named if one.version == 4)]

    def networks(self) -> list[str]:
        """All of them, IPv4's also as a socket shows them that listens by IPv6."""
        return [str(network) for network in self._networks]

    def has(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._networks)


def _mapped(network: ipaddress.IPv4Network) -> ipaddress.IPv6Network:
    return ipaddress.IPv6Network(f"::ffff:{network.network_address}/{96 + network.prefixlen}")
