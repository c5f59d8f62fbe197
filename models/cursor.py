"""Cursors: opaque positions in a workspace's log, the same for lists and for the feed."""

from __future__ import annotations

import base64
import struct
from binascii import Error as Base64Error
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zlib import crc32

from models.errors import BadInput

_VERSION = 1
_LAYOUT = struct.Struct(">BIQqI")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class Position(NamedTuple):
    """A place in a log: an event's sequence and its time; 0 is the place before the first."""

    sequence: int
    occurred_at: datetime


START = Position(0, BEFORE_ALL)


def encode_cursor(workspace_id: int, position: Position) -> str:
    """Write a position so that it is good in its workspace alone."""
    microseconds = (position.occurred_at - _EPOCH) // _MICROSECOND
    body = _LAYOUT.pack(_VERSION, workspace_id, position.sequence, microseconds, 0)[:-4]
    return base64.urlsafe_b64encode(body + struct.pack(">I", crc32(body))).decode().rstrip("=")


def decode_cursor(workspace_id: int, cursor: str, *, field: str = "after") -> Position:
    """Raises BadInput for what is no cursor, or another workspace's."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        version, owner, sequence, microseconds, check = _LAYOUT.unpack(raw)
        occurred_at = _EPOCH + timedelta(microseconds=microseconds)
    except (ValueError, Base64Error, struct.error, OverflowError) as error:
        raise BadInput("This is not a cursor of this server.", field=field) from error
    if version != _VERSION or owner != workspace_id or check != crc32(raw[:-4]):
        raise BadInput("This is not a cursor of this workspace.", field=field)
    if sequence >= 1 << 63:
        raise BadInput("This is not a cursor of this server.", field=field)
    return Position(sequence, occurred_at)
