"""Events for tests that need some, without saying what does not matter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from models.cost import CostStatus
from models.event import EventType, Outcome, UsageEvent
from models.event_log import Draft

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def make_event(event_id: str = "event-1", **values: Any) -> UsageEvent:
    """An event with every field empty but those that are given."""
    empty = dict.fromkeys(UsageEvent.__struct_fields__)
    return UsageEvent(
        **empty
        | {
            "workspace_id": 1,
            "sequence": 0,
            "id": event_id,
            "type": EventType.TOKEN_USAGE,
            "cost_status": CostStatus.UNPRICED,
            "cost_lines": (),
            "cost_reasons": (),
            "outcome": Outcome.SUCCESS,
            "occurred_at": NOON,
            "recorded_at": NOON,
        }
        | values
    )


def make_draft(event_id: str = "event-1", fingerprint: bytes = b"same", **values: Any) -> Draft:
    return Draft(make_event(event_id, **values), fingerprint)


def make_drafts(ids: Iterable[str], **values: Any) -> list[Draft]:
    return [make_draft(event_id, **values) for event_id in ids]


def without_place(event: UsageEvent) -> UsageEvent:
    """The event as it was before the log gave it a place."""
    return msgspec.structs.replace(event, sequence=0, recorded_at=NOON)
