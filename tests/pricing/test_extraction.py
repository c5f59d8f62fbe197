"""Every interface of every provider that genai-prices describes, told from its shape alone."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from genai_prices.types import ArrayMatch, ExtractPath, UsageExtractor, UsageExtractorMapping
from hypothesis import given
from hypothesis import strategies as st

from pricing.extraction import Interfaces
from pricing.response import read_response
from pricing.responses.field import MissingCount, NoCount, NotThere
from pricing.responses.layout import Layout
from pricing.units import wholes
from tests.pricing.oracle import PROVIDERS, their_counts

# Annotated documents are told by their annotations: see the tests of responses.
INTERFACES = [
    (provider.id, extractor)
    for provider in PROVIDERS.values()
    for extractor in provider.extractors or ()
    if extractor.api_flavor != "ocr_annotated"
]


def _size(unit: str) -> int:
    """A power of ten by which parts stay below their wholes, however many there are."""
    return int(10 ** (12 - 3 * len(wholes(unit))))


@st.composite
def interfaces_and_bodies(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    """A provider, one of its interfaces, and a body as that interface may send it."""
    provider_id, extractor = draw(st.sampled_from(INTERFACES))
    usage: dict[str, Any] = {}
    for mapping in {str(each.path): each for each in extractor.mappings}.values():
        # Wholes are always reported, though genai-prices does not ask for all of them.
        if mapping.required or not wholes(mapping.dest) or draw(st.booleans()):
            _put(usage, mapping.path, draw(st.integers(1, 9)) * _size(mapping.dest))
    body: dict[str, Any] = {}
    _put(body, extractor.root, usage)
    return provider_id, extractor.api_flavor, body


def _put(body: Any, path: ExtractPath, value: object) -> None:
    step, *rest = [path] if isinstance(path, str) else path
    if isinstance(step, ArrayMatch):
        word = {step.field: step.match.equals}  # type: ignore[union-attr]  # all are equalities
        if not any(word.items() <= item.items() for item in body):
            body.append(word)
        _put(next(item for item in body if word.items() <= item.items()), rest, value)
    elif rest:
        body.setdefault(step, [] if isinstance(rest[0], ArrayMatch) else {})
        _put(body[step], rest, value)
    else:
        body[step] = value


@given(interfaces_and_bodies())
def test_an_interface_is_told_from_the_shape_of_its_body(
    case: tuple[str, str, dict[str, Any]],
) -> None:
    provider_id, api_flavor, body = case
    try:
        theirs = their_counts(provider_id, api_flavor, body)
    except ValueError:
        return  # Where all is optional, a body may hold nothing.
    read = read_response(provider_id, body)
    if read.reasons:  # A part that has no whole, or is over it, is dropped.
        assert read.quantities.items() <= theirs.items()
    else:
        assert read.quantities == theirs


@pytest.mark.parametrize(
    ("provider_id", "extractor"), INTERFACES, ids=[f"{p}-{e.api_flavor}" for p, e in INTERFACES]
)
def test_each_interface_is_read_where_all_of_its_fields_are_there(
    provider_id: str, extractor: UsageExtractor
) -> None:
    usage: dict[str, Any] = {}
    for number, mapping in enumerate(extractor.mappings, start=1):
        _put(usage, mapping.path, number * _size(mapping.dest))
    body: dict[str, Any] = {}
    _put(body, extractor.root, usage)
    theirs = their_counts(provider_id, extractor.api_flavor, body)
    assert read_response(provider_id, body).quantities == theirs


def _layout(*mappings: UsageExtractorMapping, root: str = "usage") -> Layout:
    return Layout(UsageExtractor(root, list(mappings)))


TEXT = _layout(UsageExtractorMapping("in", "input_tokens"))
CHAT = _layout(
    UsageExtractorMapping("in", "input_tokens"),
    UsageExtractorMapping("out", "output_tokens"),
    UsageExtractorMapping(["details", "cached"], "cache_read_tokens", required=False),
)


def test_of_interfaces_that_fit_the_one_that_reads_most_is_taken() -> None:
    found = Interfaces([TEXT, CHAT]).extract({"usage": {"in": 5, "out": 2}})
    assert found.counts == {"input_tokens": 5, "output_tokens": 2}


def test_fields_that_go_into_one_unit_are_added_up() -> None:
    layout = _layout(
        UsageExtractorMapping("fresh", "input_tokens"),
        UsageExtractorMapping("cached", "input_tokens"),
    )
    assert Interfaces([layout]).extract({"usage": {"fresh": 5, "cached": 2}}).counts == {
        "input_tokens": 7
    }


def test_a_null_is_nothing_rather_than_nought() -> None:
    found = Interfaces([CHAT]).extract({"usage": {"in": 5, "out": 2, "details": None}})
    assert "cache_read_tokens" not in found.counts


def test_a_broken_count_is_not_passed_over_for_an_interface_without_it() -> None:
    with pytest.raises(NoCount):
        Interfaces([TEXT, CHAT]).extract({"usage": {"in": 5, "out": "two"}})


def test_a_usage_object_elsewhere_is_not_found() -> None:
    with pytest.raises(NotThere):
        Interfaces([CHAT]).extract({"elsewhere": {"in": 5, "out": 2}})


def test_the_body_is_not_read_as_usage_where_it_has_a_usage_object() -> None:
    with pytest.raises(NotThere):
        Interfaces([CHAT]).extract({"in": 5, "out": 2, "usage": {}})


@given(
    st.recursive(st.none() | st.integers() | st.text(), st.lists)
    | st.dictionaries(
        st.sampled_from(["in", "out", "details", "usage", "cached"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.decimals() | st.text(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(st.sampled_from(["in", "out", "details", "cached"]), inner)
            ),
        ),
    )
)
def test_no_json_upsets_the_walk(body: Any) -> None:
    with suppress(NoCount, NotThere, MissingCount):
        Interfaces([TEXT, CHAT]).extract(body if isinstance(body, dict) else {"usage": body})
