"""What a provider bills at the least or at the most for a request, whatever was counted."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from models.price import PriceSource, Rate, new_price
from pricing.cost import cost_of
from tests.pricing.own_catalogue import catalogue, usd

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
WHISPER = catalogue(
    usd(audio_hours="0.36", input_audio_hours="0.36"), provider="groq", model="whisper-large-v3"
).price("groq", "whisper-large-v3", NOON)


@pytest.mark.parametrize(
    ("seconds", "amount"),
    [
        ("0", "0"),
        ("0.5", "0.001"),  # 10 s * $0.36 / 3600 s
        ("9.999", "0.001"),
        ("10", "0.001"),
        ("20", "0.002"),
    ],
)
def test_a_short_transcription_costs_ten_seconds(seconds: str, amount: str) -> None:
    assert cost_of(WHISPER, {"audio_seconds": Decimal(seconds)}).amount == Decimal(amount)


def test_input_seconds_have_the_minimum_too() -> None:
    counts = {"audio_seconds": 3, "input_audio_seconds": 3}
    assert cost_of(WHISPER, counts).amount == Decimal("0.001")


def test_seconds_of_output_do_not_stand_in_the_minimums_way() -> None:
    counts = {"audio_seconds": 3, "output_audio_seconds": 3}
    assert cost_of(WHISPER, counts).amount == Decimal("0.001")


def test_a_price_that_a_workspace_set_has_no_minimum() -> None:
    price = new_price(
        "groq",
        "whisper-large-v3",
        PriceSource.OVERRIDE,
        [Rate("audio_seconds", Decimal("0.36"), 3600)],
    )
    assert cost_of(price, {"audio_seconds": 1}).amount == Decimal("0.0001")


def test_other_providers_have_no_minimum() -> None:
    price = catalogue(usd(audio_hours="0.36"), model="whisper-large-v3").price(
        "acme", "whisper-large-v3", NOON
    )
    assert cost_of(price, {"audio_seconds": 1}).amount == Decimal("0.0001")


@pytest.mark.parametrize(("model", "amount"), [("gemini-2.5-flash", "35"), ("gemini-3", "105")])
def test_grounding_is_billed_by_the_request_up_to_gemini_2(model: str, amount: str) -> None:
    prices = catalogue(usd(web_searches_kcount="35000"), provider="google", model=model)
    used = cost_of(prices.price("google", model, NOON), {"web_searches": 3})
    assert used.amount == Decimal(amount)
