"""Why somebody could not sign in by the provider, as the page is told."""

from __future__ import annotations

from enum import StrEnum


class Problem(StrEnum):
    # Begun in another browser, too long ago, or twice.
    EXPIRED = "expired"
    # The provider said no, or what it said does not hold.
    REFUSED = "refused"
    # It does not vouch for the e-mail address.
    UNVERIFIED = "unverified"
    # Nobody has invited this address, or its domain may not enter.
    NOT_INVITED = "not-invited"
    AWAY = "away"


class OidcError(Exception):
    """`reason` is for the log: nothing of it is shown."""

    def __init__(self, problem: Problem, reason: str) -> None:
        super().__init__(reason)
        self.problem = problem
        self.reason = reason
