"""What is told of an error: a plain sentence where we know it, the id of a log line otherwise."""

from __future__ import annotations

from decimal import InvalidOperation

import asyncpg
import pytest
from structlog.testing import capture_logs

from models.alert_problem import NotEvaluated
from resolvers.alerts.explanation import Explanations


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (NotEvaluated("The cost is NaN."), "The cost is NaN."),
        (asyncpg.NumericValueOutOfRangeError("bigint"), "A count or a sum is too large."),
        (asyncpg.InvalidTextRepresentationError("secret"), "A value cannot be read."),
        (InvalidOperation("secret"), "A number is too large, or is none."),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_is_known_is_a_plain_sentence(error: Exception, message: str) -> None:
    assert Explanations(1).of(error) == message


def test_what_is_not_known_is_masked_and_logged_by_the_same_id() -> None:
    with capture_logs() as logs:
        message = Explanations(1).of(KeyError("secret"))
    [entry] = logs
    assert message == f"An unexpected error; see the log, id {entry['error_id']}."
    assert isinstance(entry["exc_info"], KeyError)


def test_an_error_that_comes_again_is_logged_once() -> None:
    explanations = Explanations(1)
    with capture_logs() as logs:
        assert explanations.of(KeyError("a")) == explanations.of(KeyError("a"))
    assert len(logs) == 1
