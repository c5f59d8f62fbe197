"""JSON in and out without floats: numbers stay as exact as they were written."""

from __future__ import annotations

import json
from decimal import Decimal

import msgspec

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode


def decode_json(data: bytes | str) -> object:
    """Numbers come as int and Decimal. Raises json.JSONDecodeError, also for too deep a nest."""
    try:
        return _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _decode_leniently(data)


def _decode_leniently(data: bytes | str) -> object:
    """Take what is no valid JSON text but can be answered event by event.

    An unpaired surrogate or a NaN spoils one event; refused here it would spoil the request
    without saying where.
    """
    try:
        text = data if isinstance(data, str) else data.decode()
        return json.loads(text, parse_float=Decimal, parse_constant=Decimal)
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError) as error:
        raise json.JSONDecodeError(str(error), "", 0) from error


def encode_json(data: object) -> bytes:
    return _encode(data)
