"""The mail server that alerts go by, as it is set."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

URL_SETTING = "LIVEMETER_SMTP_URL"
FROM_SETTING = "LIVEMETER_SMTP_FROM"
_SCHEMES = ("smtp", "smtps")
_PORTS = {"smtp": 587, "smtps": 465}
_SHAPE = (
    f"{URL_SETTING} is written as smtp://user:password@host:587 (STARTTLS) or "
    "smtps://user:password@host:465 (TLS)"
)


class Encryption(StrEnum):
    """`none` sends passwords and alerts in the clear."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    encryption: Encryption
    # As in From: "alerts@example.com", or "Livemeter <alerts@example.com>".
    sender: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    # None: who the system trusts.
    tls_context: ssl.SSLContext | None = field(default=None, repr=False, compare=False)

    @property
    def domain(self) -> str:
        """The sender's."""
        return parseaddr(self.sender)[1].rpartition("@")[2]


def read_mail_server(url: str, sender: str | None) -> MailServer:
    """Raises ValueError, which does not hold the password."""
    if not sender or not _is_sender(sender):
        raise ValueError(f"{URL_SETTING} wants {FROM_SETTING} too, like alerts@example.com.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        # Its own words would show what is in the URL.
        raise ValueError(f"{_SHAPE}.") from None
    if parts.scheme not in _SCHEMES or not host or parts.path.strip("/"):
        raise ValueError(f"{_SHAPE}.")
    return MailServer(
        host=host,
        port=port or _PORTS[parts.scheme],
        encryption=_encryption(parts.scheme, host, parts.query),
        sender=sender,
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
    )


def _encryption(scheme: str, host: str, query: str) -> Encryption:
    """On this machine nobody listens in; anywhere else, plain text must be asked for."""
    if scheme == "smtps":
        return Encryption.TLS
    asked = parse_qs(query).get("tls", [])
    if not asked:
        return Encryption.NONE if _is_here(host) else Encryption.STARTTLS
    if asked not in (["starttls"], ["none"]):
        raise ValueError(f"{_SHAPE}; ?tls=none sends in the clear.")
    return Encryption(asked[0])


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_sender(sender: str) -> bool:
    address = parseaddr(sender)[1]
    name, _, domain = address.rpartition("@")
    return bool(name and domain) and sender.isprintable() and address.isascii()
