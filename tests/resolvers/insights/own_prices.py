"""A catalogue of few models with round prices, once for pricing and once as plain numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from genai_prices.types import ClauseEquals, ModelInfo, PriceVariant, Provider

from models.price import PriceSource, Rate, new_price
from pricing.catalogue import Catalogue
from pricing.price_book import PriceBook, PriceRevision
from tests.pricing.own_catalogue import tiered, usd

Name = tuple[str, str]
# USD for a million, by unit; `fee` is USD for a thousand requests.
Rates = dict[str, Decimal]

# From when on the workspace has its own price for one of the models.
OWN_FROM = datetime(2026, 10, 10, tzinfo=UTC)


def _rates(**rates: str) -> Rates:
    return {unit: Decimal(rate) for unit, rate in rates.items()}


# As `_PROVIDERS` has them; models that stand in for no others are left out.
PUBLIC: dict[Name, Rates] = {
    ("acme", "bolt"): _rates(
        input="2.5", output="10", read="0.25", write="3", batch_input="1.25", batch_output="5"
    ),
    ("acme", "mini"): _rates(input="0.2", output="0.8", read="0.02"),
    ("acme", "speaker"): _rates(
        input="4", output="16", audio_input="40", audio_output="80", batch_input="2"
    ),
    ("acme", "vector"): _rates(input="0.1"),
    ("zeta", "nut"): _rates(input="1.1", output="3.3"),
    ("zeta", "teller"): _rates(input="0.3", output="1", fee="5"),
    ("zeta", "singer"): _rates(input="2", output="7", audio_input="21", audio_output="33"),
    ("zeta", "vector-2"): _rates(input="0.07"),
}
OWN: dict[Name, Rates] = {
    ("zeta", "nut"): _rates(input="0.15", output="0.7", read="0.05"),
    ("home", "grown"): _rates(input="0.9", output="0.9"),
}
_UNITS = {
    "input": "input_tokens",
    "output": "output_tokens",
    "read": "cache_read_tokens",
    "write": "cache_write_tokens",
}


def _model(
    model: str, prices: object, variants: object = (), deprecated: bool = False
) -> ModelInfo:
    return ModelInfo(
        id=model,
        match=ClauseEquals(model),
        prices=prices,  # type: ignore[arg-type]  # a price, or several with dates
        price_variants=list(variants),  # type: ignore[call-overload]  # of variants
        deprecated=deprecated,
    )


def _batch(**rates: str) -> PriceVariant:
    return PriceVariant(when={"processing": "batch"}, prices=usd(**rates), constraint=None)


_PROVIDERS = [
    Provider(
        id="acme",
        name="Acme",
        api_pattern="",
        models=[
            _model(
                "bolt",
                # A rate for long requests must not be taken for that of many requests.
                usd(
                    input_mtok=tiered("2.5", (200_000, "5")),
                    output_mtok="10",
                    cache_read_mtok="0.25",
                    cache_write_mtok="3",
                ),
                [_batch(input_mtok="1.25", output_mtok="5")],
            ),
            _model("mini", usd(input_mtok="0.2", output_mtok="0.8", cache_read_mtok="0.02")),
            _model(
                "speaker",
                usd(
                    input_mtok="4",
                    output_mtok="16",
                    input_audio_mtok="40",
                    output_audio_mtok="80",
                ),
                [_batch(input_mtok="2")],
            ),
            _model("vector", usd(input_mtok="0.1")),
            _model("old", usd(input_mtok="0.01", output_mtok="0.01"), deprecated=True),
        ],
    ),
    Provider(
        id="zeta",
        name="Zeta",
        api_pattern="",
        models=[
            _model("nut", usd(input_mtok="1.1", output_mtok="3.3")),
            _model("teller", usd(input_mtok="0.3", output_mtok="1", requests_kcount="5")),
            _model(
                "singer",
                usd(
                    input_mtok="2",
                    output_mtok="7",
                    input_audio_mtok="21",
                    output_audio_mtok="33",
                ),
            ),
            _model("vector-2", usd(input_mtok="0.07")),
            _model("free", usd(input_mtok="0", output_mtok="0")),
        ],
    ),
]


def book() -> PriceBook:
    catalogue = Catalogue(_PROVIDERS)
    own = [
        new_price(
            *name,
            PriceSource.OVERRIDE,
            [Rate(_UNITS[unit], rate, 1_000_000) for unit, rate in rates.items()],
            effective_from=OWN_FROM,
        )
        for name, rates in OWN.items()
    ]
    return PriceBook(catalogue, own, PriceRevision(1, 1))


def prices_at(moment: datetime) -> dict[Name, Rates]:
    return PUBLIC | OWN if moment >= OWN_FROM else PUBLIC
