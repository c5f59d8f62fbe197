"""Cursors: opaque, good in one workspace, refused when they are none."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cursor import START, Position, decode_cursor, encode_cursor
from models.errors import BadInput

positions = st.builds(
    Position,
    st.integers(0, (1 << 63) - 1),
    st.datetimes(timezones=st.just(UTC)),
)


@given(st.integers(1, (1 << 31) - 1), positions)
def test_a_cursor_comes_back_as_the_position_it_was(workspace_id: int, position: Position) -> None:
    assert decode_cursor(workspace_id, encode_cursor(workspace_id, position)) == position


@given(st.text())
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        decode_cursor(1, text)


@given(st.binary(max_size=40))
def test_bytes_that_are_no_cursor_are_refused(raw: bytes) -> None:
    with pytest.raises(BadInput):
        decode_cursor(1, base64.urlsafe_b64encode(raw).decode().rstrip("="))


def test_another_workspaces_cursor_is_refused() -> None:
    cursor = encode_cursor(2, Position(5, datetime(2026, 1, 1, tzinfo=UTC)))
    with pytest.raises(BadInput):
        decode_cursor(1, cursor)


def test_a_cursor_that_was_changed_is_refused() -> None:
    cursor = encode_cursor(1, Position(5, datetime(2026, 1, 1, tzinfo=UTC)))
    with pytest.raises(BadInput):
        decode_cursor(1, ("B" if cursor[20] != "B" else "C").join([cursor[:20], cursor[21:]]))


def test_the_place_before_the_first_event_has_a_cursor() -> None:
    assert decode_cursor(1, encode_cursor(1, START)) == START
