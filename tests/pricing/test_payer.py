"""What a provider counts twice and bills once: images and their tokens, audio and its seconds."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from models.cost import CostStatus
from pricing.catalogue import Catalogue
from tests.pricing.own_catalogue import catalogue, cost, usd

VOICE = catalogue(usd(audio_hours="3.6"))
LISTENER = catalogue(usd(input_mtok="1", output_mtok="2", input_audio_hours="3.6"))
TALK = {
    "input_tokens": 156,
    "input_audio_tokens": 146,
    "output_tokens": 185,
    "output_audio_tokens": 170,
}


def test_a_voice_that_is_billed_by_the_second_pays_nothing_for_tokens() -> None:
    used = cost(VOICE, {**TALK, "audio_seconds": 5})
    assert (used.amount, used.status) == (Decimal("0.005"), CostStatus.PRICED)
    assert [line.unit for line in used.lines] == ["audio_seconds"]


def test_audio_that_is_billed_by_the_second_is_taken_out_of_the_text() -> None:
    # 9 tokens of text * $1/M, and 3 s * $3.6/3600 s.
    counts = {"input_tokens": 384, "input_audio_tokens": 375, "input_audio_seconds": 3}
    used = cost(LISTENER, counts)
    assert (used.amount, used.status) == (Decimal("0.003009"), CostStatus.PRICED)


@pytest.mark.parametrize(
    ("prices", "counts"),
    [
        (VOICE, TALK),
        (VOICE, {**TALK, "audio_seconds": 0}),
        (LISTENER, {"input_tokens": 384, "input_audio_tokens": 375}),
    ],
)
def test_tokens_are_not_free_where_no_seconds_were_counted(
    prices: Catalogue, counts: Mapping[str, int]
) -> None:
    assert cost(prices, counts).status is not CostStatus.PRICED


def test_text_has_its_rate_beside_seconds() -> None:
    used = cost(LISTENER, {"output_tokens": 10, "input_audio_seconds": 3})
    assert used.amount == Decimal("0.00302")
