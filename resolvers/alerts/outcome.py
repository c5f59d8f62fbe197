"""What came of one try to deliver something."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sent:
    """`problem`: what there is to say although it was taken."""

    status: int | None = None
    problem: str | None = None
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failed:
    """`problem`: why, in words for people. `is_final`: another try would be no use.

    `retry_after`: the seconds that the receiver asks to be left alone. `accepted`: the e-mail
    addresses that have taken it nevertheless.
    """

    problem: str
    status: int | None = None
    retry_after: float | None = None
    is_final: bool = False
    accepted: tuple[str, ...] = ()


Outcome = Sent | Failed
