"""The schema, put together."""

from __future__ import annotations

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from schema.document_check import DocumentCheck, limit_error
from schema.errors import show_error
from schema.mutation import Mutation
from schema.query import Query
from schema.query_limits import QueryLimits
from schema.quick_events import QuickExecution
from schema.scalars import SCALARS
from schema.subscription import Subscription
from schema.time_limit import TimeLimit


class LivemeterSchema(strawberry.Schema):
    limits = QueryLimits()

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Every error passes here, whatever step it comes from, before it is shown.

        Replaced in place: Strawberry hands on the very list. A hook of an extension would miss
        what goes wrong before and between the steps that extensions see.
        """
        document = None
        if execution_context is not None:
            document = execution_context.graphql_document
            errors[:] = [limit_error(error, execution_context, self.limits) for error in errors]
        errors[:] = [show_error(error, document) for error in errors]


def build_schema(
    limits: QueryLimits = QueryLimits(),  # noqa: B008 - it is frozen
    *,
    introspection: bool = True,
) -> LivemeterSchema:
    schema = LivemeterSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS),
        execution_context_class=QuickExecution,
        extensions=[
            lambda: DocumentCheck(limits, introspection),
            lambda: TimeLimit(limits.seconds),
        ],
    )
    schema.limits = limits
    return schema


def sdl() -> str:
    """The schema as text, as `schema/schema.graphql` keeps it."""
    return build_schema().as_str() + "\n"
