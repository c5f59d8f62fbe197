"""How large a document is, found in one walk before anything slower looks at it.

Validation compares fields of one name pair by pair and follows fragments into each other; what
it may be given is bounded here, by counting what a document comes to, in time linear in its text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from graphql import GraphQLError
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from schema.query_limits import (
    MAX_COMPARISONS,
    MAX_DIRECTIVES_IN_A_PLACE,
    MAX_LITERAL_DEPTH,
    QueryLimits,
    too_complex,
)


def check_size(document: DocumentNode, limits: QueryLimits) -> None:
    """Raises GraphQLError with TOO_COMPLEX, or BAD_INPUT for fragments that go in circles."""
    _check_text(document, limits)
    expansion = _Expansion(document)
    extent = expansion.extent()
    if extent.fields > limits.fields:
        raise too_complex(
            f"The document comes to more than {limits.fields:,} selections, counting each "
            "fragment wherever it is used."
        )
    if extent.depth > limits.depth:
        raise too_complex(
            f"The document is nested {extent.depth} fields deep; {limits.depth} is the most."
        )
    if extent.aliases > limits.aliases:
        raise too_complex(
            f"The document comes to {extent.aliases:,} aliases; {limits.aliases:,} is the most."
        )
    if expansion.comparisons() > MAX_COMPARISONS:
        raise too_complex("The document asks for the same fields too often in one place.")


def _check_text(document: DocumentNode, limits: QueryLimits) -> None:
    """What is counted as it is written: directives, spreads, items and nesting of literals."""
    directives = spreads = items = 0
    # Of each node with how deep it lies in lists and objects. A stack of our own: the document
    # may be nested more deeply than Python would follow.
    stack: list[tuple[Node, int]] = [(document, 0)]
    while stack:
        node, depth = stack.pop()
        here = len(getattr(node, "directives", None) or ())
        if here > MAX_DIRECTIVES_IN_A_PLACE:
            raise too_complex(f"More than {MAX_DIRECTIVES_IN_A_PLACE} directives in one place.")
        directives += here
        if isinstance(node, FragmentSpreadNode):
            spreads += 1
        elif isinstance(node, ListValueNode | ObjectValueNode):
            depth += 1
            items += len(node.values) if isinstance(node, ListValueNode) else 0
            if depth > MAX_LITERAL_DEPTH:
                raise too_complex(
                    f"A value is nested more than {MAX_LITERAL_DEPTH} deep; send it as a variable."
                )
        stack.extend((child, depth) for child in _children(node))
    if directives > limits.directives:
        raise too_complex(
            f"The document has {directives:,} directives; {limits.directives:,} is the most."
        )
    if spreads > limits.fragments:
        raise too_complex(
            f"The document uses fragments in {spreads:,} places; {limits.fragments:,} is the most."
        )
    if items > limits.list_items:
        raise too_complex(
            f"The document's lists hold {items:,} items; {limits.list_items:,} is the most."
        )


def _children(node: Node) -> Iterator[Node]:
    for key in node.keys:
        if key in ("loc", "name"):
            continue
        value = getattr(node, key, None)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple | list):
            yield from (child for child in value if isinstance(child, Node))


@dataclass(frozen=True)
class _Extent:
    """What a selection set comes to once fragments stand in their places."""

    fields: int = 0
    aliases: int = 0
    depth: int = 0


class _Expansion:
    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._extents: dict[str, _Extent | None] = {}
        self._roots = [
            definition.selection_set
            for definition in document.definitions
            if isinstance(definition, OperationDefinitionNode)
        ]
        # Validation looks at fragments that nobody uses, too.
        self._unused = dict(self._fragments)

    def extent(self) -> _Extent:
        """Of all operations together, and of the fragments that none of them uses."""
        extents = [self._extent(root) for root in self._roots]
        for name, fragment in self._fragments.items():
            if name in self._unused:
                self._roots.append(fragment.selection_set)
                extents.append(self._fragment_extent(name))
        return _Extent(
            sum(extent.fields for extent in extents),
            sum(extent.aliases for extent in extents),
            max((extent.depth for extent in extents), default=0),
        )

    def _extent(self, selections: SelectionSetNode | None) -> _Extent:
        fields = aliases = depth = 0
        for selection in selections.selections if selections else ():
            fields += 1
            if isinstance(selection, FieldNode):
                aliases += selection.alias is not None
                inner = self._extent(selection.selection_set)
                depth = max(depth, 1 + inner.depth)
            elif isinstance(selection, InlineFragmentNode):
                inner = self._extent(selection.selection_set)
                depth = max(depth, inner.depth)
            else:
                assert isinstance(selection, FragmentSpreadNode)
                inner = self._fragment_extent(selection.name.value)
                depth = max(depth, inner.depth)
            fields += inner.fields
            aliases += inner.aliases
        return _Extent(fields, aliases, depth)

    def _fragment_extent(self, name: str) -> _Extent:
        """Reckoned once, wherever the fragment is used: doubling again and again stays cheap."""
        self._unused.pop(name, None)
        if name not in self._fragments:
            return _Extent()
        if name in self._extents:
            known = self._extents[name]
            if known is None:
                message = f"The fragment {name} uses itself, in the end."
                raise GraphQLError(message, extensions={"code": "BAD_INPUT"})
            return known
        self._extents[name] = None
        extent = self._extents[name] = self._extent(self._fragments[name].selection_set)
        return extent

    def comparisons(self) -> int:
        """Pairs of fields that will be asked whether they can be one; call after `extent`.

        Walks what the document comes to, which is bounded by then.
        """
        return sum(self._comparisons([root]) for root in self._roots)

    def _comparisons(self, sets: list[SelectionSetNode]) -> int:
        counts: Counter[str] = Counter()
        inner: dict[str, list[SelectionSetNode]] = {}
        for field in self._fields(sets):
            name = (field.alias or field.name).value
            counts[name] += 1
            if field.selection_set is not None:
                inner.setdefault(name, []).append(field.selection_set)
        here = sum(count * (count - 1) // 2 for count in counts.values())
        return here + sum(self._comparisons(below) for below in inner.values())

    def _fields(self, sets: list[SelectionSetNode]) -> Iterator[FieldNode]:
        stack = list(sets)
        while stack:
            for selection in stack.pop().selections:
                if isinstance(selection, FieldNode):
                    yield selection
                elif isinstance(selection, InlineFragmentNode):
                    stack.append(selection.selection_set)
                elif isinstance(selection, FragmentSpreadNode):
                    fragment = self._fragments.get(selection.name.value)
                    if fragment is not None:
                        stack.append(fragment.selection_set)
