"""Exports while they run: bounded, holding nothing, and never ending well when they failed."""

from __future__ import annotations

import asyncio
import shutil
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pyarrow as pa
import pytest
from pyarrow import parquet
from sqlalchemy import event, text
from sqlalchemy.pool import QueuePool

from models.database import Database
from models.event_log import Attempts, append
from models.membership import Role
from models.reach import Reach
from models.time_range import EVER
from models.usage_filter import EVERYTHING
from resolvers.event_export import PAGE, EventExport
from resolvers.people.members import members, remove_member
from tests.browser import PASSWORD, Browser, invited, make_person
from tests.conftest import Keys
from tests.events import NOON, make_draft
from tests.livemeter_server import InProcessServer
from tests.rest_client import RestClient
from web.rest.event_file import FORMATS, new_file
from web.rest.parquet_file import GROUP_BYTES, GROUP_ROWS, ParquetFile

PATH = "/v1/events/export"
DAYS = {"startDate": "2026-11-01", "endDate": "2026-12-31"}
# With these far more than sockets hold, so that the server has to wait for who reads.
MANY = 20 * PAGE
FILLING = "x" * 3_000


async def _record_copies(database: Database, count: int, filling: str = "") -> None:
    """So many events a second apart, faster than they can be recorded; `cubes` are left alone."""
    await append(database, 1, [make_draft("event-1", customer_id="acme")], Attempts())
    async with database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(
            f"""INSERT INTO usage_events (workspace_id, sequence, id, type, customer_id,
                cost_status, cost_lines, outcome, occurred_at, recorded_at, fingerprint, metadata)
            SELECT workspace_id, n, 'event-' || n, type, customer_id, cost_status, cost_lines,
                outcome, occurred_at + (n - 1) * interval '1 second', recorded_at, fingerprint,
                '{{"filling": "{filling}"}}'
            FROM usage_events, generate_series(2, {count}) AS n"""
        )
        await connection.exec_driver_sql(
            f"UPDATE workspaces SET last_sequence = {count}, cubed_sequence = {count}"
        )
        await connection.exec_driver_sql("ANALYZE usage_events")


@pytest.fixture
async def _many(database: Database) -> None:
    await _record_copies(database, MANY, FILLING)


many = pytest.mark.usefixtures("_many")


@asynccontextmanager
async def _reading(
    server: InProcessServer, key: str, format: str = "csv"
) -> AsyncIterator[AsyncIterator[bytes]]:
    """The rest of an export whose first piece has come."""
    async with (
        RestClient(server.url, key) as client,
        client.http.stream("GET", PATH, params={"format": format, **DAYS}) as response,
    ):
        assert response.status_code == 200
        pieces = response.aiter_bytes()
        await anext(pieces)
        yield pieces


def _checked_out(server: InProcessServer) -> int:
    pool = server.app.state.services.database.engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


@contextmanager
def _counted_pages(server: InProcessServer) -> Iterator[list[None]]:
    """One for each page of events that is read in the block."""
    pages: list[None] = []
    engine = server.app.state.services.database.engine.sync_engine

    def note(*arguments: Any) -> None:
        if "usage_events.occurred_at <" in arguments[2]:
            pages.append(None)

    event.listen(engine, "before_cursor_execute", note)
    yield pages
    event.remove(engine, "before_cursor_execute", note)


async def _settled(server: InProcessServer) -> None:
    """Until the server has gone as far as it goes without being read."""
    with _counted_pages(server) as pages:
        before = -1
        while before != len(pages) or _checked_out(server):
            before = len(pages)
            await asyncio.sleep(0.3)


@many
async def test_a_client_that_does_not_read_holds_no_connection_and_few_pages(
    server: InProcessServer, keys: Keys
) -> None:
    with _counted_pages(server) as pages:
        async with _reading(server, keys.read) as pieces:
            await _settled(server)
            assert _checked_out(server) == 0
            assert 1 <= len(pages) <= MANY // PAGE // 2
            async for _ in pieces:
                pass
        # The first looks how far to go at a time, the last finds that there are no more.
        assert len(pages) == 1 + MANY // PAGE + 1


@many
async def test_no_transaction_stays_open_while_a_client_does_not_read(
    server: InProcessServer, keys: Keys, database: Database
) -> None:
    async with _reading(server, keys.read):
        await _settled(server)
        async with database.read_as_owner() as session:
            query = text(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE state LIKE 'idle in%' AND query LIKE '%usage_events.occurred_at <%'"
            )
            assert await session.scalar(query) == 0


@many
async def test_what_is_recorded_meanwhile_neither_breaks_nor_doubles(
    server: InProcessServer, keys: Keys, database: Database
) -> None:
    content = bytearray()
    async with _reading(server, keys.read, "ndjson") as pieces:
        # Before, between and behind what was there.
        for place in (-1000, 5, MANY - 5, MANY + 1000):
            late = NOON + timedelta(seconds=place, milliseconds=1)
            drafts = [make_draft(f"late-{place}-{n}", occurred_at=late) for n in range(3)]
            await append(database, 1, drafts, Attempts())
        async for piece in pieces:
            content += piece
    # The first piece was not kept, so the first line here may be a part of one.
    ids = [line.split(b'"id":"')[1].split(b'"')[0] for line in content.splitlines()[1:]]
    first = int(ids[0].removeprefix(b"event-"))
    assert ids == [f"event-{number}".encode() for number in range(first, MANY + 1)]


async def _is_cut(pieces: AsyncIterator[bytes]) -> None:
    with pytest.raises(httpx2.RemoteProtocolError, match="incomplete chunked read"):
        async for _ in pieces:
            pass


@many
@pytest.mark.parametrize("format", FORMATS)
async def test_a_failure_in_the_middle_cuts_the_connection(
    server: InProcessServer, keys: Keys, database: Database, format: str
) -> None:
    async with _reading(server, keys.read, format) as pieces:
        async with database.write() as session:
            await session.execute(text("ALTER TABLE usage_events RENAME TO gone"))
        await _is_cut(pieces)


@many
@pytest.mark.skipif(shutil.which("curl") is None, reason="THERE IS NO curl TO BE CUT OFF")
async def test_curl_tells_a_file_that_was_cut_by_its_status(
    server: InProcessServer, keys: Keys, database: Database
) -> None:
    query = f"{PATH}?format=csv&startDate=2026-11-01&endDate=2026-12-31"
    process = await asyncio.create_subprocess_exec(
        *("curl", "--silent", "--noproxy", "*", f"{server.url}{query}"),
        *("-H", f"Authorization: Bearer {keys.read}"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert (await process.stdout.read(10)).startswith(b"cursor,id")
    async with database.write() as session:
        await session.execute(text("ALTER TABLE usage_events RENAME TO gone"))
    await process.communicate()
    assert process.returncode == 18


@many
async def test_a_key_that_is_revoked_in_the_middle_ends_the_export(
    server: InProcessServer, keys: Keys, database: Database
) -> None:
    async with _reading(server, keys.read) as pieces:
        async with database.write() as session:
            statement = text("UPDATE api_keys SET revoked_at = :now WHERE name = 'read'")
            await session.execute(statement, {"now": datetime.now(UTC)})
        await asyncio.sleep(1)  # Keys are remembered for half a second.
        await _is_cut(pieces)


@many
async def test_a_person_who_is_removed_in_the_middle_gets_no_more_by_another_workspace(
    server: InProcessServer, keys: Keys, database: Database
) -> None:
    async with Browser(server.url) as browser:
        await make_person(browser, database, "boss@example.com", Role.ADMIN)
        await make_person(browser, database, "ada@example.com")
        token = await invited(database, "ada@example.com", workspace_id=2)
        await browser.post("/invitation", json={"token": token, "password": PASSWORD})
        query = {"format": "csv", "workspace": "1", **DAYS}
        assert (await browser.get(PATH, params=query | {"limit": 1})).status_code == 200
        await server.app.state.services.keys._uses._write()
        del query["workspace"]
        async with browser.stream("GET", PATH, params=query) as response:
            assert response.status_code == 200
            pieces = response.aiter_bytes()
            await anext(pieces)
            ada = next(one for one in await members(database, 1) if one.email.startswith("ada"))
            await remove_member(database, 1, ada.id, by="a test")
            await asyncio.sleep(1)  # Sessions are remembered for half a second.
            await _is_cut(pieces)


@many
async def test_connections_that_postgres_ends_between_pages_do_no_harm(
    server: InProcessServer, keys: Keys, database: Database
) -> None:
    content = bytearray()
    async with _reading(server, keys.read, "ndjson") as pieces:
        await _settled(server)
        async with database.read_as_owner() as session:
            await session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        async for piece in pieces:
            content += piece
    assert f'"id":"event-{MANY}"'.encode() in content.splitlines()[-1]


@many
async def test_a_client_that_goes_away_leaves_nothing_behind(
    server: InProcessServer, keys: Keys
) -> None:
    with _counted_pages(server) as pages:
        async with _reading(server, keys.read):
            pass
        await _settled(server)
        assert len(pages) <= MANY // PAGE // 2


async def _peak(database: Database, format: str, limit: int) -> int:
    """Bytes that Python held at most, above what it held before."""
    export = EventExport(Reach(1), EVER, EVERYTHING, limit=limit)
    file = new_file(format)
    tracemalloc.start()
    try:
        file.begin()
        async for events in export.pages(database):
            file.write(events)
        file.end()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def _assert_bounded(database: Database, format: str, few: int, many: int) -> None:
    await _record_copies(database, many)
    await _peak(database, format, PAGE)  # What is loaded once.
    assert await _peak(database, format, many) < 1.5 * await _peak(database, format, few)


@pytest.mark.parametrize("format", ["csv", "ndjson"])
async def test_ten_times_the_events_take_no_more_memory(database: Database, format: str) -> None:
    await _assert_bounded(database, format, few=PAGE, many=10 * PAGE)


@pytest.mark.slow
@pytest.mark.parametrize("format", ["csv", "ndjson"])
async def test_a_long_file_takes_no_more_memory(database: Database, format: str) -> None:
    await _assert_bounded(database, format, few=10_000, many=50_000)


@pytest.mark.slow
async def test_a_long_parquet_file_holds_one_group_of_rows(database: Database) -> None:
    """In memory that Arrow counts and Python does not."""
    await _record_copies(database, 3 * GROUP_ROWS, FILLING[:100])
    export = EventExport(Reach(1), EVER, EVERYTHING)
    file = new_file("parquet")
    file.begin()
    most = 0
    async for events in export.pages(database):
        file.write(events)
        most = max(most, pa.total_allocated_bytes())
    file.end()
    assert most < 128 * 2**20
    assert pa.total_allocated_bytes() < 2**20


@pytest.mark.parametrize(("rows", "bytes"), [(2 * PAGE, GROUP_BYTES), (GROUP_ROWS, 2**16)])
async def test_groups_of_rows_are_bounded_in_rows_and_in_bytes(
    database: Database, rows: int, bytes: int
) -> None:
    await _record_copies(database, 5 * PAGE + 1)
    file = ParquetFile(rows, bytes)
    content = file.begin()
    async for events in EventExport(Reach(1), EVER, EVERYTHING).pages(database):
        content += file.write(events)
    content += file.end()
    metadata = parquet.read_metadata(pa.BufferReader(content))
    groups = [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)]
    assert sum(groups) == 5 * PAGE + 1
    assert len(groups) >= 3
    assert max(groups) <= rows
