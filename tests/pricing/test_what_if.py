"""What summed usage would cost by other rates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

import pytest

from models.price import Price, PriceSource, Rate, new_price
from pricing.catalogue import Catalogue
from pricing.cost import cost_of
from pricing.price_book import Offer, PriceBook, PriceRevision
from pricing.what_if import BATCH, Market, base_rates, has_batch_rates, kind_of, usage_kind
from tests.pricing.own_catalogue import catalogue as one_model
from tests.pricing.own_catalogue import tiered, usd

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CHAT = {"input_tokens": 1_000_000, "output_tokens": 1_000_000}


def _price(model: str = "bolt", source: PriceSource = PriceSource.OVERRIDE, **rates: str) -> Price:
    return new_price(
        "acme",
        model,
        source,
        [Rate(unit, Decimal(rate), 1_000_000) for unit, rate in rates.items()],
    )


def _offer(model: str, source: PriceSource = PriceSource.CATALOGUE, **rates: str) -> Offer:
    return Offer("acme", model, _price(model, source, **rates))


def _models(
    offers: list[Offer],
    counts: Mapping[str, int],
    than: str = "1000",
    used: Price | None = None,
) -> list[str]:
    """The cheaper models than one that is used, which is another one than these."""
    price = _price("used", **dict.fromkeys(counts, "9")) if used is None else used
    kind = usage_kind(price.model or "", counts, price)
    assert kind is not None
    found = Market(offers).cheaper(counts, 1, Decimal(than), kind)
    return [each.offer.model for each in found]


def test_sums_cost_what_their_events_do() -> None:
    price = _price(
        input_tokens="3", output_tokens="15", cache_read_tokens="0.3", cache_write_tokens="3.75"
    )
    random = Random(1)
    events = []
    for _ in range(100):
        total = random.randrange(100_000)
        events.append(
            {
                "input_tokens": total,
                "output_tokens": random.randrange(9_000),
                "cache_read_tokens": total // 3,
                "cache_write_tokens": total // 5,
            }
        )
    sums = {unit: sum(event[unit] for event in events) for unit in events[0]}
    amounts = [cost_of(price, event).amount or Decimal(0) for event in events]
    assert base_rates(price).cost(sums, 100) == sum(amounts, Decimal(0))


def test_many_requests_are_no_long_request() -> None:
    price = one_model(usd(input_mtok=tiered("1", (200_000, "2")))).price("acme", "bolt", NOW)
    assert price is not None
    assert base_rates(price).cost({"input_tokens": 1_000_000}, 10) == 1


def test_a_fee_is_paid_for_each_call() -> None:
    price = _price(input_tokens="1", requests="5000000")
    assert base_rates(price).cost({"input_tokens": 1_000_000}, 3) == 16


def test_cached_tokens_without_a_rate_cost_as_input() -> None:
    price = _price(input_tokens="2", output_tokens="0")
    counts = {"input_tokens": 1_000_000, "cache_read_tokens": 400_000}
    assert base_rates(price).cost(counts, 1) == 2


@pytest.mark.parametrize(
    "counts",
    [
        {"input_tokens": 1, "images": 2},
        {"output_tokens": 1},
        # Of audio that was read from a cache nobody told.
        {"input_tokens": 9, "cache_read_tokens": 2, "input_audio_tokens": 2},
        {"input_tokens": 1, "cache_read_tokens": 2},
    ],
)
def test_what_cannot_be_reckoned_is_unknown(counts: dict[str, int]) -> None:
    price = _price(input_tokens="1", cache_read_tokens="0.1", input_audio_tokens="7")
    assert base_rates(price).cost(counts, 1) is None


def test_batches_have_their_own_rates_and_else_the_plain_ones() -> None:
    rates = [
        Rate("input_tokens", Decimal(2), 1_000_000),
        Rate("output_tokens", Decimal(8), 1_000_000),
        Rate("output_tokens", Decimal(4), 1_000_000, processing="batch"),
    ]
    price = new_price("acme", "bolt", PriceSource.CATALOGUE, rates)
    assert base_rates(price).cost(CHAT, 1) == 10
    assert base_rates(price, BATCH).cost(CHAT, 1) == 6
    assert has_batch_rates(price, CHAT)
    assert not has_batch_rates(price, {"input_tokens": 1})


def test_the_cheapest_come_first_and_the_costlier_not_at_all() -> None:
    offers = [
        _offer("b", input_tokens="2", output_tokens="2"),
        _offer("a", input_tokens="1", output_tokens="1"),
        _offer("c", input_tokens="5", output_tokens="5"),
    ]
    assert _models(offers, CHAT, "10") == ["a", "b"]


def test_a_model_that_lacks_a_rate_is_no_candidate() -> None:
    offers = [
        _offer("vector", input_tokens="0.1"),
        _offer("chat", input_tokens="1", output_tokens="1"),
    ]
    assert _models(offers, CHAT) == ["chat"]
    assert _models(offers, {"input_tokens": 5}) == ["vector"]


def test_input_alone_of_a_chat_model_is_not_compared_with_models_that_give_no_text() -> None:
    offers = [
        _offer("vector", input_tokens="0.1"),
        _offer("chat", input_tokens="1", output_tokens="1"),
    ]
    chat = _price("claude-opus-4-6", input_tokens="5", output_tokens="25")
    assert _models(offers, {"input_tokens": 5}, used=chat) == ["chat"]


def test_input_alone_of_a_model_without_a_known_price_is_compared_with_none() -> None:
    assert usage_kind("mystery", {"input_tokens": 5}, None) is None
    assert usage_kind("mystery", CHAT, None) == kind_of(CHAT)


def test_a_model_is_compared_with_those_of_its_purpose_alone() -> None:
    names = ("text-embedding-3-small", "rerank-2.5", "llama-guard-4-12b", "gpt-4o-mini")
    offers = [_offer(name, input_tokens="1", output_tokens="1") for name in names]
    for name in names:
        used = _price(name, input_tokens="5", output_tokens="25")
        assert _models(offers, CHAT, used=used) == [name]


def test_images_and_speech_come_out_of_other_models_than_text() -> None:
    offers = [
        _offer("painter", input_tokens="1", output_tokens="1", output_image_tokens="1"),
        _offer("speaker", input_tokens="1", output_tokens="1", output_audio_tokens="1"),
        _offer("typist", input_tokens="1", output_tokens="1", audio_seconds="1"),
        _offer("listener", input_tokens="1", output_tokens="1", input_audio_tokens="1"),
        _offer("searcher", input_tokens="1", output_tokens="1", web_searches="1"),
    ]
    assert _models(offers, CHAT) == ["listener", "searcher"]
    assert _models(offers, CHAT | {"output_audio_tokens": 5}) == ["speaker"]
    assert _models(offers, CHAT | {"input_audio_tokens": 5}) == ["listener"]


def test_what_is_free_by_the_catalogue_is_no_candidate_but_an_own_price_may_be() -> None:
    rates = {"input_tokens": "0", "output_tokens": "0"}
    assert _models([_offer("trial", **rates)], CHAT) == []
    assert _models([_offer("own", PriceSource.OVERRIDE, **rates)], CHAT) == ["own"]


def test_units_of_ones_own_are_a_kind_of_their_own() -> None:
    assert kind_of(["credits"]) != kind_of(["input_tokens"])


def test_offers_have_own_prices_in_place_of_the_catalogues_and_beside_them() -> None:
    own = [
        _price("bolt", input_tokens="1"),
        _price("home", input_tokens="2"),
    ]
    book = PriceBook(one_model(usd(input_mtok="9")), own, PriceRevision(1, 1))
    assert [(o.model, o.price.rates[0].amount) for o in book.offers(NOW)] == [
        ("bolt", Decimal(1)),
        ("home", Decimal(2)),
    ]


def test_offers_are_at_the_price_that_would_be_paid() -> None:
    book = PriceBook(Catalogue.bundled(), [_price("home", input_tokens="2")], PriceRevision(1, 1))
    offers = list(book.offers(NOW))
    assert len(offers) > 1_000
    assert [o for o in offers if book.price(o.provider, o.model, NOW) != o.price] == []
