"""What a provider bills at the least for a request."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from models.price import Price, PriceSource

# Groq bills speech to text for at least 10 seconds a request (as in genai-prices' `calc_price`;
# https://groq.com/pricing).
_GROQ_MINIMUM_SECONDS = 10
_GROQ_SPEECH_MODELS = frozenset({"whisper-large-v3", "whisper-large-v3-turbo"})
_SECONDS = ("audio_seconds", "input_audio_seconds")
# There is none to be billed: what is transcribed comes out as text.
_OUTPUT_SECONDS = "output_audio_seconds"


def billed_quantities(
    price: Price, quantities: Mapping[str, int | Decimal]
) -> Mapping[str, int | Decimal]:
    """The quantities that the catalogue's price is asked for: those reported, or the minimum."""
    if price.provider != "groq" or price.model not in _GROQ_SPEECH_MODELS:
        return quantities
    seconds = max((quantities.get(unit, 0) for unit in _SECONDS), default=0)
    if price.source is not PriceSource.CATALOGUE or not 0 < seconds < _GROQ_MINIMUM_SECONDS:
        return quantities
    billed = {**quantities, **dict.fromkeys(_SECONDS, _GROQ_MINIMUM_SECONDS)}
    billed.pop(_OUTPUT_SECONDS, None)
    return billed
