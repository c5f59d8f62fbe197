"""`GET /v1/analytics/usage`: the guide's call, its sums, its days, and what it refuses."""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx2
import pytest

from models.database import Database
from models.event_log import Attempts, append
from tests.conftest import Keys
from tests.events import make_draft
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.random_usage import random_drafts
from tests.rest_client import RestClient

PATH = "/v1/analytics/usage"
# As the product's guide has it.
GUIDE = (
    "/v1/analytics/usage?customerId=cust_xxx&startDate=2024-01-01&endDate=2024-01-31",
    "Authorization: Bearer om_live_…",
)
GRAPHQL = """query($range: RangeInput!, $zone: String!, $filter: UsageFilter) {
  usage(range: $range, timeZone: $zone, filter: $filter) {
    totals { ...sums }
    byFeature: breakdown(by: [FEATURE], top: 500) { key { featureId } totals { ...sums } }
    byProvider: breakdown(by: [PROVIDER], top: 500) { key { provider } totals { ...sums } }
    byEventType: breakdown(by: [TYPE], top: 500) { key { type } totals { ...sums } }
    timeline(interval: INTERVAL) { points { start end totals { ...sums } } }
  }
}
fragment sums on UsageTotals { events cost unpricedEvents usage { inputTokens outputTokens } }"""


def _in_january(**values: Any) -> dict[str, Any]:
    return {
        "id": "january",
        "provider": "openai",
        "model": "gpt-4o",
        "customerId": "cust_xxx",
        "featureId": "chat",
        "inputTokens": 1000,
        "outputTokens": 200,
        "occurredAt": "2024-01-31T23:59:59.999999Z",
        **values,
    }


async def _record_january(client: GraphQLClient) -> None:
    await client.record(
        _in_january(),
        _in_january(id="another", customerId="other"),
        _in_january(id="february", occurredAt="2024-02-01T00:00:00Z"),
        _in_january(id="unknown", provider="nobody", model="none", featureId=None),
    )


def _sums(answer: Any) -> list[str]:
    """From either API."""
    if "usage" in answer:
        usage = answer["usage"]
        counts = [answer["events"], usage["inputTokens"], usage["outputTokens"]]
        return [*counts, answer["cost"], answer["unpricedEvents"]]
    names = ("events", "inputTokens", "outputTokens", "costUsd", "unpricedEvents")
    return [answer[name] for name in names]


async def test_the_guides_request_is_answered(
    server: InProcessServer, keys: Keys, client: GraphQLClient
) -> None:
    await _record_january(client)
    path, header = GUIDE
    name, _, value = header.replace("om_live_…", keys.read).partition(": ")
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False) as http:
        response = await http.get(path, headers={name: value})
    assert response.status_code == 200
    assert response.json()["data"]["summary"] == {
        "totalEvents": "2",
        "totalInputTokens": "2000",
        "totalOutputTokens": "400",
        "totalCostUsd": "0.0045",
        "unpricedEvents": "1",
    }


@pytest.mark.skipif(shutil.which("curl") is None, reason="THERE IS NO curl TO RUN THE GUIDE'S CALL")
async def test_the_guides_curl_is_answered_word_for_word(
    server: InProcessServer, keys: Keys, client: GraphQLClient
) -> None:
    await _record_january(client)
    path, header = GUIDE
    process = await asyncio.create_subprocess_exec(
        "curl",
        "--silent",
        "--noproxy",
        "*",
        f"{server.url}{path}",
        "-H",
        header.replace("om_live_…", keys.read),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    data = json.loads(output)["data"]
    assert (data["summary"]["totalEvents"], data["summary"]["totalCostUsd"]) == ("2", "0.0045")
    assert set(data) >= {"summary", "byFeature", "byProvider", "byEventType", "timeline"}


async def test_lists_are_by_cost_and_say_what_has_no_value_and_no_price(
    rest: RestClient, client: GraphQLClient
) -> None:
    await _record_january(client)
    found = await rest.usage(startDate="2024-01-01", endDate="2024-01-31", customerId="cust_xxx")
    tokens = {"events": "1", "inputTokens": "1000", "outputTokens": "200"}
    priced = tokens | {"costUsd": "0.0045", "unpricedEvents": "0", "isOther": False}
    unpriced = tokens | {"costUsd": "0", "unpricedEvents": "1", "isOther": False}
    assert found["byFeature"] == [{"key": "chat"} | priced, {"key": None} | unpriced]
    assert found["byProvider"] == [{"key": "openai"} | priced, {"key": "nobody"} | unpriced]
    assert [group["key"] for group in found["byEventType"]] == ["TOKEN_USAGE"]


@pytest.mark.parametrize("interval", ["day", "week", "month"])
@pytest.mark.parametrize(
    ("zone", "from_", "to"),
    [
        ("UTC", "2026-10-20T00:00:00Z", "2026-11-09T00:00:00Z"),
        ("America/New_York", "2026-10-20T04:00:00Z", "2026-11-09T05:00:00Z"),
        ("Asia/Kathmandu", "2026-10-19T18:15:00Z", "2026-11-08T18:15:00Z"),
        ("Australia/Lord_Howe", "2026-10-19T13:00:00Z", "2026-11-08T13:00:00Z"),
    ],
)
async def test_days_of_every_zone_add_up_to_what_graphql_says(
    database: Database,
    rest: RestClient,
    client: GraphQLClient,
    zone: str,
    from_: str,
    to: str,
    interval: str,
) -> None:
    await append(database, 1, random_drafts(Random(7), 200, "event"), Attempts())
    found = await rest.usage(
        startDate="2026-10-20",
        endDate="2026-11-08",
        timeZone=zone,
        groupBy=interval,
        customerId="acme,Ärzte",
    )
    query = GRAPHQL.replace("INTERVAL", interval.upper())
    filter = {"customerIds": ["acme", "Ärzte"]}
    data = await client.data(query, range={"from": from_, "to": to}, zone=zone, filter=filter)
    expected = data["usage"]
    assert found["range"] == {"from": from_, "to": to, "timeZone": zone}
    assert list(found["summary"].values()) == _sums(expected["totals"])
    assert int(found["summary"]["totalEvents"]) > 50
    for name in ("byFeature", "byProvider", "byEventType"):
        assert [(group["key"], *_sums(group)) for group in found[name]] == [
            (next(iter(group["key"].values())), *_sums(group["totals"]))
            for group in expected[name]
            if group["totals"]["events"] != "0"
        ]
    assert [(point["start"], point["end"], *_sums(point)) for point in found["timeline"]] == [
        (point["start"], point["end"], *_sums(point["totals"]))
        for point in expected["timeline"][0]["points"]
    ]


async def test_a_point_is_named_by_its_local_day(rest: RestClient) -> None:
    found = await rest.usage(startDate="2026-11-01", endDate="2026-11-02", timeZone="Asia/Kolkata")
    assert [(point["key"], point["start"]) for point in found["timeline"]] == [
        ("2026-11-01", "2026-10-31T18:30:00Z"),
        ("2026-11-02", "2026-11-01T18:30:00Z"),
    ]


@pytest.mark.parametrize(
    ("start", "end", "from_", "to"),
    [
        ("2026-11-01", "2026-11-01", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"),
        (
            "2026-11-01T12:00:00Z",
            "2026-11-01T13:00:00+01:00",
            "2026-11-01T12:00:00Z",
            "2026-11-01T12:00:00Z",
        ),
        (
            "2026-11-01T00:00:00 05:30",  # A plus sign that was not escaped.
            "2026-11-01",
            "2026-10-31T18:30:00Z",
            "2026-11-02T00:00:00Z",
        ),
        ("1971-01-01", "1971-12-31", "1971-01-01T00:00:00Z", "1972-01-01T00:00:00Z"),
    ],
)
async def test_a_day_is_whole_and_an_instant_is_exact(
    rest: RestClient, start: str, end: str, from_: str, to: str
) -> None:
    found = await rest.usage(startDate=start, endDate=end)
    assert (found["range"]["from"], found["range"]["to"]) == (from_, to)


async def test_without_dates_it_is_the_last_30_days_and_the_answer_says_so(
    rest: RestClient,
) -> None:
    before = datetime.now(UTC).date()
    range = (await rest.usage())["range"]
    from_, to = (datetime.fromisoformat(range[end]) for end in ("from", "to"))
    assert to - from_ == timedelta(days=30)
    assert to.date() - timedelta(days=1) in (before, before + timedelta(days=1))


@pytest.mark.parametrize("end", ["2024-01-31", "2024-02-01T00:00:00Z"])
async def test_without_a_start_it_is_the_30_days_before_the_end(rest: RestClient, end: str) -> None:
    assert (await rest.usage(endDate=end))["range"]["from"] == "2024-01-02T00:00:00Z"


async def test_without_an_end_it_goes_on_to_today(rest: RestClient) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    assert len((await rest.usage(startDate=yesterday.isoformat()))["timeline"]) in (2, 3)


@pytest.mark.parametrize(
    ("parameters", "events"),
    [
        ({}, 5),
        ({"customerId": "a"}, 1),
        ({"customerId": "a,b"}, 2),
        ({"customerId": ["a", "b"]}, 2),
        ({"customerId": '"Acme, ""Inc"""'}, 1),
        ({"customerId": 'a,"Acme, ""Inc"""'}, 2),
        ({"customerId": "null"}, 1),
        ({"customerId": '"null"'}, 1),
        ({"customerId": "null,a"}, 2),
        ({"customerId": '""'}, 0),
        ({"customerId": "a", "provider": "openai", "model": "m", "featureId": "f"}, 0),
        ({"customerId": "a", "provider": "p", "model": "m", "featureId": "f"}, 1),
    ],
)
async def test_values_are_alternatives_and_parameters_must_all_match(
    database: Database, rest: RestClient, parameters: dict[str, Any], events: int
) -> None:
    drafts = [
        make_draft(str(number), customer_id=customer, provider="p", model="m", feature_id="f")
        for number, customer in enumerate(("a", "b", 'Acme, "Inc"', None, "null"))
    ]
    await append(database, 1, drafts, Attempts())
    found = await rest.usage(startDate="2026-11-01", endDate="2026-11-01", **parameters)
    assert found["summary"]["totalEvents"] == str(events)


async def test_more_features_than_are_listed_add_up_in_one_group_that_says_so(
    database: Database, rest: RestClient
) -> None:
    drafts = [make_draft(str(number), feature_id=f"{number:03}") for number in range(502)]
    await append(database, 1, drafts, Attempts())
    groups = (await rest.usage(startDate="2026-11-01", endDate="2026-11-01"))["byFeature"]
    assert len(groups) == 501
    last = groups[-1]
    assert (last["isOther"], last["key"], last["events"]) == (True, None, "2")


async def test_an_empty_workspace_gives_zeros(rest: RestClient) -> None:
    found = await rest.usage(startDate="2024-01-01", endDate="2024-01-03")
    assert set(found["summary"].values()) == {"0"}
    assert [_sums(point) for point in found["timeline"]] == [["0"] * 5] * 3
    assert [found[name] for name in ("byFeature", "byProvider", "byEventType")] == [[]] * 3


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"customer": "a"}, "customer"),
        ({"startDate": "2024-01-32"}, "startDate"),
        ({"startDate": "2024-1-1"}, "startDate"),
        ({"startDate": "yesterday"}, "startDate"),
        ({"startDate": ""}, "startDate"),
        ({"startDate": "2024-01-01T00:00:00"}, "startDate"),
        ({"startDate": ["2024-01-01", "2024-01-02"]}, "startDate"),
        ({"startDate": "2024-02-01", "endDate": "2024-01-01"}, "endDate"),
        ({"startDate": "0001-01-01", "endDate": "0001-01-01"}, "startDate"),
        ({"startDate": "9999-12-31", "endDate": "9999-12-31"}, "startDate"),
        ({"startDate": "2000-01-01", "endDate": "2024-01-01"}, "startDate"),
        ({"startDate": "2016-01-01", "endDate": "2024-01-01"}, "groupBy"),
        ({"endDate": "2024-13-01"}, "endDate"),
        ({"timeZone": "Mars/Olympus"}, "timeZone"),
        ({"timeZone": "../../etc/passwd"}, "timeZone"),
        ({"timeZone": ""}, "timeZone"),
        ({"groupBy": "hour"}, "groupBy"),
        ({"groupBy": "DAY"}, "groupBy"),
        ({"customerId": ""}, "customerId"),
        ({"customerId": "a,"}, "customerId"),
        ({"customerId": ",a"}, "customerId"),
        ({"customerId": '"a'}, "customerId"),
        ({"customerId": '"a"b'}, "customerId"),
        ({"provider": "\x00"}, "provider"),
        ({"provider": "a," * 1_000 + "a"}, "provider"),
    ],
    ids=str,
)
async def test_what_cannot_be_understood_is_bad_input_with_its_parameter(
    rest: RestClient, parameters: dict[str, Any], field: str
) -> None:
    assert await rest.refusal(PATH, **parameters) == (400, "BAD_INPUT", field)


async def test_an_unknown_parameter_is_told_which_are_known(rest: RestClient) -> None:
    response = await rest.get(PATH, customers="a")
    message = response.json()["error"]["message"]
    assert "customerId" in message
    assert "groupBy" in message
