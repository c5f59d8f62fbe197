"""The body for Slack, and for chats that take what Slack takes."""

from __future__ import annotations

from typing import Any

import msgspec

from models.alert_message import AlertMessage
from resolvers.alerts.message_words import body_lines, headline

# Of a block's text; Slack refuses the whole message over it.
_MAX_BLOCK = 3_000


def chat_body(message: AlertMessage, link: str | None) -> bytes:
    """JSON with `text`, which all of them show, and `blocks`, which Slack shows instead."""
    title = f"*{_escaped(headline(message))}*"
    lines = "\n".join(_escaped(line) for line in body_lines(message))
    link_line = None if link is None else f"<{_escaped(link)}|Open in Livemeter>"
    text = "\n".join(filter(None, (title, lines, link_line)))
    blocks = [_section(part) for part in (title, lines, link_line) if part]
    return msgspec.json.encode({"text": text, "blocks": blocks})


def _section(text: str) -> dict[str, Any]:
    cut = text if len(text) <= _MAX_BLOCK else text[: text.rindex("\n", 0, _MAX_BLOCK - 1)] + "\n…"
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut}}


def _escaped(text: str) -> str:
    """Slack's three control characters: what is left mentions nobody and links nowhere.

    https://api.slack.com/reference/surfaces/formatting#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
