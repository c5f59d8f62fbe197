"""What the docs show is so: every query, event, command and answer in them is tried."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Keys
from tests.docs.page import PAGES, ROOT, Block, blocks
from tests.docs.reader import Reader
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer

# Files that the pages speak of.
USAGE_CSV = """TIMESTAMP,ContextTokens,GeneratedTokens
2024-01-15 09:30:00.1234567,4808,10
2024-01-15 09:30:05,3180,8
"""
USAGE_NDJSON = """{"id": "line-1", "provider": "openai", "model": "gpt-4o", "inputTokens": 10}
{"provider": "openai", "model": "gpt-4o", "outputTokens": 5, "occurredAt": "2024-01-15T09:30:00Z"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "usage.csv").write_text(USAGE_CSV)
    (tmp_path / "usage.ndjson").write_text(USAGE_NDJSON)
    return tmp_path


@pytest.mark.skipif(shutil.which("curl") is None, reason="THERE IS NO curl TO TRY THE DOCS WITH")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
async def test_what_a_page_shows_works(
    page: Path,
    server: InProcessServer,
    admin: GraphQLClient,
    keys: Keys,
    database_url: str,
    folder: Path,
) -> None:
    reader = Reader(admin, server.url, keys.admin, database_url, folder)
    for block in blocks(page):
        try:
            await reader.follow(block)
        except Exception as error:
            error.add_note(f"{block.place}:\n{block.code}")
            raise
    assert reader.ran == [block.place for block in blocks(page)]


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("graphql", "query { viewer { nothing } }"),
        ("graphql", "subscription { activity { nothing } }"),
        ("json", '{"id": "a", "provider": "openai", "inputTokens": 1}'),
        ("json", '{"data": {"viewer": null}}'),
        ("sh", "curl http://127.0.0.1:8000/nowhere --fail"),
        ("sh", "curl http://127.0.0.1:8000/graphql -G --data-urlencode 'query={ nothing }'"),
        ("sh", "livemeter serve --nothing"),
        ("sh", "livemeter nothing"),
        ("sh", "make nothing"),
        ("sh", "export LIVEMETER_NOTHING=1"),
        ("sh", "rm -rf nothing"),
        ("python", "raise SystemExit(1)"),
        ("ruby", "exit"),
    ],
)
async def test_what_does_not_work_is_found(
    language: str,
    code: str,
    server: InProcessServer,
    admin: GraphQLClient,
    keys: Keys,
    database_url: str,
    folder: Path,
) -> None:
    reader = Reader(admin, server.url, keys.admin, database_url, folder)
    with pytest.raises(AssertionError):
        await reader.follow(Block("here", language, code + "\n"))
    assert reader.ran == []


def test_blocks_are_found_in_lists_too() -> None:
    found = blocks(ROOT / "docs" / "troubleshooting.md")
    assert found[0].code.startswith("mutation {\n  recordEvents")
