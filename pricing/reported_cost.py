"""What a provider or gateway says it charged, compared with what the price book says."""

from __future__ import annotations

from decimal import Decimal

from models.cost import ReportedCostStatus
from pricing.arithmetic import EXACT

_TOLERANCE = Decimal("0.01")
# Some round what they report: Perplexity to thousandths of a dollar in some streams, to
# hundred-thousandths elsewhere. Half a unit in the last place is allowed for, up to this in USD.
_MOST_ROUNDING = Decimal("0.0005")


def compare(reported: Decimal, computed: Decimal | None) -> ReportedCostStatus:
    """How our cost compares with the reported one; both in USD, None where ours is not known.

    What is known in part is compared too: a search that the price book has no rate for is a
    difference that somebody should see.
    """
    if computed is None:
        return ReportedCostStatus.NOT_COMPARED
    difference = EXACT.subtract(reported, computed).copy_abs()
    allowed = max(EXACT.multiply(reported, _TOLERANCE), _rounding(reported))
    return ReportedCostStatus.DIFFERS if difference > allowed else ReportedCostStatus.AGREES


def _rounding(reported: Decimal) -> Decimal:
    """Half a unit in the last place that is written. Of a whole 0 nothing is allowed for."""
    if not reported:
        return Decimal(0)
    exponent = int(reported.as_tuple().exponent)
    return min(Decimal(5).scaleb(exponent - 1), _MOST_ROUNDING)
