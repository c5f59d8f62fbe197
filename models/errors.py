"""The one tree of errors that a caller may be shown; whatever is not in it is masked."""

from __future__ import annotations


class LivemeterError(Exception):
    """An expected failure: its message is safe to show and says what to do."""

    code = "INTERNAL"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Unauthenticated(LivemeterError):
    """No credential, or one that does not hold (any more)."""

    code = "UNAUTHENTICATED"


class Forbidden(LivemeterError):
    """The credential holds but lacks a scope."""

    code = "FORBIDDEN"


class BadInput(LivemeterError):
    """The request cannot be understood as it is; `field` names the place."""

    code = "BAD_INPUT"


class NotFound(LivemeterError):
    """What was named does not exist in this workspace."""

    code = "NOT_FOUND"


class Conflict(LivemeterError):
    """What was asked for contradicts what is there."""

    code = "CONFLICT"


class TooComplex(LivemeterError):
    """The request asks for more than one request may."""

    code = "TOO_COMPLEX"


class RateLimited(LivemeterError):
    """Too much at once; `retry_after` seconds from now there is room again."""

    code = "RATE_LIMITED"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(LivemeterError):
    """Something the server needs is away or overloaded; trying again is safe."""

    code = "UNAVAILABLE"
