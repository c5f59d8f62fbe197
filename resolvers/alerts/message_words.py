"""A message in words, line by line: what chats and e-mail have in common."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from models.alert_message import AlertMessage, AlertMessageType, MessageFiring
from models.alert_rule import AlertMeasure
from resolvers.alerts.wording import UNITS, amount_words

_MAX_NAME = 200


def plain_line(text: str) -> str:
    """Names and keys are callers' own strings: one line, of a bounded length, nothing unseen."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    line = " ".join(shown.split())
    return line if len(line) <= _MAX_NAME else f"{line[: _MAX_NAME - 1]}…"


def headline(message: AlertMessage) -> str:
    name = "" if message.rule is None else plain_line(message.rule.name)
    match message.type:
        case AlertMessageType.OPENED:
            return f"Alert: {name}{_count(message)}"
        case AlertMessageType.RESOLVED:
            return f"Resolved: {name}{_count(message)}"
        case AlertMessageType.DIGEST:
            return f"Alert digest: {name}: {message.total:,} fired"
        case AlertMessageType.TEST:
            return f"A test from Livemeter, workspace {plain_line(message.workspace)}"


def body_lines(message: AlertMessage) -> list[str]:
    """What was watched, what came of it, and how much is left out."""
    if message.rule is None:
        return ["Alerts of this workspace will arrive here."]
    rule = message.rule
    lines = [f"{plain_line(rule.condition)} {plain_line(rule.window)}"]
    lines += [_firing_line(firing) for firing in message.firings]
    left_out = message.total - len(message.firings)
    if left_out > 0:
        lines.append(f"and {left_out:,} more")
    return lines


def _count(message: AlertMessage) -> str:
    return f" ({message.total:,} of them)" if message.total > 1 else ""


def _firing_line(firing: MessageFiring) -> str:
    whose = "The whole workspace"
    if firing.dimension is not None:
        whose = f"{plain_line(firing.dimension).lower()} {plain_line(firing.key or '(none)')}"
    against = []
    if firing.threshold is not None:
        against.append(f"threshold {_amount(firing.threshold, firing)}")
    if firing.baseline is not None:
        against.append(f"usually {_amount(firing.baseline, firing)}")
    compared = f" ({', '.join(against)})" if against else ""
    until = "" if firing.resolved_at is None else f" until {_moment(firing.resolved_at)}"
    since = _moment(firing.opened_at)
    return f"{whose}: {_amount(firing.value, firing)}{compared}, since {since}{until}"


def _amount(number: str, firing: MessageFiring) -> str:
    if firing.unit == UNITS[AlertMeasure.ERROR_RATE]:
        return amount_words(AlertMeasure.ERROR_RATE, Decimal(number))
    return f"{plain_line(number)} {plain_line(firing.unit)}".rstrip()


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
