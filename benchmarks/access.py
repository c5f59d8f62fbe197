"""What knowing the caller takes, and what each attack costs the server beside a usual request.

Milliseconds from sending to the whole answer over one kept connection, the median of several.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2

from benchmarks.bench_server import BenchServer, bench_server, machine
from models.database import Database
from resolvers.keys import KeyRing
from resolvers.viewer import Credential, CredentialKind

ROUNDS = 15
USUAL = "{ viewer { workspace { name } scopes } }"
PAGE = "{ events(first: 50) { nodes { id provider model occurredAt cost { amount status } } } }"
_FILTER = "query($filter: UsageFilter) { events(filter: $filter) { head } }"
_RECORD = "mutation($events: [UsageEventInput!]!) { recordEvents(events: $events) { recorded } }"


@dataclass(frozen=True)
class Ask:
    """A request by its body. `expected` stands in its answer."""

    name: str
    body: bytes
    expected: str
    headers: tuple[tuple[str, str], ...] = ()


def _query(query: str, variables: Any = None) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()


def _repeated(start: str, middle: str, count: int, end: str) -> bytes:
    return _query(start + "".join(middle.format(n=number) for number in range(count)) + end)


def usual() -> list[Ask]:
    return [
        Ask("who is asking", _query(USUAL), '"data"'),
        Ask("a page of 50 events", _query(PAGE), '"data"'),
    ]


def attacks() -> list[Ask]:
    """As in tests/faults/attacks.py, where it is shown that nothing is resolved for them."""
    doubling = "{ ...F0 } " + " ".join(
        f"fragment F{level} on Query {{ ...F{level + 1} ...F{level + 1} }}" for level in range(50)
    )
    return [
        Ask("10,000 aliases", _repeated("{", " a{n}: __typename", 10_000, "}"), "TOO_COMPLEX"),
        Ask("1,000 aliases", _repeated("{", " a{n}: __typename", 1_000, "}"), "TOO_COMPLEX"),
        Ask("deep nesting", _query("{a" * 5_000 + "}" * 5_000), "TOO_COMPLEX"),
        Ask("doubling fragments", _query(doubling + " fragment F50 on Query { __typename }"),
            "TOO_COMPLEX"),
        Ask("overlapping fragments", _query("{" + " ".join(f"...F{n}" for n in range(99)) + "}"
            + " ".join(f"fragment F{n} on Query {{ a: viewer {{ email }} }}" for n in range(99))),
            '"data"'),
        Ask("a field 900 times", _query("{" + "viewer { email } " * 900 + "}"), "TOO_COMPLEX"),
        Ask("5,000 directives", _query("{ viewer " + "@include(if: true) " * 5_000 + "{ email } }"),
            "TOO_COMPLEX"),
        Ask("an introspection loop", _query("{ __schema { types {" + " fields { type {" * 9
            + " name" + " } }" * 9 + " } } }"), "TOO_COMPLEX"),
        Ask("costly pages", _repeated("{", " a{n}: events(first: 1000) {{ nodes {{ id cost {{"
            " lines {{ unit amount }} }} }} }}", 99, "}"), "TOO_COMPLEX"),
        Ask("a list of 1,000,000", _query(_FILTER, {"filter": {"userIds": ["a"] * 1_000_000}}),
            "TOO_COMPLEX"),
        Ask("200,000 events", _query(_RECORD, {"events": [{"id": 1}] * 200_000}), "BAD_INPUT"),
        Ask("unknown fields", _repeated("{", " viewr{n}", 1_000, "}"), "BAD_INPUT"),
        Ask("a batch of 10,000", b"[" + b",".join([_query(USUAL)] * 10_000) + b"]", "BAD_INPUT"),
        Ask("a packed body", b"x" * 100_000, "BAD_INPUT", (("Content-Encoding", "gzip"),)),
    ]  # fmt: skip


async def _milliseconds(http: httpx2.AsyncClient, ask: Ask) -> float:
    taken = []
    for number in range(ROUNDS):
        # Another document each time: one that is known was parsed and measured before.
        body = ask.body.replace(b'"query": "', b'"query": "#%d\\n' % number, 1)
        started = time.perf_counter()
        response = await http.post("/graphql", content=body, headers=dict(ask.headers))
        taken.append((time.perf_counter() - started) * 1000)
        assert ask.expected in response.text, (ask.name, response.text[:200])
    return statistics.median(taken)


async def measure(server: BenchServer) -> None:
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
    url = f"http://127.0.0.1:{server.port}"
    async with httpx2.AsyncClient(
        base_url=url, headers=headers, timeout=60, trust_env=False
    ) as http:
        print("| request | KiB | ms | of a usual one |")
        print("|---|---:|---:|---:|")
        usual_ms = 0.0
        for ask in [*usual(), *attacks()]:
            taken = await _milliseconds(http, ask)
            usual_ms = usual_ms or taken
            size = len(ask.body) / 1024
            print(
                f"| {ask.name} | {size:,.1f} | {taken:.1f} | {taken / usual_ms:.1f} |", flush=True
            )


async def measure_authentication(server: BenchServer) -> None:
    """In this process: a key that is remembered, one that is not, and the floor, `SELECT 1`."""
    database = Database(server.database_url)
    credential = Credential(CredentialKind.KEY, server.key)
    keys = KeyRing(database)
    await keys.viewer(credential)

    async def forgotten() -> None:
        await KeyRing(database).viewer(credential)

    async def remembered() -> None:
        for _ in range(100):
            await keys.viewer(credential)

    floor = await _median(database.ping)
    print("| knowing the caller | ms | of SELECT 1 |")
    print("|---|---:|---:|")
    for name, taken in (
        ("a key that is remembered", await _median(remembered) / 100),
        ("a key that is looked up", await _median(forgotten)),
        ("`SELECT 1`", floor),
    ):
        print(f"| {name} | {taken:.4f} | {taken / floor:.4f} |", flush=True)
    print()
    await database.close()


async def _median(work: Callable[[], Awaitable[None]]) -> float:
    """Milliseconds."""
    taken = []
    for _ in range(200):
        started = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def main() -> None:
    print(f"Access. {machine()}\n")
    with bench_server() as server:
        asyncio.run(measure_authentication(server))
        asyncio.run(measure(server))


if __name__ == "__main__":
    main()
