"""What an alert says, whatever it is sent by: written once, rendered at each try."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

# How many firings a message tells of; `total` says how many there were.
MAX_FIRINGS = 20


class AlertMessageType(StrEnum):
    OPENED = "alert.opened"
    RESOLVED = "alert.resolved"
    DIGEST = "alert.digest"
    TEST = "alert.test"


class MessageRule(msgspec.Struct, frozen=True, rename="camel"):
    """The rule as it was when it fired. `condition` and `window` are words for people:
    "cost of a customer reaches 100 USD" and "within 1 hour".
    """

    id: str
    name: str
    measure: str
    condition: str
    window: str


class MessageFiring(msgspec.Struct, frozen=True, rename="camel"):
    """Numbers are decimals as text. `dimension` and `key` say whose usage it is: None where it
    is the workspace's whole. `threshold`: what was passed; `baseline`: what was usual, where the
    rule compares with that.
    """

    id: str
    value: str
    unit: str
    opened_at: datetime
    dimension: str | None = None
    key: str | None = None
    threshold: str | None = None
    baseline: str | None = None
    resolved_at: datetime | None = None


class AlertMessage(msgspec.Struct, frozen=True, rename="camel"):
    """`firings`: the first `MAX_FIRINGS` of `total`. `path`: the page that shows them."""

    type: AlertMessageType
    timestamp: datetime
    workspace: str
    rule: MessageRule | None = None
    firings: tuple[MessageFiring, ...] = ()
    total: int = 0
    path: str = "/alerts"


_decoder = msgspec.json.Decoder(AlertMessage)


def write_message(message: AlertMessage) -> str:
    """JSON, to be kept in the outbox."""
    return msgspec.json.encode(message).decode()


def read_message(kept: str) -> AlertMessage:
    return _decoder.decode(kept)
