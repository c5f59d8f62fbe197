"""From the commit to the subscriber: milliseconds, by rate and number of subscribers.

The clock starts at `recordedAt`, which is taken under the workspace's lock just before COPY and
commit: what is shown is the time from the commit to the receipt, and a little more. It stops
when the message has been read from the socket. Both clocks are this machine's.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from dataclasses import dataclass, field
from datetime import datetime

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from benchmarks.bench_server import BenchServer, bench_server, empty_log, machine
from benchmarks.http_caller import HttpCaller
from benchmarks.ingest import COUNTS, bodies

SECONDS = 10
# Events a second, events a request, subscribers.
CASES = (
    (100, 1, 1),
    (100, 1, 10),
    (100, 1, 100),
    (1_000, 10, 1),
    (1_000, 10, 10),
    (1_000, 10, 100),
)
SUBSCRIPTION = """
subscription { activity { cursor events {
  id type customerId userId featureId provider model occurredAt recordedAt outcome durationMs
  usage { inputTokens outputTokens } cost { amount status } } } }
"""


@dataclass
class Seen:
    """What one subscriber saw: how late, and how much."""

    milliseconds: list[float] = field(default_factory=list)
    updates: int = 0


async def subscribe(server: BenchServer, seen: Seen, ready: asyncio.Event) -> None:
    address = f"ws://127.0.0.1:{server.port}/graphql"
    async with connect(
        address,
        subprotocols=[Subprotocol("graphql-transport-ws")],
        compression=None,
        max_queue=None,
    ) as socket:
        payload = {"Authorization": f"Bearer {server.key}"}
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        await socket.recv()
        start = {"type": "subscribe", "id": "1", "payload": {"query": SUBSCRIPTION}}
        await socket.send(json.dumps(start))
        await socket.recv()
        ready.set()
        async for message in socket:
            now = time.time()
            update = json.loads(message)["payload"]["data"]["activity"]
            seen.updates += 1
            for event in update["events"]:
                recorded = datetime.fromisoformat(event["recordedAt"]).timestamp()
                seen.milliseconds.append((now - recorded) * 1000)


async def send(server: BenchServer, rate: int, batch: int) -> None:
    """Record at a steady rate, whatever the answers take."""
    waiting = bodies(batch, rate * SECONDS, COUNTS)
    callers = [HttpCaller(server.port, server.key) for _ in range(8)]
    for caller in callers:
        await caller.__aenter__()
    free = asyncio.Queue[HttpCaller]()
    for caller in callers:
        free.put_nowait(caller)
    started = time.perf_counter()

    async def post(body: bytes) -> None:
        caller = await free.get()
        await caller.post(body)
        free.put_nowait(caller)

    async with asyncio.TaskGroup() as tasks:
        for number, body in enumerate(waiting):
            due = started + number * batch / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.create_task(post(body))
    for caller in callers:
        await caller.__aexit__()


async def case(server: BenchServer, rate: int, batch: int, subscribers: int) -> list[Seen]:
    await empty_log(server.database_url)
    seen = [Seen() for _ in range(subscribers)]
    ready = [asyncio.Event() for _ in range(subscribers)]
    tasks = [
        asyncio.create_task(subscribe(server, one, event))
        for one, event in zip(seen, ready, strict=True)
    ]
    await asyncio.gather(*(event.wait() for event in ready))
    await send(server, rate, batch)
    expected = rate * SECONDS
    deadline = time.perf_counter() + 60
    while min(len(one.milliseconds) for one in seen) < expected:
        assert time.perf_counter() < deadline, "subscribers did not catch up within a minute"
        await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0.5)
    return seen


def show(rate: int, subscribers: int, seen: list[Seen]) -> None:
    everything = sorted(ms for one in seen for ms in one.milliseconds)
    p50 = statistics.median(everything)
    p99 = everything[int(len(everything) * 0.99)]
    updates = sum(one.updates for one in seen) / SECONDS
    print(f"| {rate:,} | {subscribers} | {p50:.1f} | {p99:.1f} | {updates:,.0f} |", flush=True)


async def measure(server: BenchServer) -> None:
    print(f"# Live: {machine()}, one process, WebSocket\n")
    print("| events/s | subscribers | p50 ms | p99 ms | updates sent/s |")
    print("|---:|---:|---:|---:|---:|")
    await case(server, 100, 1, 1)
    for rate, batch, subscribers in CASES:
        show(rate, subscribers, await case(server, rate, batch, subscribers))


if __name__ == "__main__":
    with bench_server() as running:
        asyncio.run(measure(running))
