"""547 responses of real providers, priced as genai-prices prices them, to the last digit.

genai-prices is told which of a provider's interfaces each came from. We are not: a caller names the
provider, the model and the response, as in `recordEvents`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models.cost import CostReason, CostReasonCode, CostStatus
from pricing.catalogue import Catalogue
from pricing.cost import Cost, cost_of
from pricing.response import ReportedUsage, read_response
from pricing.usage import check_quantities
from tests.pricing.oracle import their_counts, their_price

CATALOGUE = Catalogue.bundled()
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
FILE = Path(__file__).parents[1] / "data" / "provider_usages.json"
ENTRIES: list[dict[str, Any]] = json.loads(FILE.read_text(), parse_float=Decimal)
# Google's experimental model has no rate at all in genai-prices, which calls that 0 USD.
WITHOUT_RATES = {("openrouter", "google/gemini-2.0-flash-exp:free")}
# They heard audio, for which genai-prices has no rate, and takes that of text.
AUDIO_WITHOUT_RATE = {("openai", "gpt-4o-audio-preview-2024-12-17")}
# Where our reading is the better one, by the place in the file, and the units that differ.
# As of genai-prices 0.2.x, 2026-11-29.
BETTER: dict[int, tuple[str, set[str]]] = {
    28: ("Claude on Vertex AI searched the web, which is billed there too", {"web_searches"}),
    98: ("an advisor is billed apart from the totals", {"input_tokens", "output_tokens"}),
    103: ("an advisor is billed apart from the totals", {"input_tokens", "output_tokens"}),
    362: ("OpenAI's Responses on Bedrock have details", {"cache_write_tokens"}),
    363: ("OpenAI's Responses on Bedrock have details", {"cache_write_tokens"}),
    366: ("OpenAI's search models search in every call", {"web_searches"}),
}
PRICED = [
    each
    for n, each in enumerate(ENTRIES)
    if n not in BETTER
    and (each["provider"], each["model"]) not in WITHOUT_RATES | AUDIO_WITHOUT_RATE
]
NAMES = [f"{n}-{each['provider']}-{each['model']}" for n, each in enumerate(PRICED)]


def _read(entry: dict[str, Any]) -> ReportedUsage:
    read = read_response(entry["provider"], entry["response"], entry["model"])
    check_quantities(read.quantities)
    return read


def _cost(entry: dict[str, Any]) -> Cost:
    read = _read(entry)
    return cost_of(
        CATALOGUE.price(entry["provider"], entry["model"], AT),
        read.quantities,
        processing=read.processing,
        service_tier=read.service_tier,
        speed=read.speed,
    )


@pytest.mark.parametrize("entry", PRICED, ids=NAMES)
def test_a_real_response_costs_what_genai_prices_makes_of_it(entry: dict[str, Any]) -> None:
    read = _read(entry)
    counts = their_counts(entry["provider"], entry["api_flavor"], entry["response"])
    theirs = their_price(
        entry["provider"],
        entry["model"],
        counts,
        AT,
        by_corrected=True,
        processing=read.processing,
        service_tier=read.service_tier,
        speed=read.speed,
    )
    ours = _cost(entry)
    assert (ours.amount, ours.status) == (theirs, CostStatus.PRICED)


@pytest.mark.parametrize("entry", PRICED, ids=NAMES)
def test_no_count_that_genai_prices_reads_is_missed(entry: dict[str, Any]) -> None:
    theirs = their_counts(entry["provider"], entry["api_flavor"], entry["response"])
    assert theirs.items() <= _read(entry).quantities.items()


@pytest.mark.parametrize("place", BETTER)
def test_where_our_reading_is_better_it_differs_in_nothing_else(place: int) -> None:
    entry = ENTRIES[place]
    theirs = their_counts(entry["provider"], entry["api_flavor"], entry["response"])
    ours = _read(entry).quantities
    differing = {unit for unit, count in ours.items() if count and theirs.get(unit) != count}
    assert differing == BETTER[place][1]


def test_no_real_response_is_said_to_contradict_itself() -> None:
    assert not [entry for entry in ENTRIES if _read(entry).reasons]


def test_a_model_without_any_rate_is_unpriced_where_genai_prices_says_nought() -> None:
    entry = next(each for each in ENTRIES if (each["provider"], each["model"]) in WITHOUT_RATES)
    cost = _cost(entry)
    assert (cost.amount, cost.status) == (None, CostStatus.UNPRICED)


def test_audio_without_a_rate_is_known_in_part_where_genai_prices_takes_it_for_text() -> None:
    heard = [each for each in ENTRIES if (each["provider"], each["model"]) in AUDIO_WITHOUT_RATE]
    reasons = [_cost(entry).reasons for entry in heard]
    assert reasons == [(CostReason(CostReasonCode.NO_RATE, "input_audio_tokens"),)] * 2


def test_a_real_responses_lines_add_up_to_its_cost() -> None:
    for entry in PRICED:
        cost = _cost(entry)
        assert sum(line.amount or 0 for line in cost.lines) == cost.amount
