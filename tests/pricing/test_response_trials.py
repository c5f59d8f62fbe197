"""91 bodies of 25 families of providers, with the counts that were worked out by hand."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pricing.response import UnreadableResponse, read_response
from pricing.usage import check_quantities

FILE = Path(__file__).parents[1] / "data" / "response_trials.json"
TRIALS: list[dict[str, Any]] = json.loads(FILE.read_text(), parse_float=Decimal)
NAMES = [f"{n}-{each['family']}-{each['note'][:40]}" for n, each in enumerate(TRIALS)]


@pytest.mark.parametrize("trial", TRIALS, ids=NAMES)
def test_a_real_response_is_read_as_it_was_worked_out_by_hand(trial: dict[str, Any]) -> None:
    expected = trial["expected_counts"]
    if expected is None:
        with pytest.raises(UnreadableResponse, match="missing"):
            read_response(trial["provider"], trial["response"], trial["model"])
        return
    read = read_response(trial["provider"], trial["response"], trial["model"])
    check_quantities(read.quantities)
    assert {unit: read.quantities.get(unit) for unit in expected} == expected
