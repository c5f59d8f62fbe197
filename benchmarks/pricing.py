"""Microseconds to price an event of a model that was seen before, beside genai-prices' own.

Ours is resolving and costing, `catalogue.price` and `cost_of`, as an event is recorded; theirs is
`calc_price` with the same usage, context and time. For a response both read its counts first, ours
without being told the interface. Both must come to the same amount.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from genai_prices import Usage, calc_price
from genai_prices.data_snapshot import get_snapshot

from benchmarks.bench_server import machine
from pricing.catalogue import Catalogue
from pricing.cost import cost_of
from pricing.response import read_response

ROUNDS = 7
CALLS = 5_000
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
CATALOGUE = Catalogue.bundled()


@dataclass(frozen=True)
class Event:
    """What a caller says of a call: counts, and how it was run."""

    provider: str
    model: str
    counts: Mapping[str, int]
    context: Mapping[str, str] = field(default_factory=dict)

    def ours(self) -> Decimal | None:
        price = CATALOGUE.price(self.provider, self.model, AT)
        return cost_of(price, self.counts, **self.context).amount

    def theirs(self) -> Decimal | None:
        return calc_price(
            Usage(**self.counts),
            self.model,
            provider_id=self.provider,
            genai_request_timestamp=AT,
            price_context=self.context,
        ).total_price


@dataclass(frozen=True)
class Response:
    """A provider's response, and the interface that genai-prices must be told."""

    provider: str
    model: str
    api_flavor: str
    body: Mapping[str, object]

    def ours(self) -> Decimal | None:
        read = read_response(self.provider, self.body, self.model)
        price = CATALOGUE.price(self.provider, self.model, AT)
        return cost_of(
            price,
            read.quantities,
            processing=read.processing,
            service_tier=read.service_tier,
            speed=read.speed,
        ).amount

    def theirs(self) -> Decimal | None:
        extracted = get_snapshot().extract_usage(
            self.body, provider_id=self.provider, api_flavor=self.api_flavor
        )
        return extracted.calc_price(genai_request_timestamp=AT).total_price


CASES: dict[str, Event | Response] = {
    "plain (2 units)": Event("openai", "gpt-4o", {"input_tokens": 1000, "output_tokens": 200}),
    "cached, reasoning (4)": Event(
        "openai",
        "gpt-5",
        {
            "input_tokens": 1000,
            "cache_read_tokens": 400,
            "output_tokens": 200,
            "output_reasoning_tokens": 50,
        },
    ),
    "long context, priority (3)": Event(
        "google",
        "gemini-2.5-pro",
        {"input_tokens": 300_000, "cache_read_tokens": 4_000, "output_tokens": 200},
        {"service_tier": "priority"},
    ),
    "batch, both cache writes (6)": Event(
        "anthropic",
        "claude-sonnet-4-5",
        {
            "input_tokens": 1310,
            "cache_read_tokens": 1000,
            "cache_write_tokens": 300,
            "cache_write_5m_tokens": 100,
            "cache_write_1h_tokens": 200,
            "output_tokens": 5,
        },
        {"processing": "batch"},
    ),
    "by the hour (2)": Event(
        "deepseek", "deepseek-chat", {"input_tokens": 1000, "output_tokens": 200}
    ),
    "response, OpenAI chat": Response(
        "openai",
        "gpt-4o",
        "chat",
        {
            "model": "gpt-4o",
            "usage": {
                "prompt_tokens": 1000,
                "completion_tokens": 200,
                "prompt_tokens_details": {"cached_tokens": 400, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 50, "audio_tokens": 0},
            },
        },
    ),
    "response, Anthropic": Response(
        "anthropic",
        "claude-sonnet-4-5",
        "default",
        {
            "model": "claude-sonnet-4-5",
            "usage": {
                "input_tokens": 10,
                "cache_creation_input_tokens": 300,
                "cache_read_input_tokens": 1000,
                "output_tokens": 5,
            },
        },
    ),
}


def microseconds(call: Callable[[], Decimal | None]) -> float:
    """Of processor time for a call: the median of the rounds."""
    call()
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(CALLS):
            call()
        rounds.append((time.process_time() - started) / CALLS * 1e6)
    return statistics.median(rounds)


def measure() -> None:
    print(f"# Pricing: {machine()}\n")
    print("| event | ours, µs | `calc_price`, µs | ratio |")
    print("|---|---:|---:|---:|")
    for name, case in CASES.items():
        assert case.ours() == case.theirs(), name
        ours, theirs = microseconds(case.ours), microseconds(case.theirs)
        print(f"| {name} | {ours:.1f} | {theirs:.0f} | 1 : {theirs / ours:.0f} |")


if __name__ == "__main__":
    measure()
