"""Why no counts can be read from a response."""

from __future__ import annotations


class UnreadableResponse(ValueError):
    """A response that no counts can be read from, and why."""
