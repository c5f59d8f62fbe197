"""Why one event of a request is not recorded, while its siblings are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """`code` is a stable word for programs; `field` is in the input's own spelling."""

    code: str
    field: str | None
    message: str


class Rejected(Exception):
    """Raised while an event is checked; the event is answered with the problem."""

    def __init__(self, code: str, field: str | None, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(code, field, message)
