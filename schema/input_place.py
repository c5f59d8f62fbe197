"""Where in a request's input an error lies, written as `events[3].inputTokens`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphql import GraphQLError
from graphql.language import (
    ArgumentNode,
    DocumentNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    ValueNode,
    Visitor,
    visit,
)

# graphql-core tells the place of a wrong variable in its message alone.
_IN_VARIABLE = re.compile(r"Variable '\$(\w+)' has invalid value(?: at ([^\s:]+))?:")
_FIELD_OF_OBJECT = re.compile(r"(?:not to include unknown|to include required) field '(\w+)'")


def place_of(error: GraphQLError, document: DocumentNode | None) -> str | None:
    """The place by argument or variable, list index and field; None where there is none."""
    match = _IN_VARIABLE.match(error.message)
    if match is not None:
        place = match[1] + (match[2] or "")
    elif error.nodes and document is not None:
        found = _place_of_literal(document, error.nodes[0])
        if found is None:
            return None
        place = found
    else:
        return None
    return place + field_of_object(place, error.message)


def field_of_object(place: str, message: str) -> str:
    """`.field` where a message blames an object for a field that the place does not name."""
    field = _FIELD_OF_OBJECT.search(message)
    return "" if field is None or place.endswith(f".{field[1]}") else f".{field[1]}"


def _place_of_literal(document: DocumentNode, target: Node) -> str | None:
    finder = _ArgumentFinder(target)
    visit(document, finder)
    return finder.place


class _ArgumentFinder(Visitor):
    def __init__(self, target: Node) -> None:
        super().__init__()
        self.target = target
        self.place: str | None = None

    def enter_argument(self, node: ArgumentNode, *_: object) -> None:
        for place, value in _places(node.name.value, node.value):
            if value is self.target:
                self.place = place


def _places(place: str, value: ValueNode) -> Iterator[tuple[str, Node]]:
    yield place, value
    if isinstance(value, ListValueNode):
        for index, item in enumerate(value.values):
            yield from _places(f"{place}[{index}]", item)
    elif isinstance(value, ObjectValueNode):
        for field in value.fields:
            yield f"{place}.{field.name.value}", field
            yield from _places(f"{place}.{field.name.value}", field.value)
