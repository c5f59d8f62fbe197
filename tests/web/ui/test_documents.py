"""The page's GraphQL documents are valid against the schema."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from schema.contract import build_schema

UI = Path(__file__).parents[3] / "web" / "ui"
DOCUMENTS = sorted((UI / "src" / "documents").glob("*.graphql"))
SCHEMA = build_schema()._schema


def _text(document: Path) -> str:
    """Fragments stand in files of their own; those that are spread are put behind."""
    text = document.read_text()
    fragments = {
        match[1]: other.read_text()
        for other in DOCUMENTS
        if (match := re.match(r"\s*(?:#.*\n)*fragment (\w+)", other.read_text()))
    }
    for name in dict.fromkeys(re.findall(r"\.\.\.(\w+)", text)):
        if f"fragment {name}" not in text:
            text += fragments[name]
    return text


def test_there_are_documents() -> None:
    assert DOCUMENTS


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_a_document_of_the_page_is_valid(document: Path) -> None:
    parsed = parse(_text(document))
    operations = [node for node in parsed.definitions if node.kind == "operation_definition"]
    if operations:
        assert validate(SCHEMA, parsed) == []


def test_the_query_editors_example_is_valid() -> None:
    script = (UI / "public" / "graphiql" / "start.js").read_text()
    example = script.partition("const EXAMPLE = `")[2].partition("`;")[0]
    assert validate(SCHEMA, parse(example)) == []
