"""Which media type a request wants, by its `Accept` header (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from starlette.types import Scope

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
HTML = "text/html"

_QUOTED = r'"(?:\\.|[^"\\])*"?'
_PART = re.compile(rf"(?:{_QUOTED}|[^,\"])+")
_PARAMETER = re.compile(rf"(?:{_QUOTED}|[^;\"])+")
_TOKEN = r"[!#$%&'+.^_`|~0-9A-Za-z-]+"
_RANGE = re.compile(rf"(\*)/(\*)|({_TOKEN})/(\*|{_TOKEN})")
_WEIGHT = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


@dataclass(frozen=True)
class _Range:
    """`text/*;q=0.5` as a pattern and its weight."""

    type: str
    subtype: str
    weight: float

    def precision(self, media_type: str) -> int:
        """3 for the type itself, 2 for `text/*`, 1 for `*/*`, 0 where it does not match."""
        type, _, subtype = media_type.partition("/")
        if self.type == "*":
            return 1
        if self.type != type:
            return 0
        return 2 if self.subtype == "*" else 3 if self.subtype == subtype else 0


class Accept:
    """The media ranges of the header. Ranges that cannot be read are ignored.

    Without any range everything is accepted.
    """

    def __init__(self, header: str) -> None:
        ranges = [_read_range(part) for part in _PART.findall(header)]
        self._ranges = [one for one in ranges if one is not None] or [_Range("*", "*", 1.0)]

    @classmethod
    def of(cls, scope: Scope) -> Self:
        """Of a request, which may have the header more than once."""
        given = [value for name, value in scope["headers"] if name == b"accept"]
        return cls(b",".join(given).decode("latin-1"))

    def accepts(self, media_type: str) -> bool:
        return self.first([media_type]) is not None

    def first(self, offered: Sequence[str]) -> str | None:
        """The offered type of highest weight, or None where none is accepted.

        Of equal weights the one whose range comes first in the header; of one range the one that
        is offered first.
        """
        ranked = []
        for number, media_type in enumerate(offered):
            place = self._place(media_type)
            if place is not None and self._ranges[place].weight > 0:
                ranked.append((-self._ranges[place].weight, place, number))
        return offered[min(ranked)[2]] if ranked else None

    def _place(self, media_type: str) -> int | None:
        """The index of the most precise range that matches: its weight is the one that holds."""
        precisions = [one.precision(media_type) for one in self._ranges]
        best = max(precisions)
        return precisions.index(best) if best else None


def answer_type(accept: Accept) -> str:
    """The JSON type for an answer that is sent in any case, such as a refusal."""
    return accept.first([JSON, GRAPHQL_RESPONSE]) or JSON


def _read_range(part: str) -> _Range | None:
    name, *parameters = _PARAMETER.findall(part.strip()) or [""]
    found = _RANGE.fullmatch(name.strip().lower())
    if found is None:
        return None
    return _Range(found[1] or found[3], found[2] or found[4], _read_weight(parameters))


def _read_weight(parameters: Iterable[str]) -> float:
    """1 where no weight is given, or one that cannot be read."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            weight = value.strip()
            return float(weight) if _WEIGHT.fullmatch(weight) else 1.0
    return 1.0
