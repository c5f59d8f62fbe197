"""Inputs of `recordEvents` for tests of the page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any


def call(event_id: str, **values: Any) -> dict[str, Any]:
    """A call with a known price, now."""
    return {
        "id": event_id,
        "provider": "openai",
        "model": "gpt-4o",
        "inputTokens": 1000,
        "outputTokens": 200,
        "customerId": "acme",
        "userId": "ada",
        "featureId": "chat",
        **values,
    }


def calls(count: int, prefix: str = "event", **values: Any) -> list[dict[str, Any]]:
    """Their ids are in order of recording: `event-00000` is the first."""
    return [call(f"{prefix}-{number:05}", **values) for number in range(count)]


def ago(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).isoformat()
