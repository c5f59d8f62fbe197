"""What docs/recording.md says is read of responses is so."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from pricing.response import read_response

PAGE = (Path(__file__).parents[2] / "docs" / "recording.md").read_text()
HEAD = "| shape | provider | body | counts |"
ROWS = [
    [cell.strip() for cell in row.strip("|").split("|")]
    for row in PAGE.split(HEAD, 1)[1].split("\n\n", 1)[0].splitlines()[2:]
]


@pytest.mark.parametrize(
    ("provider", "body", "counts"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_a_body_of_the_page_is_read_as_the_page_says(provider: str, body: str, counts: str) -> None:
    read = read_response(provider.strip("`"), json.loads(body.strip("`"), parse_float=Decimal))
    told = {unit: int(count) for unit, count in re.findall(r"`(\w+)` (\d+)", counts)}
    assert read.quantities == told
