"""The page's GraphQL documents are valid against the schema."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import parse, validate

from schema.contract import build_schema

UI = Path(__file__).parents[3] / "web" / "ui"
DOCUMENTS = sorted((UI / "src" / "documents").glob("*.graphql"))
SCHEMA = build_schema()._schema


def test_there_are_documents() -> None:
    assert DOCUMENTS


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_a_document_of_the_page_is_valid(document: Path) -> None:
    assert validate(SCHEMA, parse(document.read_text())) == []


def test_the_query_editors_example_is_valid() -> None:
    script = (UI / "public" / "graphiql" / "start.js").read_text()
    example = script.partition("const EXAMPLE = `")[2].partition("`;")[0]
    assert validate(SCHEMA, parse(example)) == []
