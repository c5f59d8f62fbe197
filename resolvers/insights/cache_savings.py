"""What reading from caches has saved, and what more of it would save."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pricing.arithmetic import EXACT
from pricing.rate_card import Charge
from pricing.what_if import base_rates
from resolvers.insights.comparison import LEFT_OUT, Comparison
from resolvers.insights.insight import (
    Insight,
    InsightAmount,
    InsightKind,
    InsightNumber,
    count,
    usd,
)
from resolvers.insights.question import Question

_MILLION = Decimal(1_000_000)
_RATE = "USD per million tokens"
_SAVED_FORMULA = "saved = cache read tokens x (input rate - cache read rate)"
_HALF_FORMULA = (
    "could save = tokens moved x (input rate - cache read rate); tokens moved = half of the input "
    "tokens - cache read tokens, but no more than the input that is neither read from a cache nor "
    "written to one"
)
_SAVED_ASSUMPTION = (
    "What was read from a cache would else have been sent as plain input. What writing to the "
    "cache cost is not taken off. Base rates as they held at the moment that the query names. "
    + LEFT_OUT
)
_HALF_ASSUMPTION = (
    "Half of the input could be read from a cache, which hangs on how much of it repeats in time; "
    "what writing more to the cache would cost is not taken off. Base rates as they held at the "
    "moment that the query names. " + LEFT_OUT
)


def cache_savings(question: Question, comparisons: Sequence[Comparison]) -> Iterator[Insight]:
    for comparison in comparisons:
        rates = _rates(comparison)
        # Of audio that was read from a cache sums do not tell.
        if rates is None or comparison.model.known.input_audio_tokens:
            continue
        yield from _saved(question, comparison, *rates)
        yield from _at_half(question, comparison, *rates)


def _rates(comparison: Comparison) -> tuple[Charge, Charge] | None:
    """Of input and of cache reads, where the latter are cheaper."""
    if comparison.price is None:
        return None
    rates = base_rates(comparison.price)
    plain, read = rates.charge("input_tokens"), rates.charge("cache_read_tokens")
    if plain is None or read is None or read.unit_price >= plain.unit_price:
        return None
    return plain, read


def _saved(
    question: Question, comparison: Comparison, plain: Charge, read: Charge
) -> Iterator[Insight]:
    amount = _difference(Decimal(comparison.model.known.cache_read_tokens), plain, read)
    if amount > 0:
        yield _insight(
            question,
            comparison,
            f"Reading from caches has saved on {comparison.model.name}.",
            amount,
            InsightAmount.SAVED,
            (_SAVED_FORMULA, _SAVED_ASSUMPTION),
            _numbers(comparison, plain, read),
        )


def _at_half(
    question: Question, comparison: Comparison, plain: Charge, read: Charge
) -> Iterator[Insight]:
    moved = moved_tokens(comparison)
    amount = _difference(moved, plain, read)
    if amount > 0:
        yield _insight(
            question,
            comparison,
            f"A cache hit rate of 50 % would save on {comparison.model.name}.",
            amount,
            InsightAmount.COULD_SAVE,
            (_HALF_FORMULA, _HALF_ASSUMPTION),
            (*_numbers(comparison, plain, read), InsightNumber("tokens moved", moved, "tokens")),
        )


def moved_tokens(comparison: Comparison) -> Decimal:
    """Plain input that would be cache reads at half of the input; none where there is as much."""
    known = comparison.model.known
    missing = EXACT.subtract(
        EXACT.divide(Decimal(known.input_tokens), Decimal(2)), Decimal(known.cache_read_tokens)
    )
    plain = known.input_tokens - known.cache_read_tokens - known.cache_write_tokens
    return max(Decimal(0), min(missing, Decimal(plain)))


def _difference(tokens: Decimal, plain: Charge, read: Charge) -> Decimal:
    return EXACT.subtract(plain.of(tokens), read.of(tokens))


def _numbers(comparison: Comparison, plain: Charge, read: Charge) -> tuple[InsightNumber, ...]:
    known = comparison.model.known
    return (
        count("calls", known.events, "events"),
        count("events left out", comparison.model.all.events - known.events, "events"),
        count("input tokens", known.input_tokens, "tokens"),
        count("cache read tokens", known.cache_read_tokens, "tokens"),
        count("cache write tokens", known.cache_write_tokens, "tokens"),
        InsightNumber("input rate", plain.of(_MILLION), _RATE),
        InsightNumber("cache read rate", read.of(_MILLION), _RATE),
        usd("recorded", known.cost),
    )


def _insight(
    question: Question,
    comparison: Comparison,
    title: str,
    amount: Decimal,
    amount_is: InsightAmount,
    words: tuple[str, str],
    numbers: tuple[InsightNumber, ...],
) -> Insight:
    return Insight(
        InsightKind.CACHE_SAVINGS,
        title,
        amount,
        amount_is,
        comparison.model.key,
        numbers,
        *words,
        comparison.query(question, []),
    )
