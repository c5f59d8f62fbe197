"""The body of a webhook, as docs/alert-delivery.md describes it: only ever added to."""

from __future__ import annotations

from datetime import datetime

import msgspec

from models.alert_message import AlertMessage, MessageFiring, MessageRule


class _Data(msgspec.Struct, frozen=True):
    workspace: str
    rule: MessageRule | None
    firings: tuple[MessageFiring, ...]
    total: int
    link: str | None


class _Body(msgspec.Struct, frozen=True):
    type: str
    timestamp: datetime
    data: _Data


def webhook_body(message: AlertMessage, link: str | None) -> bytes:
    """JSON; the same bytes for the same message, whenever it is sent."""
    data = _Data(message.workspace, message.rule, message.firings, message.total, link)
    return msgspec.json.encode(_Body(message.type.value, message.timestamp, data))
