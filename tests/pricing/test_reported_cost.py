"""What a provider says it charged, compared with our own cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from models.cost import ReportedCostStatus
from pricing.reported_cost import compare


@pytest.mark.parametrize(
    ("reported", "computed", "status"),
    [
        pytest.param("1", "1", "AGREES", id="equal"),
        pytest.param("100.00", "101", "AGREES", id="1 % apart"),
        pytest.param("100.00", "101.01", "DIFFERS", id="more than 1 % above"),
        pytest.param("100.00", "98.99", "DIFFERS", id="more than 1 % below"),
        pytest.param("0.0133176", "0.0033176", "DIFFERS", id="a search that we have no rate for"),
        pytest.param("0.005", "0.005137", "AGREES", id="rounded to thousandths"),
        pytest.param("0.00502", "0.005023", "AGREES", id="rounded to hundred-thousandths"),
        pytest.param("0.01", "0.0033", "DIFFERS", id="more than rounding explains"),
        pytest.param("5", "5.4", "DIFFERS", id="whole dollars are not rounded ones"),
        pytest.param("0", "0.001", "DIFFERS", id="nothing was charged"),
        pytest.param("0", "0", "AGREES", id="nothing on either side"),
        pytest.param("1", None, "NOT_COMPARED", id="no cost of ours"),
    ],
)
def test_a_reported_cost_agrees_within_one_percent_and_its_rounding(
    reported: str, computed: str | None, status: str
) -> None:
    ours = None if computed is None else Decimal(computed)
    assert compare(Decimal(reported), ours) is ReportedCostStatus(status)
