"""What all insights of one question are computed with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from models.usage_filter import UsageFilter
from pricing.price_book import PriceBook
from resolvers.analytics.usage import Usage
from resolvers.insights.proof import Proof


@dataclass(frozen=True)
class Question:
    """A range of usage that passes a filter, and the prices to reckon with."""

    usage: Usage
    book: PriceBook

    @property
    def at(self) -> datetime:
        """The moment whose prices hold: the last of the range, or now where that is to come."""
        end = self.usage.range.range.to - timedelta(microseconds=1)
        return min(end, self.usage.range.now)

    @property
    def proof(self) -> Proof:
        range = self.usage.range
        return Proof(range.range, range.zone.key, self.usage.filter)

    def filter(self, **values: tuple[Any, ...]) -> UsageFilter:
        """The question's filter, and no other values of these columns."""
        given = dict(self.usage.filter.given)
        return replace(
            self.usage.filter,
            **{
                name: tuple(value for value in wanted if name not in given or value in given[name])
                for name, wanted in values.items()
            },
        )
