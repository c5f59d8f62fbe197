"""What an operation may cost: how many values its answer may have, before anything is resolved.

The document is worked out once into a formula; its variables go in with each request. `@skip`
and `@include` are taken to include.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    get_named_type,
    value_from_ast_untyped,
)
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)
from graphql.type import SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef

from schema.list_size import LENGTHS, PASSED_ON, SURCHARGES, Above, Length

Variables = Mapping[str, Any]
_META_FIELDS = {
    "__schema": SchemaMetaFieldDef,
    "__type": TypeMetaFieldDef,
    "__typename": TypeNameMetaFieldDef,
}


@dataclass(frozen=True)
class _Times:
    """A length that hangs on variables: `constants` has the arguments that do not."""

    rule: Length
    constants: dict[str, Any]
    variables: dict[str, tuple[str, Any]]

    def of(self, values: Variables) -> int:
        arguments = dict(self.constants)
        for argument, (variable, otherwise) in self.variables.items():
            arguments[argument] = values.get(variable, otherwise)
        return self.rule.of(arguments)


_Factor = int | _Times


@dataclass
class Formula:
    """`constant`, and for each of `parts` its factor times its formula."""

    constant: int = 0
    parts: list[tuple[_Factor, Formula]] = field(default_factory=list)

    def of(self, variables: Variables) -> int:
        """The cost with these variables, as they were sent."""
        return self.constant + sum(
            (factor if isinstance(factor, int) else factor.of(variables)) * part.of(variables)
            for factor, part in self.parts
        )

    def add(self, factor: _Factor, part: Formula) -> None:
        if isinstance(factor, int) and not part.parts:
            self.constant += factor * part.constant
        else:
            self.parts.append((factor, part))


def cost_formula(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> Formula:
    """Of a valid document, whose size was checked: it is worked out fragment by fragment."""
    root = schema.get_root_type(operation.operation)
    assert root is not None
    return _Costing(schema, document, operation).of(operation.selection_set, root, 1)


class _Costing:
    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> None:
        self._schema = schema
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._defaults = {
            definition.variable.name.value: value_from_ast_untyped(definition.default_value)
            for definition in operation.variable_definitions or ()
            if definition.default_value is not None
        }

    def of(self, selections: SelectionSetNode, type_: Any, passed: _Factor) -> Formula:
        """`passed` is the length that lists here take from the field above."""
        formula = Formula()
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                self._add_field(formula, selection, type_, passed)
            elif isinstance(selection, InlineFragmentNode):
                formula.add(1, self.of(selection.selection_set, type_, passed))
            else:
                assert isinstance(selection, FragmentSpreadNode)
                fragment = self._fragments[selection.name.value]
                formula.add(1, self.of(fragment.selection_set, type_, passed))
        return formula

    def _add_field(
        self, formula: Formula, node: FieldNode, type_: GraphQLObjectType, passed: _Factor
    ) -> None:
        name = node.name.value
        definition = _META_FIELDS.get(name) or type_.fields[name]
        place = f"{type_.name}.{name}"
        value = Formula(1)
        if node.selection_set is not None:
            below = PASSED_ON.get(place)
            value.add(
                1,
                self.of(
                    node.selection_set,
                    get_named_type(definition.type),
                    passed if below is None else self._factor(below, node, definition),
                ),
            )
        formula.constant += SURCHARGES.get(place, 0)
        length = LENGTHS.get(place)
        if length is None:
            formula.add(1, value)
        elif isinstance(length, Above):
            formula.add(passed, value)
        else:
            formula.add(self._factor(length, node, definition), value)

    def _factor(self, rule: Length, node: FieldNode, definition: GraphQLField) -> _Factor:
        constants: dict[str, Any] = {
            name: argument.default_value
            for name, argument in definition.args.items()
            if argument.default_value is not Undefined
        }
        variables: dict[str, tuple[str, Any]] = {}
        for argument in node.arguments or ():
            name = argument.name.value
            if isinstance(argument.value, VariableNode):
                variable = argument.value.name.value
                otherwise = self._defaults.get(variable, constants.pop(name, None))
                variables[name] = (variable, otherwise)
            else:
                constants[name] = value_from_ast_untyped(argument.value)
        if variables:
            return _Times(rule, constants, variables)
        return rule.of(constants)
