"""The pages lead to each other, and their tables name what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.key import Scope
from resolvers.time_range import RangePreset
from tests.docs.page import PAGES, ROOT
from web.rest.analytics_usage import ANALYTICS_USAGE
from web.rest.event_columns import COLUMNS
from web.rest.events_export import EVENTS_EXPORT
from web.rest.openapi import openapi
from web.rest.parquet_file import SCHEMA

API = (ROOT / "docs" / "api.md").read_text()
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
_NAME = re.compile(r"`([A-Za-z]+)`")


def _section(title: str) -> str:
    return API.split(f"\n## {title}\n")[1].split("\n## ")[0]


def _first_cells(section: str) -> list[str]:
    """What stands in backticks in the first cells of its tables."""
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return [name for cell in cells for name in _NAME.findall(cell)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = [link for link in _LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert broken == []


def test_the_readme_leads_to_every_page() -> None:
    links = _LINK.findall((ROOT / "README.md").read_text())
    assert {f"docs/{page.name}" for page in PAGES[1:]} <= set(links)


def test_the_parameters_of_usage_are_those_there_are() -> None:
    described = _first_cells(_section("GET /v1/analytics/usage"))
    assert set(described) == {parameter.name for parameter in ANALYTICS_USAGE.parameters}


def test_the_parameters_of_the_export_are_those_there_are() -> None:
    own = _first_cells(_section("GET /v1/events/export").split("| column |")[0])
    known = {parameter.name for parameter in EVENTS_EXPORT.parameters}
    assert (
        set(own) | {parameter.name for parameter in ANALYTICS_USAGE.parameters} - {"groupBy"}
        == known
    )


def test_the_columns_of_the_export_are_those_there_are() -> None:
    described = _first_cells(_section("GET /v1/events/export").split("| column |")[1])
    assert sorted(described) == sorted(column.name for column in COLUMNS)


def test_what_parquet_has_beyond_is_named() -> None:
    beyond = set(SCHEMA.names) - {column.name for column in COLUMNS}
    assert all(f"`{name}`" in _section("GET /v1/events/export") for name in beyond)


def test_the_statuses_of_refusals_are_those_that_openapi_describes() -> None:
    described = set(re.findall(r"^\| (\d{3}) \|", _section("Errors"), re.MULTILINE))
    responses = [path["get"]["responses"] for path in openapi()["paths"].values()]
    assert described == {status for one in responses for status in one} - {"200"}


def test_scopes_and_presets_are_all_named() -> None:
    assert all(f"`{word}`" in API for word in (*Scope, *RangePreset))
