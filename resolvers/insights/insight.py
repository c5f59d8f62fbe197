"""One thing that usage says about money, with all that is needed to check it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from models.price import PriceSource
from models.usage_sums import UsageSums
from pricing.event_cost import COUNT_FIELDS
from resolvers.analytics.dimension import GroupKey


class InsightKind(StrEnum):
    CHEAPER_MODEL = "CHEAPER_MODEL"
    CACHE_SAVINGS = "CACHE_SAVINGS"
    BATCH_PRICE = "BATCH_PRICE"
    FAILED_CALLS = "FAILED_CALLS"
    UNUSUAL_FEATURE = "UNUSUAL_FEATURE"
    UNUSUAL_CUSTOMER = "UNUSUAL_CUSTOMER"
    UNPRICED_USAGE = "UNPRICED_USAGE"


class InsightAmount(StrEnum):
    """What an insight's dollars are."""

    COULD_SAVE = "COULD_SAVE"
    SAVED = "SAVED"
    WASTED = "WASTED"
    EXCESS = "EXCESS"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class InsightNumber:
    """A figure that the formula uses; `value` is None where it is not known."""

    name: str
    value: Decimal | None
    unit: str


@dataclass(frozen=True)
class InsightQuery:
    """A GraphQL document and its variables, to be sent to this server as they are."""

    document: str
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class CheaperModel:
    """What the same usage costs at another model, in USD."""

    provider: str
    model: str
    source: PriceSource
    is_same_provider: bool
    cost_usd: Decimal
    saving_usd: Decimal


@dataclass(frozen=True)
class Insight:
    """`amount_usd` is None where it is not known."""

    kind: InsightKind
    title: str
    amount_usd: Decimal | None
    amount_is: InsightAmount
    subject: GroupKey
    numbers: tuple[InsightNumber, ...]
    formula: str
    assumption: str
    query: InsightQuery
    candidates: tuple[CheaperModel, ...] = ()


def usd(name: str, value: Decimal | None) -> InsightNumber:
    return InsightNumber(name, value, "USD")


def count(name: str, value: int, unit: str) -> InsightNumber:
    return InsightNumber(name, Decimal(value), unit)


def counts_of(sums: UsageSums) -> dict[str, int]:
    """What was counted, by the units' names; without noughts."""
    named = {unit: getattr(sums, field) for unit, field in COUNT_FIELDS.items()}
    return {unit: count for unit, count in named.items() if count}


def count_numbers(counts: Mapping[str, int]) -> Iterable[InsightNumber]:
    for unit, number in counts.items():
        words = unit.replace("_", " ")
        yield count(words, number, words.rsplit(" ", 1)[-1])
