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
from models.metadata_match import MetadataMatch
from models.usage_conditions import Arguments, conditions
from models.usage_filter import EVERYTHING, UsageFilter
from tests.events import make_draft, make_event

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
    '{"k": {"l": "v"}, "k.l": "flat"}',
    '{"k": {"l": ["u", "v", 2.50, {"m": true}]}}',
    '{"k": [{"l": "v"}, {"l": {"m": "w"}}, "v", ["w"]]}',
    '{"k": [[{"l": "v"}]], "k/l": 1, "$.k": "v", "": {"": "v"}}',
    '{"k\\"\\\\\\n\\u00fc[*]": {"@": "v"}, "k": {"*": "v"}}',
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
    *(
        {"metadata": (MetadataMatch("k", value),)}
        for value in ("v", "2", "2.5", "2.50", "100", "0.0", "true")
    ),
    {"metadata": (MetadataMatch("k", "null"),)},
    {"metadata": (MetadataMatch("k", '["v"]'),)},
    {"metadata": (MetadataMatch("k", "v"), MetadataMatch("l", "w"))},
    {"metadata": (MetadataMatch("nothing", ""),)},
    *({"metadata": (MetadataMatch("k", value, ("l",)),)} for value in ("v", "u", "2.50", "w", "")),
    *({"metadata": (MetadataMatch("k", value, ("l", "m")),)} for value in ("true", "w")),
    *({"metadata": (MetadataMatch(key, "v"),)} for key in ("$.k", "", "k.*", "*")),
    {"metadata": (MetadataMatch("k.l", "flat"),)},
    {"metadata": (MetadataMatch("k/l", "1"),)},
    {"metadata": (MetadataMatch("", "v", ("",)),)},
    {"metadata": (MetadataMatch("k", "v", ("*",)),)},
    {"metadata": (MetadataMatch('k"\\\nü[*]', "v", ("@",)),)},
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
    assert await _ids_by_text(database, filter) == expected


async def _ids_by_text(database: Database, filter: UsageFilter) -> list[str]:
    """What the conditions pass that analytics and alerts put into their statements."""
    arguments = Arguments(1)
    places = " AND ".join(("workspace_id = $1", *conditions(filter, arguments)))
    async with database.driver() as driver:
        rows = await driver.fetch(
            f"SELECT id FROM usage_events WHERE {places} ORDER BY sequence", *arguments.values
        )
    return [row["id"] for row in rows]


@pytest.mark.parametrize(
    ("metadata", "match", "holds"),
    [
        ('{"team": {"name": "a"}}', MetadataMatch("team", "a", ("name",)), True),
        ('{"team": {"name": "a"}}', MetadataMatch("team.name", "a"), False),
        ('{"team.name": "a"}', MetadataMatch("team.name", "a"), True),
        ('{"team.name": "a"}', MetadataMatch("team", "a", ("name",)), False),
        ('{"tags": ["a", "b"]}', MetadataMatch("tags", "b"), True),
        ('{"tags": ["a", "b"]}', MetadataMatch("tags", '["a", "b"]'), False),
        ('{"teams": [{"name": "a"}, {"name": "b"}]}', MetadataMatch("teams", "b", ("name",)), True),
        ('{"team": {"ids": [7, 8]}}', MetadataMatch("team", "8", ("ids",)), True),
        ('{"team": {"name": null}}', MetadataMatch("team", "null", ("name",)), False),
        ('{"team": "a"}', MetadataMatch("team", "a", ("name",)), False),
    ],
)
def test_metadata_is_matched_by_path_and_an_array_by_its_items(
    metadata: str, match: MetadataMatch, holds: bool
) -> None:
    event = make_event(metadata=metadata)
    assert UsageFilter(metadata=(match,)).matches(event) is holds


def test_an_empty_list_matches_nothing() -> None:
    assert not UsageFilter(customer_id=()).matches(_DRAFTS[0].event)


def test_no_filter_matches_everything() -> None:
    assert all(EVERYTHING.matches(draft.event) for draft in _DRAFTS)


@pytest.mark.parametrize("text", ["\x00", "\ud800"])
def test_strings_that_no_event_can_hold_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        UsageFilter(customer_id=(text,))
    with pytest.raises(BadInput):
        UsageFilter(metadata=(MetadataMatch(text, "v"),))
    with pytest.raises(BadInput):
        UsageFilter(metadata=(MetadataMatch("k", "v", (text,)),))


def test_a_list_of_too_many_values_is_refused_with_its_field() -> None:
    with pytest.raises(BadInput) as raised:
        UsageFilter(customer_id=tuple(f"customer-{number}" for number in range(1_001)))
    assert raised.value.field == "filter.customerIds"


def test_too_many_pairs_of_metadata_are_refused() -> None:
    with pytest.raises(BadInput) as raised:
        UsageFilter(metadata=tuple(MetadataMatch(f"key-{number}", "v") for number in range(21)))
    assert raised.value.field == "filter.metadata"


def test_a_path_of_too_many_keys_is_refused() -> None:
    with pytest.raises(BadInput) as raised:
        UsageFilter(metadata=(MetadataMatch("k", "v", ("l",) * 21),))
    assert raised.value.field == "filter.metadata"
