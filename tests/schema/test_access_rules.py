"""Every field says who may ask for it, and so does every address."""

from __future__ import annotations

import pytest
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from models.key import Scope
from schema.access import Requires
from schema.mutation import Mutation
from schema.query import Query
from schema.subscription import Subscription
from web.app import create_app

# Who may open what is no GraphQL field. "anybody": it tells nothing of a workspace.
ROUTES = {
    "/": "anybody",
    "/activity": "anybody",
    "/analytics": "anybody",
    "/insights": "anybody",
    "/alerts": "anybody",
    "/prices": "anybody",
    "/keys": "anybody",
    "/members": "anybody",
    "/sign-in": "anybody",
    "/sign-in/ways": "anybody",
    "/sign-in/oidc": "anybody",
    "/sign-in/oidc/callback": "anybody",
    "/invitation": "anybody",
    "/sessions": "the cookie's own",
    "/session/password": "the cookie's own",
    "/static": "anybody",
    "/livez": "anybody",
    "/readyz": "anybody",
    "/metrics": "anybody",
    "/websocket-check": "anybody",
    "/session": "anybody",
    "/link/{token}": "anybody",
    "/v1/openapi.json": "anybody",
    "/graphql": "each field's rule",
    "/v1/analytics/usage": "USAGE_READ",
    "/v1/events/export": "USAGE_READ",
}
_ROOTS = (Query, Mutation, Subscription)


def _fields() -> list[tuple[str, StrawberryField]]:
    found = []
    for root in _ROOTS:
        definition: StrawberryObjectDefinition = root.__strawberry_definition__  # type: ignore[attr-defined]
        found += [(f"{root.__name__}.{field.python_name}", field) for field in definition.fields]
    return found


@pytest.mark.parametrize(("name", "field"), _fields(), ids=[name for name, _ in _fields()])
def test_every_field_of_a_root_has_one_rule(name: str, field: StrawberryField) -> None:
    rules = [rule for rule in field.extensions if isinstance(rule, Requires)]
    assert len(rules) == 1


def test_only_the_viewer_is_shown_without_a_scope() -> None:
    free = [name for name, field in _fields() if _rule(field).scope is None]
    assert free == ["Query.viewer"]


def test_what_changes_anything_is_for_no_customers_token() -> None:
    assert [name for name, field in _fields() if _changes(name) and _rule(field).customers] == []


def test_what_only_readers_may_do_changes_nothing_but_makes_lesser_tokens() -> None:
    reading = [
        name
        for name, field in _fields()
        if _changes(name) and _rule(field).scope is Scope.USAGE_READ
    ]
    assert reading == ["Mutation.create_customer_token"]


def test_customers_tokens_may_ask_for_what_is_listed_here_alone() -> None:
    assert {name for name, field in _fields() if _rule(field).customers} == {
        "Query.viewer",
        "Query.event",
        "Query.events",
        "Query.usage",
        "Query.dimension_values",
        "Subscription.activity",
    }


def test_every_address_has_a_rule() -> None:
    app = create_app("postgresql://nowhere/none")
    paths = {getattr(route, "path", "") for route in app.routes}
    assert paths - ROUTES.keys() == set()
    assert ROUTES.keys() - paths == set()


def _rule(field: StrawberryField) -> Requires:
    return next(rule for rule in field.extensions if isinstance(rule, Requires))


def _changes(name: str) -> bool:
    return name.startswith("Mutation.")
