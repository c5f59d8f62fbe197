"""What an event must satisfy by itself, whatever its counts and prices."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from models.event import EventType
from models.money import MAX_DIGITS, MAX_SCALE, is_storable
from models.text import is_text
from resolvers.recording.event_input import EventInput
from resolvers.recording.rejection import Rejected

MAX_STRING = 256
MAX_METADATA_BYTES = 8 * 1024
# No call costs more, in USD: a charge that is read from a response is bounded so, too.
MAX_REPORTED_COST = 1_000_000
MAX_AHEAD = timedelta(minutes=5)
# An unset time is year 1 in Go and 1970 elsewhere. Language models are not metered before 2015.
EARLIEST_EVENT = datetime(2015, 1, 1, tzinfo=UTC)
# Whatever is set: the first moment of year 1 cannot be kept, asyncpg writes it as `-infinity`.
_FIRST_KEPT = datetime(1, 1, 2, tzinfo=UTC)

_STRINGS = (
    ("id", "id"),
    ("customer_id", "customerId"),
    ("user_id", "userId"),
    ("feature_id", "featureId"),
    ("provider", "provider"),
    ("model", "model"),
    ("unit", "unit"),
    ("processing", "processing"),
    ("service_tier", "serviceTier"),
    ("speed", "speed"),
    ("region", "region"),
    ("search_context_size", "searchContextSize"),
    ("error_code", "errorCode"),
)
_encode = msgspec.json.Encoder(decimal_format="number").encode


def check_strings(event: EventInput) -> None:
    """Raises Rejected for NUL, unpaired surrogates, and more than 256 characters."""
    for name, field in _STRINGS:
        value = getattr(event, name)
        if value is not None:
            check_string(value, field)
    for index, count in enumerate(event.units or ()):
        check_string(count.unit, f"units[{index}].unit")
    if event.id == "":
        raise Rejected("INVALID_ID", "id", "An id has at least one character.")


def check_string(value: str, field: str) -> None:
    if len(value) > MAX_STRING:
        raise Rejected(
            "STRING_TOO_LONG",
            field,
            f"At most {MAX_STRING} characters are kept, and this has {len(value)}.",
        )
    if not is_text(value):
        raise Rejected(
            "INVALID_STRING", field, "NUL characters and unpaired surrogates cannot be stored."
        )


def _code_word(field: str) -> str:
    """`units[0].quantity` is QUANTITY, `reportedCost` REPORTED_COST."""
    name = field.rpartition(".")[2]
    return re.sub(r"([A-Z])", r"_\1", name).upper()


def check_time(occurred_at: datetime, earliest: datetime, now: datetime) -> None:
    earliest = max(earliest, _FIRST_KEPT)
    if occurred_at < earliest:
        raise Rejected(
            "TIME_TOO_EARLY",
            "occurredAt",
            f"occurredAt is before {earliest.isoformat(timespec='seconds')}, the earliest time "
            "that this server takes (LIVEMETER_EARLIEST_EVENT).",
        )
    if occurred_at > now + MAX_AHEAD:
        raise Rejected(
            "TIME_IN_FUTURE",
            "occurredAt",
            "occurredAt is more than 5 minutes ahead of the server's clock, which shows "
            f"{now.isoformat(timespec='seconds')}.",
        )


def check_numbers(event: EventInput) -> None:
    for value, field in (
        (event.cost, "cost"),
        (event.quantity, "quantity"),
        (event.reported_cost, "reportedCost"),
    ):
        if value is not None:
            check_number(value, field)
    if event.reported_cost is not None and event.reported_cost > MAX_REPORTED_COST:
        raise Rejected(
            "INVALID_REPORTED_COST",
            "reportedCost",
            f"reportedCost is at most {MAX_REPORTED_COST:,} USD for one event.",
        )
    for index, count in enumerate(event.units or ()):
        check_number(count.quantity, f"units[{index}].quantity")
    if event.duration_ms is not None and event.duration_ms < 0:
        raise Rejected("INVALID_DURATION", "durationMs", "A duration cannot be negative.")


def check_number(value: Decimal, field: str) -> None:
    code = f"INVALID_{_code_word(field)}"
    if value < 0:
        raise Rejected(code, field, f"{field} cannot be negative.")
    if not is_storable(value):
        raise Rejected(
            code,
            field,
            f"{field} has more than {MAX_DIGITS} digits, or more than {MAX_SCALE} of them "
            "behind the point.",
        )


def check_type(event: EventInput, model: str | None) -> None:
    """What each type of event cannot do without. `model` is the one sent or read."""
    if event.type is EventType.CUSTOM:
        if (event.quantity is None) != (event.unit is None):
            field = "unit" if event.unit is None else "quantity"
            raise Rejected(f"MISSING_{field.upper()}", field, "quantity and unit go together.")
        return
    if not event.provider:
        raise Rejected("MISSING_PROVIDER", "provider", f"{event.type} needs a provider.")
    if not model:
        raise Rejected("MISSING_MODEL", "model", f"{event.type} needs a model.")
    for value, field in ((event.quantity, "quantity"), (event.unit, "unit")):
        if value is not None:
            raise Rejected(
                "NOT_CUSTOM", field, f"{field} is for CUSTOM events; this one is {event.type}."
            )


def metadata_text(metadata: object) -> str | None:
    """The metadata as JSON text, its numbers as they were sent. Raises Rejected."""
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise Rejected("INVALID_METADATA", "metadata", "metadata must be a JSON object.")
    try:
        _check_json(metadata)
        text = _encode(metadata)
    except RecursionError:
        raise Rejected("INVALID_METADATA", "metadata", "metadata is nested too deeply.") from None
    if len(text) > MAX_METADATA_BYTES:
        raise Rejected(
            "METADATA_TOO_LARGE",
            "metadata",
            f"metadata may have {MAX_METADATA_BYTES} bytes as JSON, and this has {len(text)}.",
        )
    return text.decode()


def _check_json(value: object) -> None:
    match value:
        case str():
            if not is_text(value):
                raise Rejected(
                    "INVALID_STRING",
                    "metadata",
                    "NUL characters and unpaired surrogates cannot be stored.",
                )
        case dict():
            for key, item in value.items():
                _check_json(key)
                _check_json(item)
        case list():
            for item in value:
                _check_json(item)
        case Decimal() | int() if not is_storable(Decimal(value)):
            message = f"metadata holds a number of more than {MAX_DIGITS} digits."
            raise Rejected("INVALID_METADATA", "metadata", message)
