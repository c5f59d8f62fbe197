"""What docs/pricing.md says of names and numbers is so."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from models.cost import CostReasonCode, CostStatus
from pricing.catalogue import Catalogue
from pricing.corrections import CORRECTIONS
from pricing.cost import cost_of
from pricing.rate_card import CallContext
from pricing.usage import check_quantities

PAGE = (Path(__file__).parents[2] / "docs" / "pricing.md").read_text()
CATALOGUE = Catalogue.bundled()
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def _table(head: str) -> list[list[str]]:
    """The rows under a table's head, cell by cell."""
    rows = PAGE.split(f"| {head} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def _words(cell: str) -> list[str]:
    return re.findall("`([^`]+)`", cell)


@pytest.mark.parametrize(
    ("provider", "model", "priced_as"), _table("provider | model | is priced as")
)
def test_a_name_is_priced_as_the_page_says(provider: str, model: str, priced_as: str) -> None:
    price = CATALOGUE.price(*_words(provider), *_words(model), NOON)
    assert ([] if price is None else [price.provider, price.model]) == _words(priced_as)


def test_the_lines_of_the_example_are_those_on_the_page() -> None:
    counts = {
        "input_tokens": 1000,
        "output_tokens": 50,
        "cache_read_tokens": 400,
        "cache_write_tokens": 100,
        "cache_write_1h_tokens": 100,
    }
    check_quantities(counts)
    price = CATALOGUE.price("anthropic", "claude-sonnet-4-5", NOON)
    lines = cost_of(price, counts).lines
    assert [(line.unit, line.quantity, line.unit_price, line.amount) for line in lines] == [
        (*_words(unit), Decimal(quantity), Decimal(each), Decimal(usd))
        for unit, quantity, each, usd in _table("line | quantity | USD each | USD")
    ]


def test_the_page_has_all_reasons_and_statuses() -> None:
    reasons = [_words(row[0])[0] for row in _table("reason | subject | what it means")]
    statuses = [_words(row[0])[0] for row in _table("`cost.status` | meaning")]
    assert (reasons, statuses) == ([*CostReasonCode], [*CostStatus])


def test_the_page_has_all_that_prices_may_depend_on() -> None:
    fields = [_words(row[0])[0] for row in _table("field | for example")]
    assert fields == [
        re.sub("_(.)", lambda match: match[1].upper(), name) for name in CallContext._fields
    ]


def test_the_page_names_all_providers_whose_prices_are_corrected() -> None:
    rows = _table("provider | what")
    named = {name.strip().lower() for row in rows for name in row[0].split(",")}
    corrected = {each.provider for each in CORRECTIONS}
    assert named == {{"aws": "amazon"}.get(name, name) for name in corrected}
