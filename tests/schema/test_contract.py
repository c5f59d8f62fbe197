"""The built schema only adds to the public contract."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import build_schema, print_schema
from graphql.utilities import find_breaking_changes

from schema.contract import build_schema as build_livemeter
from schema.contract import sdl

ROOT = Path(__file__).parents[2]
CONTRACT = Path(__file__).parents[1] / "data" / "contract.graphql"


def _missing() -> set[str]:
    contract = build_schema(CONTRACT.read_text())
    built = build_schema(sdl())
    return {change.description for change in find_breaking_changes(contract, built)}


def test_nothing_of_the_contract_is_broken() -> None:
    assert _missing() == set()


def test_the_kept_schema_file_is_the_built_schema() -> None:
    assert (ROOT / "schema" / "schema.graphql").read_text() == sdl(), (
        "run: python -m schema > schema/schema.graphql"
    )


def test_the_kept_contract_is_the_published_one() -> None:
    published = ROOT.parent / "shared" / "contract.graphql"
    if not published.exists():
        pytest.skip("the published contract is not beside this checkout")
    assert CONTRACT.read_text() == published.read_text()


def test_everything_in_the_schema_is_described_or_says_itself() -> None:
    built = build_livemeter()._schema
    undescribed = [
        name
        for name, type_ in built.type_map.items()
        if not name.startswith("__")
        and type_.description is None
        and name not in {"Query", "Mutation", "Subscription", "PageInfo", "EventEdge"}
    ]
    assert undescribed == []
    assert "type Query" in print_schema(built)
