"""The public prices as a whole: what is in them, and which one held for a model at a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from importlib.metadata import version

import pytest
from genai_prices.types import ConditionalPrice, PriceVariant, Provider, StartDateConstraint

from models.price import PriceSource
from pricing.catalogue import Catalogue, bundled_version
from pricing.corrections import REVISION
from tests.pricing.oracle import PROVIDERS
from tests.pricing.own_catalogue import NOON, catalogue, usd

BUNDLED = Catalogue.bundled()
DATED = catalogue(
    [
        ConditionalPrice(prices=usd(input_mtok="10")),
        ConditionalPrice(StartDateConstraint(date(2026, 3, 1)), prices=usd(input_mtok="2")),
    ]
)
START = datetime(2026, 3, 1, tzinfo=UTC)


def _input_usd(prices: Catalogue, at: datetime) -> str:
    price = prices.price("acme", "bolt", at)
    assert price is not None
    return str(price.rates[0].amount)


def test_the_bundled_catalogue_has_all_models_of_genai_prices() -> None:
    names = {each.id: [model.id for model in each.models] for each in BUNDLED.providers}
    assert names == {name: [model.id for model in p.models] for name, p in PROVIDERS.items()}


def test_the_bundled_catalogue_has_the_version_of_genai_prices_and_of_our_corrections() -> None:
    assert bundled_version() == f"{version('genai-prices')}+{REVISION}"


def test_a_price_has_the_catalogues_names_for_what_was_asked() -> None:
    price = BUNDLED.price("OpenAI", "openai/gpt-4o-2024-08-06", NOON)
    assert price is not None
    assert (price.provider, price.model, price.source) == (
        "openai",
        "gpt-4o",
        PriceSource.CATALOGUE,
    )


def test_another_sellers_model_has_its_own_sellers_name() -> None:
    price = BUNDLED.price("azure", "gpt-4o", NOON)
    assert price is not None
    assert (price.provider, price.model) == ("azure", "gpt-4o")


@pytest.mark.parametrize(
    ("provider", "model"),
    [("openai", "no-such-model"), ("nobody", "gpt-4o"), ("", ""), ("openai", "gpt-4o" * 100)],
)
def test_an_unknown_model_has_no_price(provider: str, model: str) -> None:
    assert BUNDLED.price(provider, model, NOON) is None


def test_a_price_holds_from_the_first_moment_of_its_day_in_utc() -> None:
    assert (_input_usd(DATED, START - timedelta(microseconds=1)), _input_usd(DATED, START)) == (
        "10",
        "2",
    )


def test_a_moment_is_a_moment_in_whatever_zone_it_is_told() -> None:
    evening_before = START.astimezone(timezone(timedelta(hours=-8)))
    assert _input_usd(DATED, evening_before) == "2"


def test_a_price_says_when_it_holds() -> None:
    price = DATED.price("acme", "bolt", START - timedelta(days=1))
    assert price is not None
    assert (price.effective_from, price.effective_to) == (None, START)


def test_the_same_price_has_the_same_id_in_another_catalogue() -> None:
    again = Catalogue.bundled().price("openai", "gpt-4o", NOON)
    assert again == BUNDLED.price("openai", "gpt-4o", NOON)


def test_another_sellers_tiers_do_not_go_with_its_models() -> None:
    maker = catalogue(
        usd(input_mtok="2"), [PriceVariant({"service_tier": "flex"}, usd(input_mtok="1"))]
    )
    (acme,) = maker.providers
    shop = Provider("shop", "shop", api_pattern="", fallback_model_providers=["acme"])
    price = Catalogue([acme, shop]).price("shop", "bolt", NOON)
    assert price is not None
    assert [rate.service_tier for rate in price.rates] == [None]
