"""Callers that record by HTTP and keep what became of each batch."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import httpx2

from tests.valkey import eventually

QUERY = (
    "mutation($events: [UsageEventInput!]!)"
    " { recordEvents(events: $events) { results { id status } } }"
)
_PAUSE_SECONDS = 0.02
_OCCURRED_AT = "2026-11-01T12:00:00Z"


def make_input(event_id: str, **values: Any) -> dict[str, Any]:
    return {
        "id": event_id,
        "provider": "openai",
        "model": "gpt-4o",
        "inputTokens": 1000,
        "outputTokens": 200,
        "occurredAt": _OCCURRED_AT,
        **values,
    }


@dataclass
class Batch:
    """What was sent together. `statuses` is None where there was no answer that says them."""

    ids: list[str]
    statuses: list[str] | None = None
    code: str | None = None


class Caller:
    """Sends one batch after the other over a connection of its own."""

    def __init__(self, address: Callable[[], str], key: str) -> None:
        self._address = address
        self._http = httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {key}"}, timeout=60, trust_env=False
        )
        self.batches: list[Batch] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def send(self, ids: Sequence[str], **values: Any) -> Batch:
        """Never raises for a server that is away, or goes away: the batch has no statuses then."""
        batch = Batch(list(ids))
        self.batches.append(batch)
        await self._try(batch, values)
        return batch

    async def send_again(self) -> None:
        """Send what was not answered, until it is."""
        for batch in self.batches:
            while batch.statuses is None:
                await asyncio.sleep(_PAUSE_SECONDS)
                await self._try(batch, {})

    async def _try(self, batch: Batch, values: dict[str, Any]) -> None:
        events = [make_input(event_id, **values) for event_id in batch.ids]
        try:
            response = await self._http.post(
                self._address() + "/graphql", json={"query": QUERY, "variables": {"events": events}}
            )
        except httpx2.TransportError:
            batch.code = "LOST"
            return
        answer = response.json()
        if "errors" in answer:
            batch.code = answer["errors"][0]["extensions"]["code"]
        else:
            results = answer["data"]["recordEvents"]["results"]
            batch.statuses = [result["status"] for result in results]


@dataclass
class Load:
    """Several callers at once, each sending batches of new ids until it is told to stop."""

    callers: list[Caller]
    events_a_batch: int
    stopping: bool = False
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def batches(self) -> list[Batch]:
        return [batch for caller in self.callers for batch in caller.batches]

    @property
    def ids(self) -> list[str]:
        return [event_id for batch in self.batches for event_id in batch.ids]

    @property
    def recorded_ids(self) -> list[str]:
        """The events that were answered RECORDED."""
        return [
            event_id
            for batch in self.batches
            for event_id, status in zip(batch.ids, batch.statuses or (), strict=False)
            if status == "RECORDED"
        ]

    @property
    def codes(self) -> set[str]:
        """The codes of all errors; LOST: there was no answer at all."""
        return {batch.code for batch in self.batches if batch.code is not None}

    async def has_recorded(self, count: int) -> None:
        """Returns when so many more events were answered RECORDED."""
        goal = len(self.recorded_ids) + count
        await eventually(lambda: len(self.recorded_ids) >= goal, seconds=30)

    async def stop(self) -> None:
        self.stopping = True
        await asyncio.gather(*self.tasks)

    async def stop_and_send_again(self) -> None:
        """Everything that was ever sent is answered then."""
        await self.stop()
        async with asyncio.timeout(60):
            await asyncio.gather(*(caller.send_again() for caller in self.callers))

    async def _send(self, caller: Caller, name: str) -> None:
        for number in itertools.count():
            if self.stopping:
                return
            batch = await caller.send([f"{name}-{number}-{n}" for n in range(self.events_a_batch)])
            # Neither a hot loop against a server that is away nor more events than a test needs.
            await asyncio.sleep(_PAUSE_SECONDS if batch.statuses else 5 * _PAUSE_SECONDS)

    def start(self) -> None:
        for number, caller in enumerate(self.callers):
            self.tasks.append(asyncio.create_task(self._send(caller, f"caller{number}")))


@asynccontextmanager
async def load(
    address: Callable[[], str], key: str, *, callers: int = 4, events_a_batch: int = 10
) -> AsyncIterator[Load]:
    load = Load([Caller(address, key) for _ in range(callers)], events_a_batch)
    load.start()
    try:
        yield load
    finally:
        for task in load.tasks:
            task.cancel()
        await asyncio.gather(*load.tasks, return_exceptions=True)
        for caller in load.callers:
            await caller.__aexit__()
