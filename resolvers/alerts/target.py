"""Which addresses webhooks may be sent to: nobody makes this server ask its own network.

https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx2

from models.text import is_text

PRIVATE_SETTING = "LIVEMETER_ALERT_PRIVATE_TARGETS"
MAX_URL = 2_000
RESOLVE_SECONDS = 5.0
Address = IPv4Address | IPv6Address

# Public by the registry's letter, in part and not by every Python's, and of no use for a webhook:
# protocols' own addresses, and the anycast of 6to4 relays.
_REFUSED_V4 = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
# Of IPv6 only global unicast is taken, less protocols' own, and less what is for documentation.
_UNICAST_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = (IPv6Network("2001::/23"), IPv6Network("2001:db8::/32"), IPv6Network("3fff::/20"))
# RFC 6052: where a network has IPv6 alone, an IPv4 address is in the last 32 bits.
_NAT64 = IPv6Network("64:ff9b::/96")
# Names are looked up apart from other work: a resolver that hangs takes its own threads alone.
_lookups = ThreadPoolExecutor(8, thread_name_prefix="alert-target")


class RefusedTarget(Exception):
    """Why a webhook may not be sent there, in words for people."""


class UnknownHost(Exception):
    """The name leads nowhere right now, in words for people."""


@dataclass(frozen=True)
class Target:
    """A URL that can be understood. `host`: as it is asked for in the certificate."""

    url: httpx2.URL

    @property
    def host(self) -> str:
        return self.url.raw_host.decode("ascii")

    @property
    def port(self) -> int:
        return self.url.port or (443 if self.url.scheme == "https" else 80)

    def at(self, address: Address) -> httpx2.URL:
        """The URL with the address in the name's place."""
        return self.url.copy_with(host=str(address))

    @property
    def shown(self) -> str:
        """As much of it as may be shown: paths are passwords to some receivers."""
        path = self.url.raw_path.decode("ascii")
        start = f"{self.url.scheme}://{self.url.netloc.decode('ascii')}"
        if path == "/":
            return start
        return f"{start}/…{path[-4:]}" if len(path) > 24 else f"{start}/…"


def read_target(url: str) -> Target:
    """By the parser that sends it, so that none understands another host. Raises RefusedTarget."""
    if len(url) > MAX_URL or not is_text(url) or not url.isprintable() or " " in url:
        raise RefusedTarget(f"Write the URL as https://example.com/path, in {MAX_URL:,} characters")
    try:
        parsed = httpx2.URL(url)
        port = parsed.port
    except (httpx2.InvalidURL, ValueError, UnicodeError):
        raise RefusedTarget("This is no URL; write it as https://example.com/path.") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise RefusedTarget("A webhook's URL begins with https:// (or http://) and a host.")
    if parsed.userinfo:
        raise RefusedTarget("A webhook's URL has no user name or password in it.")
    if port is not None and not 0 < port < 65_536:
        raise RefusedTarget("There is no such port.")
    # What comes after # is for browsers.
    return Target(parsed.copy_with(fragment=None))


async def resolve(target: Target, *, allow_private: bool) -> list[Address]:
    """The addresses to connect to, and to no other: asked again, the name may say another.

    Where any of them is private, none is taken. Raises RefusedTarget and UnknownHost.
    """
    addresses = await _addresses(target)
    if not allow_private:
        for address in addresses:
            if not is_public(address):
                raise RefusedTarget(_refusal(target, address))
    return addresses


def is_public(address: Address) -> bool:
    """Whether it is a machine's on the internet, and not one that only looks so."""
    if isinstance(address, IPv4Address):
        return (
            address.is_global
            and not address.is_multicast
            and not address.is_reserved
            and not any(address in network for network in _REFUSED_V4)
        )
    inner = _inner(address)
    if inner is not None:
        return is_public(inner)
    return (
        address.is_global
        and address in _UNICAST_V6
        and address.scope_id is None
        and not any(address in network for network in _REFUSED_V6)
    )


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that traffic for this one goes on to."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


async def _addresses(target: Target) -> list[Address]:
    try:
        return [ip_address(target.url.host)]
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            found = await loop.run_in_executor(_lookups, _look_up, target.host, target.port)
    except (OSError, UnicodeError, TimeoutError):
        raise UnknownHost(f"The name {target.url.host} could not be looked up.") from None
    return list(dict.fromkeys(ip_address(entry) for entry in found))


def _look_up(host: str, port: int) -> list[str]:
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in entries]


def _refusal(target: Target, address: Address) -> str:
    """An address is named where it was typed: others' names are the network's own business."""
    host = target.url.host
    what = f"{host} is" if host == str(address) else f"{host} leads to"
    return f"{what} a private address; {PRIVATE_SETTING}=true allows it."
