"""`livemeter import`: backfill that can be repeated and says what it left out."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from models.database import Database
from models.event import UsageEvent
from models.event_query import read_log
from tests.command import Outcome, livemeter

TRACE = Path(__file__).parents[4] / "shared" / "data" / "azure_llm_2023_conversation.csv"
AZURE = ("--time", "TIMESTAMP", "--input", "ContextTokens", "--output", "GeneratedTokens")
CONSTANTS = ("--provider", "openai", "--model", "gpt-4o")


async def _log(database: Database) -> list[UsageEvent]:
    async with database.read_as_owner() as session:
        return await read_log(session, 1, after=0, until=1 << 40, limit=100_000)


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    file = tmp_path / "usage.csv"
    file.write_text(
        "TIMESTAMP,ContextTokens,GeneratedTokens\n"
        "2023-11-16 18:15:46.6805909,374,44\n"
        "2023-11-16 18:15:50.9951690,396,109\n"
        "2023-11-16 18:15:50.9951690,396,109\n"
    )
    return file


async def _import(database_url: str, file: Path, *options: str, given: bytes = b"") -> Outcome:
    return await livemeter("import", file, *options, database_url=database_url, given=given)


@pytest.mark.skipif(not TRACE.exists(), reason="the trace is not beside this checkout")
async def test_a_real_trace_is_recorded_whole_and_once(
    database_url: str, database: Database
) -> None:
    options = (*AZURE, *CONSTANTS, "--customer", "acme", "--feature", "chat")
    first = await _import(database_url, TRACE, *options)
    assert (first.status, "19,366 recorded," in first.output) == (0, True), first
    second = await _import(database_url, TRACE, *options)
    assert (second.status, "0 recorded, 19,366 recorded before" in second.output) == (0, True)
    log = await _log(database)
    assert len(log) == 19_366
    assert {(e.customer_id, e.feature_id, e.model) for e in log} == {("acme", "chat", "gpt-4o")}


async def test_columns_constants_and_prices_meet_in_the_event(
    database_url: str, database: Database, csv: Path
) -> None:
    await _import(database_url, csv, *AZURE, *CONSTANTS, "--user", "u1")
    first = (await _log(database))[0]
    assert first.occurred_at == datetime(2023, 11, 16, 18, 15, 46, 680590, UTC)
    assert (first.input_tokens, first.output_tokens, first.user_id) == (374, 44, "u1")
    assert first.cost is not None
    assert first.cost > Decimal(0)


async def test_equal_rows_are_all_kept_and_still_recorded_once(
    database_url: str, database: Database, csv: Path
) -> None:
    await _import(database_url, csv, *AZURE, *CONSTANTS)
    await _import(database_url, csv, *AZURE, *CONSTANTS)
    assert len(await _log(database)) == 3


async def test_usual_column_names_need_no_options(database_url: str, csv: Path) -> None:
    outcome = await _import(database_url, csv, *CONSTANTS)
    assert "3 recorded" in outcome.output


async def test_times_without_an_offset_are_read_in_the_time_zone_that_is_given(
    database_url: str, database: Database, csv: Path
) -> None:
    outcome = await _import(database_url, csv, *CONSTANTS, "--time-zone", "Asia/Kathmandu")
    assert "read in Asia/Kathmandu" in outcome.output
    assert (await _log(database))[0].occurred_at == datetime(2023, 11, 16, 12, 30, 46, 680590, UTC)


async def test_bad_lines_are_left_out_with_number_and_reason(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(
        b"time,input,model\n"
        b"2026-01-01 10:00:00,10,gpt-4o\n"
        b"yesterday,10,gpt-4o\n"
        b"2026-01-01 10:00:00,ten,gpt-4o\n"
        b"2026-01-01 10:00:00,-1,gpt-4o\n"
        b"2026-01-01 10:00:00,10,gpt-4o,more\n"
        b"2026-01-01 10:00:00\n"
        b"2026-01-01 10:00:00,10,\xff\n"
        b'"2026-01-01 10:00:00",11,"gpt\n4o"\n'
        b"2026-01-01 10:00:00,12,gpt-4o\n"
    )
    outcome = await _import(database_url, file, "--provider", "openai")
    assert outcome.status == 3
    for line in ("line 3: occurredAt", "line 4: inputTokens", "line 5: INVALID_COUNT inputTokens"):
        assert line in outcome.output, outcome
    for line in ("line 6: 4 cells", "line 7: 1 cells", "line 8: "):
        assert line in outcome.output, outcome
    assert len(await _log(database)) == 3


async def test_ndjson_takes_the_inputs_own_fields(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "usage.ndjson"
    file.write_text(
        '{"id": "a", "inputTokens": "5", "metadata": {"n": 1.10}, "model": "gpt-4o"}\n'
        "\n"
        '{"id": "b", "inputTokens": 5, "tokens": 3}\n'
        "{not json}\n"
        "[]\n"
        '{"id": "a", "inputTokens": 6, "model": "gpt-4o"}\n'
    )
    outcome = await _import(database_url, file, "--provider", "openai")
    assert outcome.status == 3
    for line in ("line 3: tokens", "line 4: not JSON", "line 5: not a JSON", "line 6: CONFLICT"):
        assert line in outcome.output, outcome
    (event,) = await _log(database)
    assert (event.id, event.provider, event.metadata) == ("a", "openai", '{"n": 1.10}')


async def test_standard_input_works_too(database_url: str, database: Database) -> None:
    given = b'{"id": "a", "type": "CUSTOM", "unit": "pages", "quantity": "3"}\n'
    outcome = await _import(database_url, Path("-"), "--format", "ndjson", given=given)
    assert outcome.status == 0, outcome
    assert [event.quantity for event in await _log(database)] == [Decimal(3)]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--time", "WHEN"), "no column 'WHEN'"),
        (("--column", "nothing=TIMESTAMP"), "FIELD one of"),
        (("--set", "tokens"), "FIELD one of"),
        (("--time-zone", "Mars/Olympus"), "no IANA time zone"),
        (("--format", "xml"), "csv or ndjson"),
        (("--workspace", "nowhere"), "no workspace 'nowhere'"),
    ],
)
async def test_what_makes_no_sense_is_said_before_anything_is_recorded(
    database_url: str, database: Database, csv: Path, options: tuple[str, ...], reason: str
) -> None:
    outcome = await _import(database_url, csv, *CONSTANTS, *options)
    assert (outcome.status, reason in outcome.errors) == (1, True), outcome
    assert await _log(database) == []


async def test_a_file_that_is_not_there_is_said_plainly(database_url: str) -> None:
    outcome = await _import(database_url, Path("nowhere.csv"))
    assert (outcome.status, "cannot be read" in outcome.errors) == (1, True)


async def test_an_empty_file_is_said_plainly(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.touch()
    outcome = await _import(database_url, file)
    assert (outcome.status, "no header line" in outcome.errors) == (1, True)
