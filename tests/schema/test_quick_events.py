"""The short way makes of a list of events what the long way does, or leaves it to it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLList, GraphQLNonNull, Undefined
from graphql.utilities import coerce_input_value
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers.recording.event_input import EventInput
from schema.contract import build_schema
from schema.quick_events import quick_events
from schema.recording import EVENT_FIELDS, build_event
from web.json_codec import decode_json

_TYPE = build_schema()._schema.get_type("UsageEventInput")
_LIST = GraphQLNonNull(GraphQLList(GraphQLNonNull(_TYPE)))  # type: ignore[type-var]  # it is one

_odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(1 << 65), 1 << 65),
    st.decimals(),
    st.text(max_size=5),
    st.sampled_from(
        [
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00.123456789+05:30",
            "2026-01-01T00:00:00",
            "TOKEN_USAGE",
            "CUSTOM",
            "ERROR",
            "12",
            "1e3",
            "1.50",
            "NaN",
            " 1",
            "+1",
            Decimal("1.0"),
            Decimal("1E+400"),
        ]
    ),
    st.lists(st.fixed_dictionaries({"unit": st.text(max_size=3), "quantity": st.integers()})),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
_events = st.lists(
    st.dictionaries(st.sampled_from([*EVENT_FIELDS, "nothing"]), _odd, max_size=4), max_size=3
)


def _long_way(sent: Any) -> list[EventInput] | None:
    coerced = coerce_input_value(sent, _LIST)
    return None if coerced is Undefined else [build_event(value) for value in coerced]


@settings(max_examples=2_000, deadline=None)
@given(_events)
def test_both_ways_agree_on_whatever_is_sent(sent: list[dict[str, Any]]) -> None:
    quick = quick_events(sent)
    assert quick is None or quick == _long_way(sent)


@pytest.mark.parametrize("sent", [None, 5, "x", {}, [None], [5], [{"type": None}], [[{}]]])
def test_what_is_no_list_of_events_is_left_to_the_long_way(sent: object) -> None:
    assert quick_events(sent) is None


def test_usual_events_go_the_short_way() -> None:
    body = json.dumps(
        [
            {
                "id": "a",
                "provider": "openai",
                "model": "gpt-4o",
                "inputTokens": 5,
                "units": [{"unit": "web_searches", "quantity": "1.5"}],
                "cost": 0.1,
                "occurredAt": "2026-01-01T00:00:00.5+01:00",
                "metadata": {"n": 1.10},
            }
        ]
    )
    sent: Any = decode_json(body)
    quick = quick_events(sent)
    assert quick is not None
    assert quick == _long_way(sent)
