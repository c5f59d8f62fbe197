"""One row of a file: its line number, and the event in it or why there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

import msgspec

from models.errors import BadInput
from resolvers.recording.event_input import EventInput, fingerprint
from schema.event_reading import read_event_input


@dataclass(frozen=True)
class Row:
    """`line` counts from 1, as editors do; `content` is the input's fields as they were read."""

    line: int
    content: dict[str, object]
    problem: str | None = None


@dataclass(frozen=True)
class ReadRow:
    """A row that became an event, or did not and says why."""

    line: int
    event: EventInput | None
    problem: str | None = None


def read_rows(rows: Iterable[Row]) -> Iterator[ReadRow]:
    """Turn rows into events; rows without an id get one from what they say.

    The id is made of the content and of how many equal rows came before it in the file, so
    that a file that is read again records nothing twice, and equal rows are not lost.
    """
    seen: Counter[bytes] = Counter()
    for row in rows:
        if row.problem is not None:
            yield ReadRow(row.line, None, row.problem)
            continue
        try:
            event = read_event_input(row.content)
            yield ReadRow(row.line, event if event.id else _with_id(event, seen))
        except BadInput as error:
            place = f"{error.field}: " if error.field else ""
            yield ReadRow(row.line, None, place + error.message)
        except (UnicodeEncodeError, RecursionError):
            yield ReadRow(row.line, None, "the line holds characters that are no text")


def _with_id(event: EventInput, seen: Counter[bytes]) -> EventInput:
    content = fingerprint(event)
    seen[content] += 1
    occurrence = str(seen[content]).encode()
    event_id = "imp_" + blake2b(content + occurrence, digest_size=12).hexdigest()
    return msgspec.structs.replace(event, id=event_id)
