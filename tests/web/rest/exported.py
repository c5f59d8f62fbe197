"""Files that were exported, read back into events as the log has them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from models.event import UsageEvent
from models.money import plain
from pricing.event_cost import COUNT_FIELDS

# What a row says of an event, whichever the format: exact numbers as text, None where unknown.
Row = dict[str, Any]

COUNTS = (
    "inputTokens",
    "outputTokens",
    "cacheReadTokens",
    "cacheWriteTokens",
    "reasoningTokens",
    "inputAudioTokens",
    "outputAudioTokens",
    "images",
    "durationMs",
)
_JSON = ("units", "costLines", "metadata", "sideCalls", "costReasons")


def rows_of_events(events: list[UsageEvent]) -> list[Row]:
    """What a file must say of events of the log."""
    return [_row_of_event(event) for event in events]


def read_csv(file: bytes) -> list[Row]:
    return [_row_of_cells(cells) for cells in csv.DictReader(io.StringIO(file.decode(), ""))]


def read_ndjson(file: bytes) -> list[Row]:
    return [_row_of_line(json.loads(line)) for line in file.decode().splitlines()]


def read_parquet(file: bytes) -> list[Row]:
    table = parquet.read_table(pa.BufferReader(file))
    return [_row_of_parquet(row) for row in table.to_pylist()]


READERS: dict[str, Callable[[bytes], list[Row]]] = {
    "csv": read_csv,
    "ndjson": read_ndjson,
    "parquet": read_parquet,
}


def _row_of_event(event: UsageEvent) -> Row:
    counts = {unit: getattr(event, name) for unit, name in COUNT_FIELDS.items()}
    reported = {unit: str(count) for unit, count in counts.items() if count is not None}
    further = {unit: plain(quantity) for unit, quantity in (event.units or {}).items()}
    return {
        "id": event.id,
        "type": event.type.value,
        "customerId": event.customer_id,
        "userId": event.user_id,
        "featureId": event.feature_id,
        "provider": event.provider,
        "model": event.model,
        "units": reported | further,
        "quantity": _plain(event.quantity),
        "unit": event.unit,
        "processing": event.processing,
        "serviceTier": event.service_tier,
        "speed": event.speed,
        "costUsd": _plain(event.cost),
        "costStatus": event.cost_status.value,
        "costLines": [
            [
                line.unit,
                plain(line.quantity),
                _plain(line.unit_price),
                _plain(line.amount),
                line.model,
            ]
            for line in event.cost_lines
        ],
        "priceId": event.price_id,
        "outcome": event.outcome.value,
        "errorCode": event.error_code,
        "durationMs": None if event.duration_ms is None else str(event.duration_ms),
        "occurredAt": event.occurred_at,
        "recordedAt": event.recorded_at,
        "metadata": None if event.metadata is None else json.loads(event.metadata),
        "requestedModel": event.requested_model,
        "region": event.region,
        "searchContextSize": event.search_context_size,
        "sideCalls": {
            side.model: {unit: plain(quantity) for unit, quantity in side.units.items()}
            for side in event.side_calls or ()
        },
        "costReasons": [(reason.code.value, reason.subject) for reason in event.cost_reasons],
        "reportedCostUsd": _plain(event.reported_cost),
        "reportedCostStatus": event.reported_cost_status and event.reported_cost_status.value,
        "computedCostUsd": _plain(event.computed_cost),
    }


def _row_of_cells(cells: dict[str, str]) -> Row:
    row: Row = {name: cell or None for name, cell in cells.items()}
    for name in _JSON:
        row[name] = json.loads(cells[name]) if cells[name] else None
    for name in ("occurredAt", "recordedAt"):
        row[name] = datetime.fromisoformat(cells[name])
    return _with_units(row)


def _row_of_parquet(row: Row) -> Row:
    row = dict(row)
    for name in ("quantity", "costUsd", "reportedCostUsd", "computedCostUsd"):
        beside = row.pop(name + "Text")
        row[name] = beside if row[name] is None else _plain(row[name])
    for name in COUNTS:
        row[name] = None if row[name] is None else str(row[name])
    for name in _JSON:
        row[name] = None if row[name] is None else json.loads(row[name])
    return _with_units(row)


def _row_of_line(line: Row) -> Row:
    row = {name: value for name, value in line.items() if name not in ("usage", "cost")}
    cost, units = line["cost"], {one["unit"]: one["quantity"] for one in line["units"]}
    for unit, name in zip(COUNT_FIELDS, COUNTS, strict=False):
        row[name] = units.get(unit)
        # What was not reported is 0 in GraphQL's fields.
        assert line["usage"][name] == (row[name] or "0")
    row |= {"costUsd": cost["amount"], "costStatus": cost["status"], "costLines": cost["lines"]}
    reported = cost["reported"] or {"amount": None, "status": None, "computed": None}
    row |= {"reportedCostUsd": reported["amount"], "reportedCostStatus": reported["status"]}
    is_counted = cost["status"] == "REPORTED"
    row["computedCostUsd"] = reported["computed"] if is_counted else None
    row["costReasons"] = cost["reasons"]
    row["priceId"] = cost["price"] and cost["price"]["id"]
    row["durationMs"] = None if line["durationMs"] is None else str(line["durationMs"])
    for name in ("occurredAt", "recordedAt"):
        row[name] = datetime.fromisoformat(line[name])
    return _with_units(row)


def _with_units(row: Row) -> Row:
    """The counts are held against the units that were reported, then left out with the cursor."""
    units = {one["unit"]: one["quantity"] for one in row["units"]}
    for unit, name in zip(COUNT_FIELDS, COUNTS, strict=False):
        assert row.pop(name) == units.get(unit)
    row["units"] = units
    row["costLines"] = [
        [line["unit"], line["quantity"], line["unitPrice"], line["amount"], line["model"]]
        for line in row["costLines"]
    ]
    row["costReasons"] = [(reason["code"], reason["subject"]) for reason in row["costReasons"]]
    row["sideCalls"] = {
        side["model"]: {one["unit"]: one["quantity"] for one in side["units"]}
        for side in row["sideCalls"]
    }
    del row["cursor"]
    return row


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)
