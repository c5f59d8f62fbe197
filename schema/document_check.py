"""A document's way to being run: parsed, measured, validated, weighed; each bounds the next.

What hangs on the document alone is remembered with it; what hangs on its variables is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    parse,
    specified_rules,
    validate,
)
from graphql.language import DocumentNode, FieldNode, OperationDefinitionNode
from graphql.validation import ValidationRule
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types import ExecutionContext

from schema.document_size import check_size
from schema.query_cost import Formula, cost_formula
from schema.query_limits import QueryLimits, too_complex
from schema.token_count import has_more_tokens
from schema.variable_size import check_variables

# Longer documents are rare, and a memory of them would be as large as they are.
MAX_KEPT_CHARACTERS = 16_000
_KEPT = 128
# How many tokens are parsed of what is refused anyway.
_TOO_LONG = 0
_TOO_MANY = 1


class NoIntrospection(ValidationRule):
    """Keeps the schema to those who have its file; `__typename` stays."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        if node.name.value in ("__schema", "__type"):
            message = "Introspection is switched off here."
            self.report_error(GraphQLError(message, node, extensions={"code": "FORBIDDEN"}))


_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
_RULES_WITHOUT_INTROSPECTION = (*_RULES, NoIntrospection)


@dataclass
class Checked:
    """What is known of a document: why it is refused, or what its operations cost."""

    errors: list[GraphQLError]
    formulas: dict[int, Formula] = field(default_factory=dict)


def check_document(
    schema: GraphQLSchema, document: DocumentNode, limits: QueryLimits, introspection: bool
) -> Checked:
    try:
        check_size(document, limits)
    except GraphQLError as error:
        return Checked([error])
    errors = validate(
        schema,
        document,
        _RULES if introspection else _RULES_WITHOUT_INTROSPECTION,
        max_errors=limits.errors,
        # A suggestion names what introspection would have shown.
        hide_suggestions=not introspection,
    )
    return Checked(errors)


@dataclass
class Known:
    """A document that was parsed before, and what was found once it was checked."""

    document: DocumentNode
    checked: Checked | None = None


@lru_cache(_KEPT)
def _known(
    schema: GraphQLSchema, text: str, limits: QueryLimits, introspection: bool, tokens: int
) -> Known:
    """By the text: to find a document by itself it would be hashed, node by node.

    Raises GraphQLError.
    """
    return Known(parse(text, max_tokens=tokens))


class DocumentCheck(SchemaExtension):
    """Stands in for Strawberry's own limiters and caches, whose order cannot be chosen."""

    def __init__(self, limits: QueryLimits, introspection: bool) -> None:
        self._limits = limits
        self._introspection = introspection
        self._known: Known | None = None

    def on_operation(self) -> Iterator[None]:
        context = self.execution_context
        # The parser is the one step that can refuse without a document: `limit_error` says why.
        context.parse_options["max_tokens"] = self._tokens_to_parse(context.query or "")
        yield

    def _tokens_to_parse(self, query: str) -> int:
        if len(query) > self._limits.characters:
            return _TOO_LONG
        if has_more_tokens(query, self._limits.tokens):
            return _TOO_MANY
        return self._limits.tokens

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        text = context.query
        if text and len(text) <= MAX_KEPT_CHARACTERS:
            tokens = context.parse_options["max_tokens"]
            # What cannot be parsed is left to the step itself, whose errors are shown as all are.
            with suppress(GraphQLError):
                self._known = _known(
                    context.schema._schema, text, self._limits, self._introspection, tokens
                )
                context.graphql_document = self._known.document
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        if not context.pre_execution_errors:
            context.pre_execution_errors = self._errors()
        yield

    def _errors(self) -> list[GraphQLError]:
        context = self.execution_context
        document = context.graphql_document
        assert document is not None
        schema: GraphQLSchema = context.schema._schema
        operation = _operation(document, context._provided_operation_name)
        if operation is None:
            message = "The document has several operations: say which by `operationName`."
            return [GraphQLError(message, [*document.definitions])]
        checked = self._checked(schema, document)
        if checked.errors:
            return list(checked.errors)
        variables = context.variables or {}
        place = document.definitions.index(operation)
        formula = checked.formulas.get(place)
        if formula is None:
            formula = checked.formulas[place] = cost_formula(schema, document, operation)
        try:
            check_variables(schema, operation, variables, self._limits)
        except GraphQLError as error:
            return [error]
        cost = formula.of(variables)
        if cost > self._limits.cost:
            return [
                too_complex(
                    f"The answer may hold some {cost:,} values; {self._limits.cost:,} is the most. "
                    "Ask for shorter lists, or in several requests.",
                    cost=cost,
                )
            ]
        return []

    def _checked(self, schema: GraphQLSchema, document: DocumentNode) -> Checked:
        known = self._known
        if known is not None and known.checked is not None:
            return known.checked
        checked = check_document(schema, document, self._limits, self._introspection)
        if known is not None:
            known.checked = checked
        return checked


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    """The one that is meant; None where that cannot be told: Strawberry would run the first."""
    operations = [
        definition
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
        and (name is None or (definition.name is not None and definition.name.value == name))
    ]
    # Several of one name are for validation to refuse.
    return operations[0] if operations and (name is not None or len(operations) == 1) else None


def limit_error(
    error: GraphQLError, context: ExecutionContext, limits: QueryLimits
) -> GraphQLError:
    """The parser's refusal to go on, said in our words; any other error as it is."""
    if not isinstance(error, GraphQLSyntaxError) or "Parsing aborted" not in error.message:
        return error
    if context.parse_options.get("max_tokens") == _TOO_LONG:
        return too_complex(f"A document may have {limits.characters:,} characters.")
    return too_complex(
        f"A document may have {limits.tokens:,} tokens; send long lists as variables."
    )
