"""Whatever the schema lets one ask: no 5xx, no error without its code, nothing unexpected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import schemathesis
from graphql import introspection_from_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.graphql import nodes, scalar

from schema.contract import build_schema
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from web.limits import Limits, RateLimits

# For each field of the roots, with a key and without.
EXAMPLES = 8
MANY_EXAMPLES = 150
CODES = {
    "BAD_INPUT",
    "CONFLICT",
    "FORBIDDEN",
    "NOT_FOUND",
    "TOO_COMPLEX",
    "UNAUTHENTICATED",
}

scalar("BigInt", st.integers(-5, 1 << 65).map(nodes.Int))
scalar("Cursor", st.text().map(nodes.String))
scalar("DateTime", st.datetimes().map(lambda moment: nodes.String(f"{moment.isoformat()}Z")))
scalar("Decimal", (st.decimals().map(str) | st.text()).map(nodes.String))
scalar("JSON", st.text().map(nodes.String))
SCHEMA = schemathesis.graphql.from_dict(introspection_from_schema(build_schema()._schema))
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]


@pytest.fixture
async def server(
    database_url: str, keys: Keys, event: dict[str, Any]
) -> AsyncIterator[InProcessServer]:
    """One that has something to tell, to anybody who asks however often."""
    limits = Limits(rates=RateLimits(per_key=1_000_000, per_address=1_000_000))
    async with InProcessServer(database_url, limits=limits) as server:
        async with GraphQLClient(server.url, keys.full) as client:
            await client.record(event, event | {"id": "b", "provider": "x", "metadata": {"a": 1}})
        yield server


def _run(url: str, operation: Any, key: str | None, examples: int) -> None:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples == EXAMPLES,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(operation.as_strategy())
    def check(case: Case) -> None:
        response = client.post("/graphql", json={"query": case.body})
        answer = response.json()
        codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
        assert response.status_code == 200, answer
        assert codes <= CODES, answer

    with httpx2.Client(base_url=url, headers=headers, trust_env=False, timeout=60) as client:
        check()


def _label(operation: Any) -> str:
    return str(operation.label)


@pytest.mark.parametrize("operation", OPERATIONS, ids=_label)
async def test_a_generated_document_never_fails_unexpectedly(
    server: InProcessServer, keys: Keys, operation: Any
) -> None:
    await asyncio.to_thread(_run, server.url, operation, keys.admin, EXAMPLES)


@pytest.mark.parametrize("operation", OPERATIONS, ids=_label)
async def test_without_a_key_a_generated_document_never_fails_unexpectedly(
    server: InProcessServer, operation: Any
) -> None:
    await asyncio.to_thread(_run, server.url, operation, None, EXAMPLES)


@pytest.mark.slow
@pytest.mark.parametrize("has_key", [True, False], ids=["with a key", "without"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=_label)
async def test_however_long_one_looks(
    server: InProcessServer, keys: Keys, operation: Any, has_key: bool
) -> None:
    key = keys.admin if has_key else None
    await asyncio.to_thread(_run, server.url, operation, key, MANY_EXAMPLES)
