"""What a model's usage is compared by: what it cost, or would at the model's own rates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.price import Price
from pricing.what_if import base_rates
from resolvers.insights.insight import InsightNumber, InsightQuery, count, count_numbers, usd
from resolvers.insights.model_usage import CALL_TYPES, KNOWN, ModelUsage
from resolvers.insights.question import Question

LEFT_OUT = (
    "It is of the calls whose cost is known in full, from sums: rates for long requests, "
    "minimums and units beyond the counts shown are left out, and custom events."
)
BASE = (
    "compared with = the lower of what was recorded and the cost at the model's own rates, "
    "where these are known"
)


@dataclass(frozen=True)
class Comparison:
    """The base is never more than was recorded, so that no saving is made of what was not paid."""

    model: ModelUsage
    price: Price | None
    at_own_rates: Decimal | None

    @classmethod
    def of(cls, question: Question, model: ModelUsage) -> Comparison:
        price = model.price(question)
        own = None if price is None else base_rates(price).cost(model.counts, model.known.events)
        return cls(model, price, own)

    @property
    def base(self) -> Decimal:
        recorded = self.model.known.cost
        return recorded if self.at_own_rates is None else min(recorded, self.at_own_rates)

    def numbers(self) -> Iterable[InsightNumber]:
        known, all_ = self.model.known, self.model.all
        yield count("calls", known.events, "events")
        yield count("events left out", all_.events - known.events, "events")
        yield from count_numbers(self.model.counts)
        yield usd("recorded", known.cost)
        yield usd("at own rates", self.at_own_rates)
        yield usd("compared with", self.base)

    def query(self, question: Question, models: Sequence[tuple[str, str]]) -> InsightQuery:
        """The counts, and the prices of the model and of others."""
        own = [(self.model.provider, self.model.model)] if self.price is not None else []
        filter = question.filter(
            provider=(self.model.provider,),
            model=(self.model.model,),
            type=CALL_TYPES,
            cost_status=KNOWN,
        )
        named = [(provider or "", model or "") for provider, model in own]
        return question.proof.of_models(filter, [*named, *models], question.at)
