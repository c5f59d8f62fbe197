"""`GET /v1/events/export`: files that say what the log says, whole or visibly cut."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sys
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from models.cost import (
    CostLine,
    CostReason,
    CostReasonCode,
    CostStatus,
    ReportedCostStatus,
)
from models.database import Database
from models.event import EventType, SideCall, UsageEvent
from models.event_log import Attempts, Draft, append
from models.event_query import EventQuery, read_events
from resolvers.event_export import PAGE
from tests.conftest import Keys
from tests.events import NOON, make_draft
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.random_usage import random_drafts
from tests.rest_client import RestClient
from tests.web.rest.exported import READERS, rows_of_events

PATH = "/v1/events/export"
ALL = {"startDate": "2026-10-01", "endDate": "2026-11-30"}
FORMATS = list(READERS)

# One event that has everything, some of it unfriendly.
FULL = make_draft(
    'id,"1"',
    type=EventType.CUSTOM,
    customer_id='Acme, "Inc"\r\nÄrzte 🩺',
    user_id="\ttab",
    feature_id="",
    provider="openai",
    model="=1+1",
    input_tokens=(1 << 63) - 1,
    output_tokens=0,
    cache_read_tokens=3,
    cache_write_tokens=4,
    reasoning_tokens=5,
    input_audio_tokens=6,
    output_audio_tokens=7,
    images=8,
    units={"web_searches": Decimal("1.50")},
    quantity=Decimal("12345678901234567890123456.000000000000000000000001"),
    unit="pages",
    processing="batch",
    service_tier="flex",
    speed="fast",
    cost=Decimal("0.000000000000000000000000000001"),
    cost_status=CostStatus.PARTIAL,
    cost_lines=(
        CostLine("pages", Decimal(2), Decimal("0.5"), Decimal(1)),
        CostLine("dots", Decimal("1E+3"), None, None, "=other"),
    ),
    price_id="price-1",
    error_code="-429",
    duration_ms=1234,
    occurred_at=NOON + timedelta(microseconds=1),
    metadata='{"a": "b,\\"c\\"", "n": 1e400}',
    requested_model="@alias",
    region="us",
    search_context_size="low",
    side_calls=(SideCall("=other", {"dots": Decimal("1E+3")}),),
    cost_reasons=(CostReason(CostReasonCode.NO_RATE, "dots"),),
    reported_cost=Decimal("0.000000000000000000000000000002"),
    reported_cost_status=ReportedCostStatus.NOT_COMPARED,
)


async def _record(database: Database, drafts: list[Draft]) -> None:
    await append(database, 1, drafts, Attempts())


async def _log(database: Database, workspace_id: int = 1) -> list[UsageEvent]:
    query = EventQuery(workspace_id, limit=1_000_000, newest_first=False)
    async with database.read_as_owner() as session:
        return await read_events(session, query)


def _ids(file: bytes) -> list[str]:
    return [json.loads(line)["id"] for line in file.decode().splitlines()]


def _last_cursor(file: bytes) -> str:
    cursor: str = json.loads(file.decode().splitlines()[-1])["cursor"]
    return cursor


@pytest.mark.parametrize("format", FORMATS)
async def test_a_file_equals_the_table_event_by_event(
    database: Database, rest: RestClient, format: str
) -> None:
    await _record(database, [FULL, *random_drafts(Random(3), 2 * PAGE + 7, "event")])
    rows = READERS[format](await rest.export(format=format, **ALL))
    expected = rows_of_events(await _log(database))
    if format == "csv":
        # In text that could be a formula; the others are exact as they stand.
        for row in expected:
            for name in ("userId", "model", "errorCode", "requestedModel"):
                if row[name] is not None and row[name][0] in "=-@\t":
                    row[name] = "'" + row[name]
            row["featureId"] = row["featureId"] or None
    assert rows == expected


@pytest.mark.parametrize("format", FORMATS)
async def test_an_empty_file_is_a_file(rest: RestClient, format: str) -> None:
    assert READERS[format](await rest.export(format=format)) == []


async def test_a_line_of_ndjson_is_what_graphql_says_of_the_event(
    rest: RestClient, client: GraphQLClient, event: dict[str, Any]
) -> None:
    await client.record(
        event | {"cacheReadTokens": 100, "metadata": {"n": 1}, "userId": "u", "durationMs": 5},
        event | {"id": "b", "provider": "x", "model": "y", "outcome": "ERROR", "errorCode": "429"},
        {
            "id": "c",
            "type": "CUSTOM",
            "quantity": "2.50",
            "unit": "pages",
            "cost": "1.10",
            "reportedCost": "2",
        }
        | {"occurredAt": event["occurredAt"]},
    )
    fields = """id cursor type customerId userId featureId provider model requestedModel
        usage { inputTokens outputTokens totalTokens cacheReadTokens cacheWriteTokens
                reasoningTokens inputAudioTokens outputAudioTokens images }
        units { unit quantity } quantity unit processing serviceTier speed region
        searchContextSize sideCalls { model units { unit quantity } }
        cost { amount status lines { unit quantity unitPrice amount model } price { id }
               reasons { code subject message } reported { amount status computed counts } }
        outcome errorCode durationMs occurredAt recordedAt metadata"""
    query = f"{{ events(order: OLDEST_FIRST) {{ nodes {{ {fields} }} }} }}"
    nodes = (await client.data(query))["events"]["nodes"]
    lines = (await rest.export(format="ndjson", **ALL)).splitlines()
    assert [json.loads(line) for line in lines] == nodes


@pytest.mark.parametrize(
    ("given", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("'=1", "''=1"),
        ('=HYPERLINK("http://x","y")', '\'=HYPERLINK("http://x","y")'),
        ("a=1", "a=1"),
        (" =1", " =1"),
        ("100%", "100%"),
        ("007", "007"),
    ],
)
async def test_a_text_that_could_be_a_formula_is_held_back_by_an_apostrophe(
    database: Database, rest: RestClient, given: str, cell: str
) -> None:
    names = ("customer_id", "user_id", "feature_id", "provider", "model", "unit", "error_code")
    await _record(database, [make_draft(given, **dict.fromkeys(names, given))])
    (row,) = csv.DictReader(io.StringIO((await rest.export(format="csv", **ALL)).decode(), ""))
    columns = ("id", "customerId", "userId", "featureId", "provider", "model", "unit", "errorCode")
    assert {row[column] for column in columns} == {cell}


@pytest.mark.parametrize("border", [";", "\t"])
async def test_a_formula_behind_another_border_of_cells_stays_within_its_cell(
    database: Database, rest: RestClient, border: str
) -> None:
    name = f"a{border}=HYPERLINK(1)"
    await _record(database, [make_draft("a", customer_id=name)])
    assert f'"{name}"'.encode() in await rest.export(format="csv", **ALL)


async def test_csv_is_as_rfc_4180_has_it(database: Database, rest: RestClient) -> None:
    await _record(database, [FULL, make_draft("plain", customer_id="Ä", feature_id=None)])
    response = await rest.get(PATH, format="csv", **ALL)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    body = response.content.decode()
    header, _, rest_of_it = body.partition("\r\n")
    assert header.startswith(
        "cursor,id,type,customerId,userId,featureId,provider,model,inputTokens"
    )
    assert '"id,""1""",CUSTOM,"Acme, ""Inc""\r\nÄrzte 🩺",' in rest_of_it
    # An empty text, and no text.
    assert ',"",openai' in rest_of_it
    assert ",plain,TOKEN_USAGE,Ä,,,," in rest_of_it
    assert body.endswith("\r\n")
    # Numbers stay numbers.
    assert ",9223372036854775807,0,3,4,5,6,7,8," in rest_of_it
    assert ",0.000000000000000000000000000001,PARTIAL," in rest_of_it


async def test_parquet_has_decimals_and_instants(database: Database, rest: RestClient) -> None:
    exact = Decimal("12345678901234.123456789012345678901234")
    await _record(database, [make_draft("a", cost=exact, quantity=Decimal(2)), FULL])
    response = await rest.get(PATH, format="parquet", **ALL)
    assert response.headers["Content-Type"] == "application/vnd.apache.parquet"
    table = parquet.read_table(pa.BufferReader(response.content))
    assert table.schema.field("costUsd").type == pa.decimal128(38, 24)
    assert table.schema.field("quantity").type == pa.decimal128(38, 18)
    assert table.schema.field("occurredAt").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("inputTokens").type == pa.int64()
    first, second = table.to_pylist()
    assert (first["costUsd"], first["costUsdText"]) == (exact, None)
    # What no decimal of 38 digits holds is not rounded.
    assert (second["costUsd"], second["costUsdText"]) == (
        None,
        "0.000000000000000000000000000001",
    )


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"startDate": "2024-01-01", "endDate": "2024-01-31"}, "livemeter-2024-01-01-2024-01-31"),
        (
            {
                "startDate": "2024-01-01T00:00:00Z",
                "endDate": "2024-02-01T05:00:00Z",
                "timeZone": "America/New_York",
            },
            "livemeter-2023-12-31-2024-01-31",
        ),
        (
            {"startDate": "2024-01-01T00:00:00Z", "endDate": "2024-01-01T00:00:00Z"},
            "livemeter-2024-01-01-2024-01-01",
        ),
    ],
)
async def test_a_file_is_named_for_its_days(
    rest: RestClient, parameters: dict[str, str], name: str
) -> None:
    response = await rest.get(PATH, format="csv", **parameters)
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'


@pytest.mark.parametrize(
    ("parameters", "ids"),
    [
        ({}, ["a", "b", "c", "d"]),
        ({"customerId": "acme"}, ["a", "b"]),
        ({"customerId": "acme,null"}, ["a", "b", "c", "d"]),
        ({"userId": "u"}, ["b"]),
        ({"type": "CUSTOM,IMAGE_GENERATION"}, ["c"]),
        ({"outcome": "ERROR"}, ["d"]),
        ({"provider": "openai", "model": "gpt-4o", "featureId": "chat"}, ["a"]),
        ({"startDate": "2026-11-01T12:01:00Z", "endDate": "2026-11-01T12:03:00Z"}, ["b", "c"]),
        ({"startDate": "2026-11-02", "timeZone": "Pacific/Kiritimati"}, ["a", "b", "c", "d"]),
        ({"startDate": "2026-11-02"}, []),
        ({"limit": "2"}, ["a", "b"]),
    ],
)
async def test_filters_are_those_of_usage_and_some_more(
    database: Database, rest: RestClient, parameters: dict[str, Any], ids: list[str]
) -> None:
    def draft(place: int, event_id: str, **values: Any) -> Draft:
        return make_draft(event_id, occurred_at=NOON + timedelta(minutes=place), **values)

    await _record(
        database,
        [
            draft(0, "a", customer_id="acme", provider="openai", model="gpt-4o", feature_id="chat"),
            draft(1, "b", customer_id="acme", user_id="u"),
            draft(2, "c", type=EventType.CUSTOM),
            draft(3, "d", outcome="ERROR"),
        ],
    )
    assert _ids(await rest.export(format="ndjson", **(ALL | parameters))) == ids


async def test_a_filter_that_little_passes_is_looked_for_in_bounded_steps(
    database: Database, rest: RestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.event_export.SLICE_ROWS", 7)
    drafts = random_drafts(Random(5), 100, "event")
    rare = make_draft("rare", customer_id="rare", occurred_at=drafts[50].event.occurred_at)
    await _record(database, [*drafts, rare])
    assert _ids(await rest.export(format="ndjson", customerId="rare", **ALL)) == ["rare"]
    assert _ids(await rest.export(format="ndjson", **ALL)) == [e.id for e in await _log(database)]


@pytest.mark.parametrize("size", [1, 7, PAGE, PAGE + 1])
async def test_files_that_go_on_after_the_last_cursor_have_no_gap_and_no_repeat(
    database: Database, rest: RestClient, size: int
) -> None:
    count = 20 if size == 1 else 2 * PAGE + 20
    await _record(database, random_drafts(Random(5), count, "event"))
    ids: list[str] = []
    after: dict[str, str] = {}
    while file := await rest.export(format="ndjson", limit=size, **after, **ALL):
        assert len(_ids(file)) <= size
        ids += _ids(file)
        after = {"after": _last_cursor(file)}
    assert ids == [event.id for event in await _log(database)]


async def test_a_cursor_of_a_list_is_good_here(
    database: Database, rest: RestClient, client: GraphQLClient
) -> None:
    await _record(database, [make_draft("a"), make_draft("b")])
    data = await client.data("{ events(first: 1, order: OLDEST_FIRST) { edges { cursor } } }")
    after = data["events"]["edges"][0]["cursor"]
    assert _ids(await rest.export(format="ndjson", after=after, **ALL)) == ["b"]


async def test_another_workspaces_events_and_cursors_are_out_of_reach(
    server: InProcessServer, database: Database, keys: Keys, rest: RestClient
) -> None:
    await _record(database, [make_draft("a")])
    cursor = _last_cursor(await rest.export(format="ndjson", **ALL))
    async with RestClient(server.url, keys.other) as other:
        assert await other.export(format="ndjson", **ALL) == b""
        refused = await other.refusal(PATH, format="ndjson", after=cursor)
    assert refused == (400, "BAD_INPUT", "after")


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({}, "format"),
        ({"format": "xlsx"}, "format"),
        ({"format": "CSV"}, "format"),
        ({"format": "csv", "after": "nonsense"}, "after"),
        ({"format": "csv", "after": "\x00"}, "after"),
        ({"format": "csv", "limit": "0"}, "limit"),
        ({"format": "csv", "limit": "-1"}, "limit"),
        ({"format": "csv", "limit": "1.5"}, "limit"),
        ({"format": "csv", "limit": "9" * 30}, "limit"),
        ({"format": "csv", "limit": "٣"}, "limit"),
        ({"format": "csv", "type": "token_usage"}, "type"),
        ({"format": "csv", "outcome": "SUCCESS,"}, "outcome"),
        ({"format": "csv", "offset": "10"}, "offset"),
        ({"format": "csv", "startDate": "2024-02-01", "endDate": "2024-01-01"}, "endDate"),
        ({"format": "csv", "startDate": "2024-01-31", "endDate": "2024-01-30"}, "endDate"),
        (
            {
                "format": "csv",
                "startDate": "0001-01-01T00:00:00Z",
                "endDate": "2024-01-01T00:00:00Z",
                "timeZone": "America/New_York",
            },
            "startDate",
        ),
        (
            {
                "format": "csv",
                "startDate": "9999-12-30",
                "endDate": "9999-12-31T23:59:59Z",
                "timeZone": "Asia/Tokyo",
            },
            "startDate",
        ),
    ],
    ids=str,
)
async def test_what_cannot_be_understood_is_bad_input_with_its_parameter(
    rest: RestClient, parameters: dict[str, Any], field: str
) -> None:
    assert await rest.refusal(PATH, **parameters) == (400, "BAD_INPUT", field)


async def test_without_pyarrow_parquet_is_refused_with_what_to_install(
    rest: RestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # As Python notes what is not there.
    response = await rest.get(PATH, format="parquet")
    error = response.json()["error"]
    assert (response.status_code, error["field"]) == (400, "format")
    assert "pip install livemeter[parquet]" in error["message"]


async def test_asking_for_the_headers_alone_reads_no_events(rest: RestClient) -> None:
    response = await rest.http.head(PATH, params={"format": "csv", **ALL})
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    assert "Content-Length" not in response.headers


async def test_by_http_1_0_where_a_cut_looks_like_an_end_it_is_refused(
    server: InProcessServer, keys: Keys
) -> None:
    host, _, port = server.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"GET {PATH}?format=csv HTTP/1.0\r\nAuthorization: Bearer {keys.read}\r\n\r\n"
    writer.write(head.encode())
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 426 ")
    assert b"upgrade: HTTP/1.1" in answer
