"""Which strings Postgres can keep."""

from __future__ import annotations


def is_text(value: str) -> bool:
    """False for NUL characters and unpaired surrogates: JSON can say them, UTF-8 text cannot."""
    if "\x00" in value:
        return False
    # Almost all strings are ASCII, and that is known without looking at the characters.
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
