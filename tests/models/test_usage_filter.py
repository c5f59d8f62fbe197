"""The filter says the same in SQL and of an event in hand."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from models.cost import CostStatus
from models.database import Database
from models.errors import BadInput
from models.event import EventType, Outcome
from models.event_log import Attempts, append
from models.event_query import read_log
from models.usage_filter import EVERYTHING, UsageFilter
from tests.events import make_draft

_METADATA = (
    None,
    "{}",
    '{"k": "v"}',
    '{"k": 2}',
    '{"k": 2.50}',
    '{"k": 1e2}',
    '{"k": -0.0}',
    '{"k": true}',
    '{"k": null}',
    '{"k": ["v"]}',
    '{"k": {"v": 1}}',
    '{"k": "v", "l": "w"}',
)
_DRAFTS = [
    make_draft(
        f"event-{number}",
        customer_id=customer,
        type=type_,
        outcome=Outcome.ERROR if number % 3 else Outcome.SUCCESS,
        cost_status=CostStatus.PRICED if number % 2 else CostStatus.UNPRICED,
        user_id=f"user-{number % 4}",
        feature_id=None if number % 5 else "chat",
        provider="openai",
        model="gpt-4o" if number % 2 else None,
        metadata=metadata,
    )
    for number, (customer, type_, metadata) in enumerate(
        itertools.product(("acme", "", None), EventType, _METADATA)
    )
]
_FILTERS: list[dict[str, Any]] = [
    {},
    {"customer_id": ("acme",)},
    {"customer_id": (None,)},
    {"customer_id": ("acme", None)},
    {"customer_id": ("",)},
    {"customer_id": ()},
    {"type": (EventType.CUSTOM, EventType.TOKEN_USAGE), "outcome": (Outcome.ERROR,)},
    {"cost_status": (CostStatus.UNPRICED,)},
    {"user_id": ("user-1",), "feature_id": ("chat",)},
    {"provider": ("openai",), "model": (None,)},
    {"provider": ("anthropic",)},
    *({"metadata": (("k", value),)} for value in ("v", "2", "2.5", "2.50", "100", "0.0", "true")),
    {"metadata": (("k", "null"),)},
    {"metadata": (("k", '["v"]'),)},
    {"metadata": (("k", "v"), ("l", "w"))},
    {"metadata": (("nothing", ""),)},
]


@pytest.mark.parametrize("values", _FILTERS, ids=str)
async def test_sql_and_python_agree(database: Database, values: dict[str, Any]) -> None:
    await append(database, 1, _DRAFTS, Attempts())
    filter = UsageFilter(**values)
    async with database.read_as_owner() as session:
        passed = await read_log(session, 1, after=0, until=10_000, limit=10_000, filter=filter)
        everything = await read_log(session, 1, after=0, until=10_000, limit=10_000)
    assert [e.id for e in passed] == [e.id for e in everything if filter.matches(e)]
    expected = [d.event.id for d in _DRAFTS if filter.matches(d.event)]
    assert [e.id for e in passed] == expected


def test_an_empty_list_matches_nothing() -> None:
    assert not UsageFilter(customer_id=()).matches(_DRAFTS[0].event)


def test_no_filter_matches_everything() -> None:
    assert all(EVERYTHING.matches(draft.event) for draft in _DRAFTS)


@pytest.mark.parametrize("text", ["\x00", "\ud800"])
def test_strings_that_no_event_can_hold_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        UsageFilter(customer_id=(text,))
    with pytest.raises(BadInput):
        UsageFilter(metadata=((text, "v"),))


def test_a_list_of_too_many_values_is_refused_with_its_field() -> None:
    with pytest.raises(BadInput) as raised:
        UsageFilter(customer_id=tuple(f"customer-{number}" for number in range(1_001)))
    assert raised.value.field == "filter.customerIds"


def test_too_many_pairs_of_metadata_are_refused() -> None:
    with pytest.raises(BadInput) as raised:
        UsageFilter(metadata=tuple((f"key-{number}", "value") for number in range(21)))
    assert raised.value.field == "filter.metadata"
