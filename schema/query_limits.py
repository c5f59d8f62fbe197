"""How much one GraphQL document may ask, and how a refusal says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

# How deep lists and objects may be written into a document; metadata in variables is not meant.
MAX_LITERAL_DEPTH = 64
# Directives on one field: `@include` and `@skip` are all there are.
MAX_DIRECTIVES_IN_A_PLACE = 8
# Pairs of fields with one name in one place, which validation compares one by one. Seventy fields
# that are each asked for twenty-five times come to as many.
MAX_COMPARISONS = 50_000


@dataclass(frozen=True)
class QueryLimits:
    """What is refused with TOO_COMPLEX before anything is resolved.

    `fields` counts selections as they come to be once fragments stand in their places; `cost` is
    the estimated number of values in the answer, with a surcharge for what asks Postgres;
    `list_items` counts what lists in variables and literals hold, events left out.
    """

    depth: int = 20
    aliases: int = 100
    fields: int = 2_000
    fragments: int = 100
    directives: int = 200
    # An inline mutation of some 400 events; more goes into variables, which cost no tokens.
    tokens: int = 20_000
    characters: int = 1 << 20
    list_items: int = 10_000
    cost: int = 1_000_000
    errors: int = 20
    # Of a query; mutations have patience of their own, and subscriptions end when they are left.
    seconds: float = 30.0


def too_complex(message: str, **extensions: Any) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "TOO_COMPLEX", **extensions})
