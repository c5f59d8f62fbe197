"""A model's prices over time: by date, by hour of the day, over midnight, and by kind of call."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from genai_prices.types import (
    ClauseEquals,
    ConditionalPrice,
    ModelInfo,
    PriceVariant,
    StartDateConstraint,
    TimeOfDateConstraint,
)

from models.price import Price
from pricing.schedule import model_schedule
from pricing.timeline import Timeline, timeline
from tests.pricing.own_catalogue import usd

NIGHT = TimeOfDateConstraint(time(22, tzinfo=UTC), time(6, tzinfo=UTC))
MARCH = StartDateConstraint(date(2026, 3, 1))


def _timeline(*prices: ConditionalPrice, variants: list[PriceVariant] | None = None) -> Timeline:
    model = ModelInfo("bolt", ClauseEquals("bolt"), prices=list(prices), price_variants=variants)
    return timeline("acme", "bolt", model_schedule(model, variants=True))


def _price(input_usd: str) -> ConditionalPrice:
    return ConditionalPrice(prices=usd(input_mtok=input_usd))


def _rates(price: Price | None) -> list[tuple[str, str | None]]:
    assert price is not None
    return [(str(rate.amount), rate.service_tier) for rate in price.rates]


DAY_AND_NIGHT = _timeline(_price("8"), ConditionalPrice(NIGHT, prices=usd(input_mtok="5")))


@pytest.mark.parametrize(
    ("clock", "input_usd"),
    [
        (time(0, 0), "5"),
        (time(5, 59, 59, 999999), "5"),
        (time(6, 0), "8"),
        (time(21, 59, 59, 999999), "8"),
        (time(22, 0), "5"),
    ],
)
def test_a_price_by_the_hour_goes_over_midnight(clock: time, input_usd: str) -> None:
    moment = datetime.combine(date(2026, 11, 1), clock, UTC)
    assert _rates(DAY_AND_NIGHT.at(moment)) == [(input_usd, None)]


def test_a_price_by_the_hour_says_its_hours() -> None:
    price = DAY_AND_NIGHT.at(datetime(2026, 11, 1, 23, tzinfo=UTC))
    assert price is not None
    assert (price.daily_from, price.daily_to) == ("22:00", "06:00")


def test_hours_are_those_of_utc() -> None:
    night_in_utc = datetime(2026, 11, 1, 12, tzinfo=timezone(timedelta(hours=14)))
    assert _rates(DAY_AND_NIGHT.at(night_in_utc)) == [("5", None)]


def test_of_prices_that_hold_at_once_the_last_counts() -> None:
    dated = _timeline(
        _price("8"),
        ConditionalPrice(MARCH, prices=usd(input_mtok="6")),
        ConditionalPrice(NIGHT, prices=usd(input_mtok="5")),
    )
    assert [
        _rates(dated.at(moment))
        for moment in (
            datetime(2026, 2, 28, 12, tzinfo=UTC),
            datetime(2026, 3, 1, 12, tzinfo=UTC),
            datetime(2026, 3, 1, 23, tzinfo=UTC),
        )
    ] == [[("8", None)], [("6", None)], [("5", None)]]


def test_a_price_that_does_not_change_on_a_date_stays_one_price() -> None:
    same = _timeline(_price("8"), ConditionalPrice(MARCH, prices=usd(input_mtok="8")))
    assert len(list(same.prices())) == 1


def test_a_tier_that_begins_on_a_date_holds_from_then() -> None:
    flex = PriceVariant({"service_tier": "flex"}, usd(input_mtok="4"), MARCH)
    dated = _timeline(_price("8"), variants=[flex])
    before, after = datetime(2026, 2, 28, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    assert (_rates(dated.at(before)), _rates(dated.at(after))) == (
        [("8", None)],
        [("8", None), ("4", "flex")],
    )


def test_prices_come_the_oldest_first() -> None:
    dated = _timeline(_price("8"), ConditionalPrice(MARCH, prices=usd(input_mtok="6")))
    assert [_rates(price) for price in dated.prices()] == [[("8", None)], [("6", None)]]


def test_kinds_of_calls_that_events_cannot_tell_have_no_rates() -> None:
    routed = PriceVariant({"route": "eu"}, usd(input_mtok="9"))
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    assert _rates(_timeline(_price("8"), variants=[routed]).at(moment)) == [("8", None)]


def test_before_any_rate_was_known_there_is_no_price() -> None:
    later = _timeline(
        ConditionalPrice(prices=usd()), ConditionalPrice(MARCH, prices=usd(input_mtok="6"))
    )
    assert later.at(datetime(2026, 2, 1, tzinfo=UTC)) is None
