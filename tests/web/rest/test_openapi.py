"""The description at /v1/openapi.json says what the server does, and schemathesis cannot tell."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.rest_client import RestClient
from web.rest.endpoint import Endpoint
from web.rest.openapi import ENDPOINTS, openapi

# For each operation, with good and with bad input.
EXAMPLES = 40
MANY_EXAMPLES = 2_000
# A start behind its end is as described, and refused all the same. A text in place of a list, or
# nothing in place of something, is the same in an address, and taken.
LEFT_OUT = ("positive_data_acceptance", "negative_data_rejection")
PATHS = [endpoint.path for endpoint in ENDPOINTS]


async def test_the_description_is_there_for_everybody(server: InProcessServer) -> None:
    async with RestClient(server.url) as client:
        response = await client.get("/v1/openapi.json")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == openapi()


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
async def test_the_parameters_that_are_taken_are_those_that_are_described(
    rest: RestClient, endpoint: Endpoint
) -> None:
    document = (await rest.get("/v1/openapi.json")).json()
    described = [one["name"] for one in document["paths"][endpoint.path]["get"]["parameters"]]
    refusal = (await rest.get(endpoint.path, nonsense="1")).json()["error"]["message"]
    assert refusal == f"There is no parameter 'nonsense'; there are: {', '.join(described)}."


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
async def test_every_example_that_is_described_is_taken(
    rest: RestClient, endpoint: Endpoint
) -> None:
    given: dict[str, Any] = {}
    for parameter in openapi()["paths"][endpoint.path]["get"]["parameters"]:
        example = parameter.get("example")
        if example is not None:
            given[parameter["name"]] = ",".join(example) if parameter.get("style") else example
    assert (await rest.get(endpoint.path, **given)).status_code == 200


@pytest.fixture
async def url(server: InProcessServer, client: GraphQLClient, event: dict[str, Any]) -> str:
    """A server that has something to tell."""
    await client.record(event, event | {"id": "b", "provider": "x", "metadata": {"a": "=1"}})
    return server.url


def _run(url: str, path: str, mode: GenerationMode, key: str | None, examples: int) -> None:
    load_all_checks()
    checks = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]
    operation = schemathesis.openapi.from_dict(openapi())[path]["GET"]
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples == EXAMPLES,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(operation.as_strategy(mode))
    def check(case: Case) -> None:
        if mode is GenerationMode.POSITIVE and "workspace" in case.query:
            case.query["workspace"] = 1  # Another one than the key's is refused, whatever else.
        response = case.call(url, headers=headers)
        case.validate_response(response, checks=checks, headers=headers)
        assert response.status_code in ((200, 400) if key else (401,))

    check()


MODES = list(GenerationMode)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("mode", MODES)
async def test_schemathesis_finds_no_fault_with_a_key(
    url: str, keys: Keys, path: str, mode: GenerationMode
) -> None:
    await asyncio.to_thread(_run, url, path, mode, keys.read, EXAMPLES)


@pytest.mark.parametrize("path", PATHS)
async def test_schemathesis_finds_no_fault_without_a_key(url: str, path: str) -> None:
    await asyncio.to_thread(_run, url, path, GenerationMode.POSITIVE, None, EXAMPLES)


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("mode", MODES)
async def test_schemathesis_finds_no_fault_however_long_it_looks(
    url: str, keys: Keys, path: str, mode: GenerationMode
) -> None:
    await asyncio.to_thread(_run, url, path, mode, keys.read, MANY_EXAMPLES)
