"""Each list of the schema has a rule for its length, and each rule a list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from graphql import GraphQLField, GraphQLObjectType, is_list_type, is_non_null_type

from schema.contract import build_schema
from schema.list_size import LENGTHS, PASSED_ON, SURCHARGES, Asked, Sent

SCHEMA = build_schema()._schema


def _fields() -> Iterator[tuple[str, GraphQLField]]:
    for type_ in SCHEMA.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for name, field in type_.fields.items():
                yield f"{type_.name}.{name}", field


FIELDS = dict(_fields())


def _is_list(field: GraphQLField) -> bool:
    type_ = field.type
    return is_list_type(type_.of_type if is_non_null_type(type_) else type_)


def test_every_list_has_a_rule_for_its_length() -> None:
    lists = {place for place, field in FIELDS.items() if _is_list(field)}
    assert lists == set(LENGTHS), "say in schema/list_size.py how long it may be"


def test_no_list_holds_lists() -> None:
    """One rule tells one length."""
    nested = [place for place, field in FIELDS.items() if str(field.type).count("[") > 1]
    assert nested == []


@pytest.mark.parametrize("place", [*PASSED_ON, *SURCHARGES])
def test_what_a_rule_is_for_exists(place: str) -> None:
    assert place in FIELDS


@pytest.mark.parametrize("place", [*LENGTHS, *PASSED_ON])
def test_the_arguments_that_rules_name_exist(place: str) -> None:
    rules = [table.get(place) for table in (LENGTHS, PASSED_ON)]
    named = [rule.argument for rule in rules if isinstance(rule, Asked | Sent)]
    assert set(named) <= set(FIELDS[place].args)


def test_every_field_of_the_roots_that_asks_postgres_has_its_surcharge() -> None:
    asking = {
        place for place in FIELDS if place.split(".")[0] in ("Query", "Mutation", "Subscription")
    }
    assert asking - set(SURCHARGES) <= {"Query.viewer", "Query.priceCatalogue"}
