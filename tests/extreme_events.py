"""Inputs of events at the limits of what is accepted: every field, alone and together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import strategies as st

Input = dict[str, Any]

MOST = (1 << 63) - 1
COUNTS = (0, 1, MOST)
# Parts, and the whole that each is within.
PARTS = {
    "cacheReadTokens": "inputTokens",
    "cacheWriteTokens": "inputTokens",
    "inputAudioTokens": "inputTokens",
    "reasoningTokens": "outputTokens",
    "outputAudioTokens": "outputTokens",
}
WHOLES = ("inputTokens", "outputTokens", "images")
NUMBERS = (
    "0",
    "1",
    "1E-24",
    "0." + "9" * 24,
    "9" * 16 + "." + "9" * 24,
    "9" * 40,
    "9" * 40 + "E40",
    "1E40",
    "0E-24",
)
TEXTS = (
    "",
    " ",
    "x" * 256,
    "\N{STETHOSCOPE}" * 256,
    "\x01\x1f\x7f\x85",
    "\N{RIGHT-TO-LEFT OVERRIDE}",
    "\N{ARABIC LETTER ALEF}",
    "\N{ZERO WIDTH NO-BREAK SPACE}",
    "\N{COMBINING ACUTE ACCENT}",
    "\N{LINE SEPARATOR}",
    '"',
    "''",
    "\\",
    "a,b;c\td",
    "\r\n",
    "\n=1+1",
    "=1+1",
    "+1",
    "-1",
    '@SUM("A1")',
    "%_",
    "null",
    "$1",
    "{}",
)
# With something on so many days, what is usual can be told.
PAST_DAYS = (1, 2, 3, 8, 20, 29)
DURATIONS = (0, 1, (1 << 31) - 1)
# As JSON text, since a float would not keep its numbers.
METADATA = (
    "{}",
    '{"":""}',
    '{"k":' + '"' + "x" * 8_000 + '"}',
    '{"n":[0,-0.0,1e-24,0.1,1E40,' + "9" * 40 + "]}",
    '{"k":-0.0}',
    '{"k":0E-24}',
    '{"k":' + "9" * 40 + "}",
    '{"k":null,"l":true}',
    '{"k":' + "[" * 90 + "]" * 90 + "}",
    '{"' + "\N{STETHOSCOPE}" * 60 + '":"\\u0001"}',
)
PROVIDERS = (("openai", "gpt-4o"), ("anthropic", "claude-opus-4-1"), ("nobody", "nothing"))
TEXT_FIELDS = (
    *("customerId", "userId", "featureId", "provider", "model"),
    *("processing", "serviceTier", "speed", "region", "searchContextSize", "errorCode"),
)


def times(now: datetime) -> tuple[str, ...]:
    """From the first that a server may take to the last; some lie on edges of buckets."""
    moments = (
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2015, 1, 1, tzinfo=UTC),
        now.replace(hour=0, minute=0, second=0, microsecond=0),
        *(now - timedelta(days=days) for days in PAST_DAYS),
        now - timedelta(hours=5),
        now,
        now + timedelta(minutes=4),
    )
    return tuple(moment.isoformat() for moment in moments)


def corners(now: datetime) -> Iterator[Input]:
    """Events that have one field at a limit, then some that have all counts there."""
    for field, values in _single_values(now).items():
        for value in values:
            yield _plain() | {field: value}
    for count in COUNTS:
        yield _plain() | dict.fromkeys((*WHOLES, *PARTS), count)
        yield _plain() | dict.fromkeys(WHOLES, count)
    for number in NUMBERS:
        yield _custom("1", "pages") | {"quantity": number}
        yield _plain() | {"units": [{"unit": "web_searches", "quantity": number}]}
    for text in TEXTS:
        yield _custom("1", text)
    for count in COUNTS:
        usage = {"prompt_tokens": count, "completion_tokens": count, "total_tokens": 2 * count}
        yield _plain_names() | {"response": {"usage": usage}}
    yield from _days(now)


def _days(now: datetime) -> Iterator[Input]:
    """Of one customer and feature: every day something, by turns at each limit."""
    for days, number in zip(range(40), itertools.cycle(NUMBERS), strict=False):
        moment = (now - timedelta(days=days)).isoformat()
        whose = {"customerId": "daily", "featureId": "daily", "occurredAt": moment}
        yield _plain() | whose | {"cost": number}
        yield _custom(number, "pages") | whose


def events(now: datetime) -> st.SearchStrategy[Input]:
    """One event with whatever of its fields at limits; it need not be accepted."""
    singles = {field: st.sampled_from(values) for field, values in _single_values(now).items()}
    counts = {
        field: st.sampled_from((*COUNTS, None)) for field in (*WHOLES, *PARTS, "cacheReadTokens")
    }
    more = st.fixed_dictionaries({}, optional=singles)
    return st.builds(
        lambda base, counts, more: _within_wholes(base | counts) | more,
        st.one_of(
            st.builds(_plain, st.sampled_from(PROVIDERS)),
            st.builds(_custom, st.sampled_from(NUMBERS), st.sampled_from(TEXTS)),
        ),
        st.fixed_dictionaries({}, optional=counts),
        more,
    )


def _single_values(now: datetime) -> dict[str, tuple[Any, ...]]:
    return {
        **dict.fromkeys(TEXT_FIELDS, TEXTS),
        "type": ("TOKEN_USAGE", "IMAGE_GENERATION"),
        "outcome": ("SUCCESS", "ERROR"),
        "cost": NUMBERS,
        "reportedCost": NUMBERS,
        "durationMs": DURATIONS,
        "occurredAt": times(now),
        "metadata": tuple(msgspec.Raw(text.encode()) for text in METADATA),
    }


def _plain(names: tuple[str, str] = PROVIDERS[0]) -> Input:
    return _plain_names(names) | {"inputTokens": 1, "outputTokens": 1}


def _plain_names(names: tuple[str, str] = PROVIDERS[0]) -> Input:
    provider, model = names
    return {"provider": provider, "model": model}


def _custom(quantity: str, unit: str) -> Input:
    return {"type": "CUSTOM", "quantity": str(Decimal(quantity)), "unit": unit}


def _within_wholes(event: Input) -> Input:
    """Without counts of nothing; a part is no more than its whole, or the event is refused."""
    counted = {field: value for field, value in event.items() if value is not None}
    for part, whole in PARTS.items():
        if part in counted:
            counted[part] = min(counted[part], counted.get(whole, 0))
            counted.setdefault(whole, 0)
    return counted
