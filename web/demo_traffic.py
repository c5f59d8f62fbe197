"""Plausible traffic for the demo: a small AI product's calls, recorded as any others are."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from math import pi, sin

import msgspec

from models.event import EventType, Outcome
from resolvers.alerts.rules import create_rule
from resolvers.recording.event_input import EventInput
from resolvers.recording.record_events import record_events
from resolvers.rounds import Rounds
from resolvers.services import Services
from web.demo_rules import RULES

EVENTS_PER_SECOND = 4.0
# Between two tries while something is wrong.
LONGEST_PAUSE_SECONDS = 10.0
# The last 30 days, and as many to compare them with.
HISTORY = timedelta(days=61)
HISTORY_EVENTS = 7_000
RUNAWAY_AGE = timedelta(days=9)
RUNAWAY_EVENTS = 70


@dataclass(frozen=True)
class _Kind:
    """Calls of one feature: which model, how large, how slow, and how often."""

    weight: int
    feature: str
    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    milliseconds: int
    cached_share: float = 0.0
    reasoning_share: float = 0.0


_KINDS = (
    _Kind(30, "chat", "openai", "gpt-4o", 1_800, 320, 2_400, cached_share=0.5),
    _Kind(22, "chat", "anthropic", "claude-sonnet-4-5", 3_200, 450, 3_800, cached_share=0.7),
    _Kind(16, "search", "openai", "gpt-4o-mini", 900, 60, 700),
    _Kind(10, "summaries", "google", "gemini-2.5-flash", 9_000, 380, 2_900),
    _Kind(8, "agent", "openai", "o3", 6_000, 1_900, 14_000, reasoning_share=0.6),
    _Kind(6, "agent", "anthropic", "claude-opus-4-1", 12_000, 1_400, 16_000, cached_share=0.8),
    _Kind(3, "support", "mistral", "mistral-large-latest", 1_400, 260, 2_000),
    # Nobody has published a price for this one: it shows what "unknown" looks like.
    _Kind(1, "support", "in-house", "support-7b", 1_100, 180, 900),
)
_RUNAWAY = _Kind(
    0, "agent", "anthropic", "claude-opus-4-1", 12_000, 1_400, 16_000, cached_share=0.8
)
_CUSTOMERS = ("acme", "globex", "initech", "umbrella", "hooli", "stark", "wayne", "wonka")
_ERRORS = ("rate_limited", "overloaded", "context_length_exceeded", "timeout")
_ERROR_SHARE = 0.02


class DemoTraffic:
    """Records events until closed; at first, where asked for, those of the weeks before.

    With these come some alert rules; both are tried again until they are there. Whatever fails,
    traffic goes on, after longer and longer pauses.
    """

    def __init__(self, services: Services, workspace_id: int, *, with_history: bool) -> None:
        self._services = services
        self._workspace_id = workspace_id
        self._source = random.Random()
        # What is to be sent before anything else; what is done is taken off.
        self._beginning: deque[Callable[[], Awaitable[object]]] = deque()
        if with_history:
            history = list(_history(self._source, datetime.now(UTC)))
            self._beginning.append(partial(self._record, history))
            self._beginning.extend(
                partial(create_rule, services.database, workspace_id, rule, by="demo")
                for rule in RULES
            )
        self._rounds = Rounds("demo traffic", self._send, self._pause)

    def start(self) -> None:
        self._rounds.start()

    async def close(self) -> None:
        await self._rounds.close()

    async def _send(self) -> None:
        while self._beginning:
            await self._beginning[0]()
            self._beginning.popleft()
        # Calls come in clumps: an agent makes several at once.
        clump = self._source.choices((1, 2, 5), (90, 8, 2))[0]
        await self._record([_event(self._source) for _ in range(clump)])

    async def _record(self, events: list[EventInput]) -> None:
        services = self._services
        await record_events(services.recorder, services.books, self._workspace_id, events)

    async def _pause(self) -> None:
        seconds = self._source.expovariate(EVENTS_PER_SECOND)
        if self._rounds.failures:
            seconds = min(2.0 ** (self._rounds.failures - 1), LONGEST_PAUSE_SECONDS)
        await asyncio.sleep(seconds)


def _history(source: random.Random, now: datetime) -> Iterator[EventInput]:
    """In the order in which they would have come: by day more than by night, less on weekends.

    It grows, and one afternoon an agent ran away.
    """
    moments: list[datetime] = []
    while len(moments) < HISTORY_EVENTS:
        age = source.random()
        moment = now - HISTORY * age
        if source.random() < _liveliness(moment) * (1 - age / 2):
            moments.append(moment)
    runaway = set(_afternoon(source, now - RUNAWAY_AGE))
    for number, moment in enumerate(sorted({*moments, *runaway})):
        event = _runaway(source, moment) if moment in runaway else _event(source, moment)
        # What is sent again is not recorded twice.
        yield msgspec.structs.replace(event, id=f"history-{number}")


def _liveliness(moment: datetime) -> float:
    """From 0 to 1."""
    of_hour = 0.15 + 0.85 * max(0.0, sin((moment.hour - 6) / 16 * pi))
    return of_hour * (0.4 if moment.weekday() >= 5 else 1.0)


def _afternoon(source: random.Random, day: datetime) -> Iterator[datetime]:
    start = day.replace(hour=13, minute=0)
    return (start + timedelta(hours=3) * source.random() for _ in range(RUNAWAY_EVENTS))


def _runaway(source: random.Random, occurred_at: datetime) -> EventInput:
    """A loop of calls that nobody stopped."""
    return _call(source, occurred_at, _RUNAWAY, ("globex", "globex-7"))


def _event(source: random.Random, occurred_at: datetime | None = None) -> EventInput:
    draw = source.random()
    if draw < 0.03:
        return _image(source, occurred_at)
    if draw < 0.06:
        return _custom(source, occurred_at)
    return _call(source, occurred_at)


def _call(
    source: random.Random,
    occurred_at: datetime | None,
    kind: _Kind | None = None,
    who: tuple[str, str] | None = None,
) -> EventInput:
    kind = kind or source.choices(_KINDS, [kind.weight for kind in _KINDS])[0]
    customer, user = who or _who(source)
    failed = source.random() < _ERROR_SHARE
    tokens_in = _around(source, kind.input_tokens)
    tokens_out = 0 if failed else _around(source, kind.output_tokens)
    return EventInput(
        customer_id=customer,
        user_id=user,
        feature_id=kind.feature,
        provider=kind.provider,
        model=kind.model,
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        cache_read_tokens=_part(source, tokens_in, kind.cached_share),
        reasoning_tokens=_part(source, tokens_out, kind.reasoning_share),
        outcome=Outcome.ERROR if failed else Outcome.SUCCESS,
        error_code=source.choice(_ERRORS) if failed else None,
        duration_ms=_around(source, kind.milliseconds),
        occurred_at=occurred_at,
        metadata={"region": source.choice(("eu", "us")), "version": "2026.11"},
    )


def _image(source: random.Random, occurred_at: datetime | None) -> EventInput:
    customer, user = _who(source)
    return EventInput(
        type=EventType.IMAGE_GENERATION,
        customer_id=customer,
        user_id=user,
        feature_id="covers",
        provider="openai",
        model="gpt-image-1",
        images=1,
        cost=Decimal("0.042"),
        duration_ms=_around(source, 19_000),
        occurred_at=occurred_at,
        metadata={"size": "1024x1024", "quality": "medium"},
    )


def _custom(source: random.Random, occurred_at: datetime | None) -> EventInput:
    customer, user = _who(source)
    return EventInput(
        type=EventType.CUSTOM,
        customer_id=customer,
        user_id=user,
        feature_id="ingest",
        quantity=Decimal(source.randint(1, 60)),
        unit="pages",
        cost=None,
        duration_ms=_around(source, 900),
        occurred_at=occurred_at,
    )


def _who(source: random.Random) -> tuple[str, str]:
    # The first customers are the large ones.
    customer = _CUSTOMERS[min(int(source.expovariate(0.45)), len(_CUSTOMERS) - 1)]
    return customer, f"{customer}-{source.randint(1, 12)}"


def _around(source: random.Random, middle: int) -> int:
    return max(1, int(source.lognormvariate(0, 0.5) * middle))


def _part(source: random.Random, whole: int, share: float) -> int | None:
    return int(whole * share * source.random()) if share else None
