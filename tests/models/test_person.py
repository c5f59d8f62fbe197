"""One address is one person, and no address is taken for another."""

from __future__ import annotations

import pytest

from models.errors import BadInput
from models.person import read_email


def test_capitals_make_no_other_person() -> None:
    assert read_email(" Ada@Example.COM ") == "ada@example.com"


def test_a_letter_that_is_small_as_another_is_small_is_not_taken_for_it() -> None:
    kelvin = "\N{KELVIN SIGN}"
    with pytest.raises(BadInput):
        read_email(f"mar{kelvin}@example.com")


def test_other_alphabets_are_as_good() -> None:
    assert read_email("MÜLLER@Example.com") == "müller@example.com"
