"""The schema, put together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import strawberry
from graphql import GraphQLError
from graphql.language import OperationDefinitionNode
from strawberry.extensions import MaxTokensLimiter, ParserCache, SchemaExtension, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from schema.errors import show_error
from schema.mutation import Mutation
from schema.query import Query
from schema.quick_events import QuickExecution
from schema.scalars import SCALARS
from schema.subscription import Subscription

# An inline mutation of some 2,000 events; more goes into variables, which cost no tokens.
MAX_TOKENS = 100_000
# Longer documents are rare, and a cache of them would be as large as they are.
MAX_CACHED_CHARACTERS = 16_000


class _ShortDocuments(SchemaExtension):
    """Keeps long documents out of a cache."""

    def _is_short(self) -> bool:
        return len(self.execution_context.query or "") <= MAX_CACHED_CHARACTERS


class ShortParserCache(_ShortDocuments, ParserCache):
    def on_parse(self) -> Iterator[None]:
        if self._is_short():
            context = self.execution_context
            # What cannot be parsed is left to the step itself, whose errors are shown as all are.
            with suppress(GraphQLError):
                context.graphql_document = self.cached_parse_document(
                    context.query, **context.parse_options
                )
        yield


class ShortValidationCache(_ShortDocuments, ValidationCache):
    def on_validate(self) -> Iterator[None]:
        if self._is_short():
            yield from super().on_validate()
        else:
            yield


class OneOperation(SchemaExtension):
    """Refuses to guess which of several operations is meant: Strawberry would run the first."""

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        document = context.graphql_document
        if document and context._provided_operation_name is None:
            operations = [
                definition
                for definition in document.definitions
                if isinstance(definition, OperationDefinitionNode)
            ]
            if len(operations) > 1 and not context.pre_execution_errors:
                message = "The document has several operations: say which by `operationName`."
                context.pre_execution_errors = [GraphQLError(message, operations)]
        yield


class LivemeterSchema(strawberry.Schema):
    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Every error passes here, whatever step it comes from, before it is shown.

        Replaced in place: Strawberry hands on the very list. A hook of an extension would miss
        what goes wrong before and between the steps that extensions see.
        """
        document = None if execution_context is None else execution_context.graphql_document
        errors[:] = [show_error(error, document) for error in errors]


def build_schema() -> LivemeterSchema:
    return LivemeterSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS),
        execution_context_class=QuickExecution,
        extensions=[
            lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
            ShortParserCache,
            ShortValidationCache,
            OneOperation,
        ],
    )


def sdl() -> str:
    """The schema as text, as `schema/schema.graphql` keeps it."""
    return build_schema().as_str() + "\n"
