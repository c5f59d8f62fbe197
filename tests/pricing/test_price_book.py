"""Which price holds for a call: the workspace's own first, the most particular name first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from models.cost import CostStatus
from models.price import Price, PriceSource, Rate
from pricing.catalogue import Catalogue
from pricing.price_book import Call, PriceBook, PriceRevision

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CATALOGUE = Catalogue.bundled()


def _own(
    provider: str | None, model: str | None, amount: int = 1, unit: str = "input_tokens"
) -> Price:
    rates = (Rate(unit, Decimal(amount), 1),)
    price_id = f"price_{provider}_{model}_{unit}"
    return Price(price_id, provider, model, PriceSource.OVERRIDE, rates, NOW)


def _book(*prices: Price) -> PriceBook:
    return PriceBook(CATALOGUE, prices, PriceRevision(1, 1))


MATCHES = [
    ("openai", "gpt-4o", "openai", "gpt-4o"),
    ("openai", "gpt-4o", "OpenAI", "GPT-4o"),
    ("openai", "gpt-4o", "openai", "openai/gpt-4o"),
    ("openai", "gpt-4o", "openai", "gpt-4o-2024-08-06"),
    ("google", "gemini-2.5-pro", "google", "models/gemini-2.5-pro"),
    ("in-house", "tiny", "in-house", "tiny"),
    ("in-house", "Tiny", "In-House", "tiny"),
]


@pytest.mark.parametrize(("provider", "model", "called_provider", "called_model"), MATCHES)
def test_an_own_price_holds_for_the_names_of_its_model(
    provider: str, model: str, called_provider: str, called_model: str
) -> None:
    price = _own(provider, model)
    assert _book(price).price(called_provider, called_model, NOW) == price


@pytest.mark.parametrize(
    ("provider", "model"), [("openai", "gpt-4o-mini"), ("azure", "gpt-4o"), ("openai", "gpt-4")]
)
def test_an_own_price_holds_for_no_other_model(provider: str, model: str) -> None:
    own = _own("openai", "gpt-4o")
    assert _book(own).price(provider, model, NOW) == CATALOGUE.price(provider, model, NOW)


def test_the_more_particular_name_goes_first() -> None:
    dated, general = _own("openai", "gpt-4o-2024-08-06", 2), _own("openai", "gpt-4o", 1)
    book = _book(general, dated)
    assert book.price("openai", "gpt-4o-2024-08-06", NOW) == dated
    assert book.price("openai", "gpt-4o", NOW) == general


def test_before_its_start_the_catalogue_holds() -> None:
    moment = NOW - timedelta(microseconds=1)
    price = _book(_own("openai", "gpt-4o")).price("openai", "gpt-4o", moment)
    assert price == CATALOGUE.price("openai", "gpt-4o", moment)


def test_a_custom_unit_has_its_own_price() -> None:
    book = _book(_own(None, None, 3, "pages"))
    cost = book.custom_cost(Call(None, None, NOW), {}, "pages", Decimal("0.5"))
    assert (cost.amount, cost.status) == (Decimal("1.5"), CostStatus.PRICED)


def test_a_custom_unit_without_a_price_is_unknown() -> None:
    cost = _book().custom_cost(Call(None, None, NOW), {}, "pages", Decimal(1))
    assert (cost.amount, cost.status) == (None, CostStatus.UNPRICED)


def test_a_custom_event_whose_tokens_have_no_price_is_known_in_part() -> None:
    book = _book(_own(None, None, 3, "pages"))
    call = Call("in-house", "tiny", NOW)
    cost = book.custom_cost(call, {"input_tokens": 5}, "pages", Decimal(1))
    assert (cost.amount, cost.status) == (3, CostStatus.PARTIAL)
    assert [line.unit for line in cost.lines] == ["pages", "input_tokens"]


def test_what_callers_name_is_kept_within_bounds() -> None:
    book = _book(_own("in-house", "tiny"))
    for number in range(6_000):
        book.price("in-house", f"model-{number}", NOW)
    assert len(book._found) <= 4096


def _served(
    book: PriceBook, provider: str, model: str, requested: str
) -> tuple[str | None, str | None, str]:
    price = book.price(provider, model, NOW, requested)
    assert price is not None
    return price.provider, price.model, price.source.value


def test_the_model_that_served_has_the_price_not_the_one_that_was_asked_for() -> None:
    assert _served(_book(), "anthropic", "claude-opus-4-8", "claude-fable-5") == (
        "anthropic",
        "claude-opus-4-8",
        "CATALOGUE",
    )


def test_an_own_price_of_a_deployments_name_holds_for_what_the_deployment_serves() -> None:
    book = _book(_own("azure", "our-gpt"))
    assert _served(book, "azure", "gpt-4.1-mini-2025-04-14", "our-gpt")[1:] == (
        "our-gpt",
        "OVERRIDE",
    )


def test_an_own_price_of_another_public_model_does_not_hold_for_the_one_that_served() -> None:
    book = _book(_own("anthropic", "claude-fable-5"))
    assert _served(book, "anthropic", "claude-opus-4-8", "claude-fable-5")[1:] == (
        "claude-opus-4-8",
        "CATALOGUE",
    )


def test_an_own_price_of_the_model_that_served_goes_before_the_deployments() -> None:
    book = _book(_own("azure", "our-gpt"), _own("azure", "gpt-4.1-mini", 2))
    assert _served(book, "azure", "gpt-4.1-mini-2025-04-14", "our-gpt")[1:] == (
        "gpt-4.1-mini",
        "OVERRIDE",
    )


def test_an_own_price_of_an_alias_holds_for_the_dated_model_behind_it() -> None:
    book = _book(_own("openai", "gpt-4o-2024-08-06"))
    assert _served(book, "openai", "gpt-4o", "gpt-4o-2024-08-06")[1:] == (
        "gpt-4o-2024-08-06",
        "OVERRIDE",
    )


def test_a_served_name_that_nobody_knows_leaves_the_price_to_the_one_asked_for() -> None:
    assert _served(_book(), "openai", "snapshot-x", "gpt-4o")[1:] == ("gpt-4o", "CATALOGUE")


@pytest.mark.parametrize("region", ["global", "us"])
def test_a_name_that_tells_the_region_says_more_than_the_model_it_is_of(region: str) -> None:
    asked = f"{region}.anthropic.claude-opus-4-8"
    price = _book().price("aws", "claude-opus-4-8", NOW, asked)
    assert price == CATALOGUE.price("aws", asked, NOW)
