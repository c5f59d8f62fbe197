"""`GET /v1/events/export`: a range of the log as a file, however long it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from starlette.responses import Response, StreamingResponse

from models.cursor import decode_cursor
from models.event import UsageEvent
from resolvers.event_export import EventExport
from resolvers.local_time import local_day
from web.rest.endpoint import Asked, Endpoint
from web.rest.event_file import FORMATS, MEDIA_TYPES, EventFile, new_file
from web.rest.parameter import Parameter
from web.rest.parameter_kinds import choice, whole_number
from web.rest.refusal import OldProtocol
from web.rest.selection import (
    COST_STATUS,
    CUSTOMER_ID,
    FEATURE_ID,
    MODEL,
    OUTCOME,
    PROVIDER,
    RANGE_PARAMETERS,
    REPORTED_COST_STATUS,
    REQUESTED_MODEL,
    TYPE,
    USER_ID,
    now,
    read_filter,
    read_range,
    read_zone,
)

MAX_LIMIT = 1_000_000_000
FORMAT = choice("format", "How the file is written.", FORMATS, is_required=True, example="csv")
AFTER = Parameter(
    "after",
    "The cursor of an event: the file goes on behind it. Each row has one.",
    {"type": "string"},
    str,
)
LIMIT = whole_number("limit", "At most so many events; all, where it is absent.", MAX_LIMIT)


async def _answer(asked: Asked) -> Response:
    if asked.request.scope["http_version"] == "1.0":
        raise OldProtocol("Ask by HTTP/1.1: by HTTP/1.0 a file that is cut off looks complete.")
    values, reach = asked.values, asked.viewer.reach
    after = values.get(AFTER)
    export = EventExport(
        reach,
        read_range(values, now()),
        read_filter(values),
        None if after is None else decode_cursor(reach.workspace_id, after, field=AFTER.name),
        values.get(LIMIT),
    )
    format = values.get(FORMAT) or ""
    headers = {"Content-Disposition": f'attachment; filename="{_file_name(asked, export, format)}"'}
    file = new_file(format)
    if asked.request.method == "HEAD":
        head = Response(headers=headers, media_type=MEDIA_TYPES[format])
        # Nobody knows how long the file would be.
        del head.headers["content-length"]
        return head
    pages = export.pages(asked.services.database)
    # Before the answer begins, so that what goes wrong here has a status of its own.
    first: list[UsageEvent] = await anext(pages, [])
    return StreamingResponse(
        _content(asked, file, first, pages), headers=headers, media_type=MEDIA_TYPES[format]
    )


async def _content(
    asked: Asked, file: EventFile, first: list[UsageEvent], pages: AsyncIterator[list[UsageEvent]]
) -> AsyncIterator[bytes]:
    """The file in pieces. An error in here cuts the connection: the client sees no end."""
    yield file.begin()
    events = first
    while events:
        await asked.check_viewer()
        # In a thread, so that others are answered meanwhile.
        piece = await asyncio.to_thread(file.write, events)
        if piece:
            yield piece
        events = await anext(pages, [])
    yield await asyncio.to_thread(file.end)


def _file_name(asked: Asked, export: EventExport, format: str) -> str:
    zone = read_zone(asked.values)
    first = local_day(export.range.from_, zone)
    last = local_day(max(export.range.from_, export.range.to - timedelta(microseconds=1)), zone)
    return f"livemeter-{first}-{last}.{format}"


EVENTS_EXPORT = Endpoint(
    path="/v1/events/export",
    name="eventsExport",
    summary="Events of a range, as a file",
    description="Events in the order of `occurredAt`, as the log stood when the request came. A "
    "file that breaks off was cut: its connection ends without an end. Export again `after` the "
    "last cursor that arrived whole.",
    own_parameters=(
        FORMAT,
        *RANGE_PARAMETERS,
        CUSTOMER_ID,
        USER_ID,
        FEATURE_ID,
        PROVIDER,
        MODEL,
        TYPE,
        OUTCOME,
        COST_STATUS,
        REQUESTED_MODEL,
        REPORTED_COST_STATUS,
        AFTER,
        LIMIT,
    ),
    answers={
        "text/csv": {
            "type": "string",
            "description": "RFC 4180 in UTF-8, with a header. An empty cell is no value. A text "
            "that a spreadsheet could take for a formula has an apostrophe before it.",
        },
        "application/x-ndjson": {
            "type": "string",
            "description": "One object a line: see the schema EventLine.",
        },
        "application/vnd.apache.parquet": {},
    },
    answer=_answer,
    further_refusals={"426": "BAD_INPUT: asked by HTTP/1.0, in which no file can be cut visibly."},
)
