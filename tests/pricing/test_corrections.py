"""What our own layer adds to genai-prices' prices: dated, sourced, and no longer than needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from genai_prices.data import providers as bundled_providers
from genai_prices.types import ModelInfo, PriceVariant

from models.cost import CostReason, CostReasonCode, CostStatus
from pricing.catalogue import Catalogue, schedules
from pricing.correcting import Add, AddVariant, Earlier, Replace, SameAs, Scale
from pricing.corrections import CORRECTIONS, REVISION, Correction, corrected
from pricing.cost import cost_of
from pricing.schedule import Schedule, merged
from pricing.suspicion import moves
from tests.pricing.own_catalogue import catalogue, usd

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SINCE = date(2026, 6, 1)
MILLION = 1_000_000
CATALOGUE = Catalogue.bundled()
NAMES = [f"{n}-{each.provider}-{type(each.change).__name__}" for n, each in enumerate(CORRECTIONS)]


def _changed(correction: Correction) -> list[str]:
    """The models whose prices a correction changes when it comes to them in its turn."""
    before = corrected(bundled_providers, CORRECTIONS[: CORRECTIONS.index(correction)])
    (provider,) = [each for each in before if each.id == correction.provider]
    return [model.id for model in provider.models if correction.apply(model) != model]


@pytest.mark.parametrize("correction", CORRECTIONS, ids=NAMES)
def test_the_catalogue_has_not_caught_up_with_a_correction(correction: Correction) -> None:
    assert _changed(correction), f"genai-prices has this by now: delete it. {correction}"


@pytest.mark.parametrize("correction", CORRECTIONS, ids=NAMES)
def test_a_correction_says_where_and_when_it_was_read(correction: Correction) -> None:
    assert correction.source.startswith("https://")
    assert correction.since <= correction.read_on <= date(*map(int, REVISION.split(".")[:3]))


def test_the_packages_own_prices_stay_as_they_are() -> None:
    before = repr(bundled_providers[0].models)
    corrected(bundled_providers)
    assert repr(bundled_providers[0].models) == before


CALLS: list[tuple[str, str, Mapping[str, int], Mapping[str, str], str]] = [
    # Anthropic, $5 and $25 a million: 1.1 times in the US, for all kinds of tokens.
    ("anthropic", "claude-opus-4-6", {"input_tokens": MILLION}, {"region": "us"}, "5.5"),
    ("anthropic", "claude-opus-4-6", {"input_tokens": MILLION}, {"region": "global"}, "5"),
    ("anthropic", "claude-opus-4-6", {"output_tokens": MILLION}, {"region": "us"}, "27.5"),
    (
        "anthropic",
        "claude-opus-4-6",
        {"input_tokens": MILLION, "cache_write_tokens": MILLION, "cache_write_1h_tokens": MILLION},
        {"region": "us"},
        "11",
    ),
    (
        "anthropic",
        "claude-opus-4-6",
        {"input_tokens": MILLION},
        {"region": "us", "processing": "batch"},
        "2.75",
    ),
    (
        "anthropic",
        "claude-opus-5",
        {"output_tokens": MILLION},
        {"region": "us", "speed": "fast"},
        "55",
    ),
    ("anthropic", "claude-opus-4-6", {"web_searches": 1_000}, {"region": "us"}, "10"),
    (
        "anthropic",
        "claude-3-5-haiku-latest",
        {"input_tokens": MILLION},
        {"processing": "batch"},
        "0.4",
    ),
    # OpenAI
    (
        "openai",
        "text-embedding-3-small",
        {"input_tokens": 6},
        {"processing": "batch"},
        "0.00000006",
    ),
    ("openai", "gpt-5.3-codex", {"web_searches": 1}, {}, "0.01"),
    ("openai", "gpt-3.5-turbo-1106", {"input_tokens": MILLION}, {"processing": "batch"}, "1"),
    (
        "openai",
        "gpt-4o-mini-tts",
        {"output_tokens": MILLION, "output_audio_tokens": MILLION},
        {},
        "12",
    ),
    (
        "openai",
        "gpt-image-1",
        {"output_tokens": MILLION, "output_image_tokens": MILLION},
        {"processing": "batch"},
        "20",
    ),
    # Google: $0.30 and $2.50 a million, half of it for batches and flex; the cache's rate stays.
    ("google", "gemini-2.5-flash", {"output_tokens": MILLION}, {"service_tier": "flex"}, "1.25"),
    (
        "google",
        "gemini-2.5-flash",
        {"input_tokens": 2 * MILLION, "cache_read_tokens": MILLION},
        {"service_tier": "flex"},
        "0.18",
    ),
    ("google", "gemini-3.5-flash", {"output_tokens": MILLION}, {"processing": "batch"}, "4.5"),
    # Grounding of Gemini 2.5 is billed by the request, that of Gemini 3 by the search.
    ("google", "gemini-2.5-flash", {"web_searches": 3}, {}, "0.035"),
    ("google", "gemini-3.5-flash", {"web_searches": 3}, {}, "0.042"),
    ("google", "gemini-2.5-pro-tts", {"output_tokens": 9, "output_audio_tokens": 9}, {}, "0.00018"),
    # Mistral, Groq
    (
        "mistral",
        "magistral-small-latest",
        {"output_tokens": 10},
        {"processing": "batch"},
        "0.0000075",
    ),
    (
        "groq",
        "llama-3.3-70b-versatile",
        {"input_tokens": MILLION},
        {"service_tier": "flex"},
        "0.59",
    ),
    (
        "groq",
        "llama-3.3-70b-versatile",
        {"input_tokens": MILLION},
        {"processing": "batch"},
        "0.295",
    ),
    # Amazon
    (
        "aws",
        "us.amazon.nova-micro-v1:0",
        {"input_tokens": 13, "output_tokens": 5},
        {"service_tier": "flex"},
        "0.0000005775",
    ),
    (
        "aws",
        "amazon.nova-pro-v1:0",
        {"input_tokens": MILLION},
        {"service_tier": "priority"},
        "1.4",
    ),
    # x-ai
    ("x-ai", "grok-4.3", {"web_searches": 1_000, "social_searches": 1_000}, {}, "10"),
    ("x-ai", "grok-4.3", {"code_executions": 1_000, "storage_searches": 1_000}, {}, "7.5"),
    ("x-ai", "grok-4.3", {"input_tokens": 100_000}, {"region": "us"}, "0.1375"),
    # Perplexity: $1 a million, and a fee for the request by the size of the search's context.
    *(
        ("perplexity", model, {"input_tokens": 8}, {"search_context_size": size}, amount)
        for model, size, amount in (
            ("sonar", "low", "0.005008"),
            ("sonar", "medium", "0.008008"),
            ("sonar", "high", "0.012008"),
            ("sonar-pro", "low", "0.006024"),
            ("sonar-reasoning-pro", "high", "0.014016"),
        )
    ),
    ("perplexity", "sonar", {"input_tokens": 8}, {}, "0.005008"),
]


@pytest.mark.parametrize(("provider", "model", "counts", "context", "amount"), CALLS)
def test_a_call_costs_what_the_provider_publishes(
    provider: str, model: str, counts: Mapping[str, int], context: Mapping[str, str], amount: str
) -> None:
    used = cost_of(CATALOGUE.price(provider, model, NOW), counts, **context)
    assert (used.amount, used.reasons) == (Decimal(amount), ())


UNKNOWN = [
    ("anthropic", "claude-opus-4-1", {"region": "us"}, "us"),
    ("anthropic", "claude-opus-4-6", {"region": "eu"}, "eu"),
    ("anthropic", "claude-opus-4-6", {"service_tier": "priority"}, "priority"),
    ("openai", "gpt-4o", {"service_tier": "flex"}, "flex"),
    ("openai", "gpt-4o", {"service_tier": "scale"}, "scale"),
    # Bedrock's latency-optimized inference
    ("aws", "us.amazon.nova-pro-v1:0", {"speed": "optimized"}, "optimized"),
    ("aws", "us.anthropic.claude-3-5-haiku-20241022-v1:0", {"speed": "optimized"}, "optimized"),
    ("openai", "gpt-4o", {"region": "eu"}, "eu"),
    ("google", "gemini-2.5-pro", {"service_tier": "priority"}, "priority"),
    ("google", "claude-opus-4-6", {"service_tier": "flex"}, "flex"),
    ("groq", "llama-3.3-70b-versatile", {"service_tier": "performance"}, "performance"),
    ("x-ai", "grok-4.5", {"processing": "batch"}, "batch"),
    ("perplexity", "sonar", {"search_context_size": "huge"}, "huge"),
    ("azure", "gpt-5", {"service_tier": "flex"}, "flex"),
    ("openrouter", "openai/gpt-5", {"service_tier": "priority"}, "priority"),
]


@pytest.mark.parametrize(("provider", "model", "context", "word"), UNKNOWN)
def test_what_the_provider_does_not_publish_is_not_guessed(
    provider: str, model: str, context: Mapping[str, str], word: str
) -> None:
    used = cost_of(CATALOGUE.price(provider, model, NOW), {"input_tokens": 100}, **context)
    assert used.reasons == (CostReason(CostReasonCode.NO_CONTEXT_RATE, word),)
    assert used.status is CostStatus.PARTIAL


def test_rates_that_the_catalogue_dates_by_its_learning_hold_before() -> None:
    price = CATALOGUE.price("openai", "gpt-5", datetime(2026, 1, 1, tzinfo=UTC))
    used = cost_of(price, {"input_tokens": MILLION}, service_tier="flex")
    assert (used.amount, used.status) == (Decimal("0.625"), CostStatus.PRICED)


def _model(*variants: PriceVariant) -> ModelInfo:
    (seller,) = catalogue(usd(input_mtok="4", web_searches_kcount="3"), variants).providers
    return seller.models[0]


BATCH = {"processing": "batch"}
KNOWN = [
    Add({"web_searches_kcount": "10"}),
    Replace("web_searches_kcount", "10", "20"),
    Scale(BATCH, "0.9"),
    AddVariant(BATCH, {"input_mtok": "9"}),
    SameAs(BATCH, {"service_tier": "flex"}),
    Earlier(BATCH),
]


@pytest.mark.parametrize("change", KNOWN, ids=lambda change: type(change).__name__)
def test_what_the_catalogue_knows_stays(change: Add) -> None:
    model = _model(
        PriceVariant(BATCH, usd(input_mtok="2")),
        PriceVariant({"service_tier": "flex"}, usd(input_mtok="1")),
    )
    assert change.apply(model, SINCE) == model


def _at(model: ModelInfo, day: date, **context: str) -> Decimal | None:
    prices = Catalogue([replace(catalogue(usd()).providers[0], models=[model])])
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    used = cost_of(prices.price("acme", "bolt", moment), {"input_tokens": MILLION}, **context)
    return used.amount if used.status is CostStatus.PRICED else None


def test_a_correction_holds_from_its_day_on() -> None:
    model = Scale(BATCH, "0.5").apply(_model(), SINCE)
    before = SINCE - timedelta(days=1)
    assert (_at(model, before, **BATCH), _at(model, SINCE, **BATCH)) == (None, Decimal(2))


def _learnt_later(known: Schedule, fresh: Schedule) -> list[str]:
    return moves(known, merged(known, fresh, NOW), NOW)


# These names led to V4 Flash at last, whose cached input costs a fiftieth.
MOVED = {"deepseek-chat", "deepseek-reasoner"}


def test_no_other_correction_looks_suspicious_to_those_who_learnt_prices_without_it() -> None:
    before = dict(schedules(bundled_providers))
    after = dict(schedules(corrected(bundled_providers)))
    moved = {name[1] for name in after if _learnt_later(before[name], after[name])}
    assert moved == MOVED
