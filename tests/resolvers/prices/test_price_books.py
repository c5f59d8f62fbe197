"""Nothing is recorded by a price that was replaced before, whichever process replaced it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

from models.database import Database
from models.price import Rate
from models.reach import Reach
from resolvers.events import find_event
from resolvers.prices.overrides import PriceInput, set_price
from resolvers.prices.price_books import PriceBooks
from resolvers.prices.price_list import find_prices
from resolvers.recording.event_input import EventInput
from resolvers.recording.record_events import Recording, record_events
from resolvers.recording.recorder import Recorder
from tests.catalogue_file import learn_models, model


class Process:
    """What one server process records with."""

    def __init__(self, database: Database) -> None:
        self.books = PriceBooks(database)
        self.recorder = Recorder(database, lambda *_: None)

    async def record(self, *ids: str) -> Recording:
        events = [
            EventInput(id=event_id, provider="maker", model="one", input_tokens=1_000_000)
            for event_id in ids
        ]
        return await record_events(self.recorder, self.books, 1, events)

    async def cost(self, event_id: str) -> Decimal | None:
        (result,) = (await self.record(event_id)).results
        assert result.event is not None
        return result.event.cost


async def _set(database: Database, amount: int) -> None:
    rates = (Rate("input_tokens", Decimal(amount), 1_000_000),)
    await set_price(database, 1, PriceInput("maker", "one", rates), by="test")


async def test_a_price_set_by_another_process_holds_for_the_next_event(unlearnt: Database) -> None:
    await learn_models(unlearnt, model("one", 2))
    process = Process(unlearnt)
    assert await process.cost("before") == 2
    await _set(unlearnt, 5)
    assert await process.cost("after") == 5


async def test_a_catalogue_learnt_by_another_process_holds_for_the_next_event(
    unlearnt: Database,
) -> None:
    await learn_models(unlearnt, model("one", 2))
    process = Process(unlearnt)
    assert await process.cost("before") == 2
    await learn_models(unlearnt, model("one", 3))
    assert await process.cost("after") == 3


async def test_concurrent_callers_pay_by_the_price_that_holds(unlearnt: Database) -> None:
    """Prices change while 40 callers record; costs never go back to a price that was replaced."""
    await learn_models(unlearnt, model("one", 2))
    process = Process(unlearnt)

    async def change() -> None:
        for amount in range(10, 20):
            await _set(unlearnt, amount)
            await asyncio.sleep(0.01)

    changing = asyncio.create_task(change())
    recordings = [process.record(f"a-{n}", f"b-{n}") for n in range(40)]
    answers = await asyncio.gather(*recordings)
    await changing
    events = [result.event for answer in answers for result in answer.results]
    in_order = sorted((e for e in events if e is not None), key=lambda event: event.sequence)
    costs = [event.cost for event in in_order]
    assert costs == sorted(costs, key=lambda cost: cost or 0)
    assert await process.cost("last") == 19


async def test_a_retry_after_a_price_change_is_a_duplicate(unlearnt: Database) -> None:
    await learn_models(unlearnt, model("one", 2))
    process = Process(unlearnt)
    await process.record("same")
    await _set(unlearnt, 5)
    (result,) = (await process.record("same")).results
    assert (result.status, result.event and result.event.cost) == ("DUPLICATE", 2)


async def test_an_event_keeps_the_price_it_was_given_and_leads_to_it(unlearnt: Database) -> None:
    await learn_models(unlearnt, model("one", 2))
    process = Process(unlearnt)
    await process.record("early")
    await learn_models(unlearnt, model("one", 3))
    event = await find_event(unlearnt, Reach(1), "early")
    assert event is not None
    assert event.price_id is not None
    price = (await find_prices(unlearnt, 1, [event.price_id]))[event.price_id].price
    assert (event.cost, price.rates[0].amount) == (2, 2)


async def test_a_backfilled_event_pays_what_held_when_it_occurred(unlearnt: Database) -> None:
    await learn_models(unlearnt, model("one", 2))
    moment = datetime.now(UTC)
    await learn_models(unlearnt, model("one", 3))
    process = Process(unlearnt)
    event = EventInput(provider="maker", model="one", input_tokens=1_000_000, occurred_at=moment)
    (result,) = (await record_events(process.recorder, process.books, 1, [event])).results
    assert result.event is not None
    assert result.event.cost == 2
