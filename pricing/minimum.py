"""What a provider bills at the least, or at the most, for a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from models.price import Price, PriceSource

Quantities = Mapping[str, int | Decimal]

# Groq bills speech to text for at least 10 seconds a request (as in genai-prices' `calc_price`;
# https://groq.com/pricing).
_GROQ_MINIMUM_SECONDS = 10
_GROQ_SPEECH_MODELS = frozenset({"whisper-large-v3", "whisper-large-v3-turbo"})
_SECONDS = ("audio_seconds", "input_audio_seconds")
# There is none to be billed: what is transcribed comes out as text.
_OUTPUT_SECONDS = "output_audio_seconds"
# Up to Gemini 2.5 Google bills grounding by the request, however many searches it took; from
# Gemini 3 on by the search (https://ai.google.dev/gemini-api/docs/pricing, read on 2026-11-29).
_GOOGLE_BY_REQUEST = ("gemini-1", "gemini-2")
_SEARCHES = "web_searches"


def billed_quantities(price: Price, quantities: Quantities) -> Quantities:
    """The quantities that the catalogue's price is asked for: those reported, or the limit."""
    billing = _BILLING.get(price.provider or "")
    if billing is None or price.source is not PriceSource.CATALOGUE:
        return quantities
    return billing(price.model or "", quantities)


def _groq(model: str, quantities: Quantities) -> Quantities:
    seconds = max((quantities.get(unit, 0) for unit in _SECONDS), default=0)
    if model not in _GROQ_SPEECH_MODELS or not 0 < seconds < _GROQ_MINIMUM_SECONDS:
        return quantities
    billed = {**quantities, **dict.fromkeys(_SECONDS, _GROQ_MINIMUM_SECONDS)}
    billed.pop(_OUTPUT_SECONDS, None)
    return billed


def _google(model: str, quantities: Quantities) -> Quantities:
    if quantities.get(_SEARCHES, 0) <= 1 or not model.startswith(_GOOGLE_BY_REQUEST):
        return quantities
    return {**quantities, _SEARCHES: 1}


_BILLING: Mapping[str, Callable[[str, Quantities], Quantities]] = {
    "google": _google,
    "groq": _groq,
}
