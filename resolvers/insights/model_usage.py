"""The usage of the models that cost most, told apart by what is known of its cost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from models.cost import CostStatus
from models.event import EventType, Outcome
from models.price import Price
from models.usage_query import Measure, RankQuery
from models.usage_sums import UsageSums, add_sums
from resolvers.analytics.dimension import GroupKey, narrowed
from resolvers.analytics.usage import Usage
from resolvers.insights.insight import counts_of
from resolvers.insights.question import Question

MAX_MODELS = 50
# How far models beyond these are counted.
MAX_COUNTED = 1_000
# Custom events are counted in units of their own, which sums do not have.
CALL_TYPES = (EventType.TOKEN_USAGE, EventType.IMAGE_GENERATION)
KNOWN = (CostStatus.PRICED, CostStatus.SUPPLIED, CostStatus.REPORTED)
_NAMES = ("provider", "model")
_COLUMNS = (*_NAMES, "type", "cost_status", "outcome")


@dataclass(frozen=True)
class ModelUsage:
    """`known` are calls whose cost is known in full, `failed` those that ended with an error."""

    provider: str | None
    model: str | None
    all: UsageSums
    failed: UsageSums
    known: UsageSums

    @property
    def key(self) -> GroupKey:
        return GroupKey(provider=self.provider, model=self.model)

    @property
    def name(self) -> str:
        return named(self.provider, self.model)

    @property
    def counts(self) -> dict[str, int]:
        """What was counted of the calls with a known cost, by unit."""
        return counts_of(self.known)

    def price(self, question: Question) -> Price | None:
        if not self.provider or not self.model:
            return None
        return question.book.price(self.provider, self.model, question.at)


@dataclass(frozen=True)
class ModelsUsed:
    """Those with the most cost first; `left_out` says how many more there are, up to 950."""

    models: list[ModelUsage]
    left_out: int


async def read_models(usage: Usage) -> ModelsUsed:
    """Two statements. Within the reader's `open`."""
    keys = await usage.ranking(
        RankQuery(
            usage.workspace_id,
            usage.range.range,
            _NAMES,
            Measure.COST,
            MAX_COUNTED,
            usage.filter,
        )
    )
    shown = keys[:MAX_MODELS]
    if not shown:
        return ModelsUsed([], 0)
    found = await usage.sums((usage.range.range,), _COLUMNS, narrowed(usage.filter, _NAMES, shown))
    parts = defaultdict(list)
    for (_, (provider, model, *rest)), sums in found.items():
        parts[provider, model].append((tuple(rest), sums))
    models = [_model(provider, model, parts[provider, model]) for provider, model in shown]
    return ModelsUsed(models, len(keys) - len(shown))


def named(provider: str | None, model: str | None) -> str:
    if model is None:
        return "Usage without a model" if provider is None else f"Usage of {provider}"
    return model if provider is None else f"{model} ({provider})"


def _model(
    provider: str | None,
    model: str | None,
    parts: list[tuple[tuple[str | None, ...], UsageSums]],
) -> ModelUsage:
    return ModelUsage(
        provider,
        model,
        add_sums(sums for _, sums in parts),
        add_sums(sums for (_, _, outcome), sums in parts if outcome == Outcome.ERROR),
        add_sums(
            sums for (type, status, _), sums in parts if type in CALL_TYPES and status in KNOWN
        ),
    )
