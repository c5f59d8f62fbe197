"""All gauges of a workspace: one for each window over each stream, moved together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import localcontext
from typing import Any

import asyncpg

from models.alert_bucket import Bucket, Key, Part, Tally, read_blocks, read_parts
from models.alert_rule import AlertRule
from models.alert_stream import Watched
from models.cube_sums import EXACT
from models.pauses import with_pauses
from resolvers.alerts.gauge import Gauge, Span
from resolvers.alerts.late import LateKeys
from resolvers.alerts.stream_set import Place, StreamSet
from resolvers.alerts.window import Window

# Keys to be looked at, by the gauges that they changed in.
Touched = dict[Gauge, set[Key]]


class GaugeSet:
    """`edge` is the end of the minute that the windows reach to; None before they were moved."""

    def __init__(self, workspace_id: int, rules: Iterable[AlertRule], streams: StreamSet) -> None:
        self._workspace_id = workspace_id
        self._rules: dict[tuple[str, Window], list[AlertRule]] = defaultdict(list)
        for rule in rules:
            self._rules[Watched.by(rule).mark, Window.of(rule)].append(rule)
        self._streams = streams
        self._gauges: dict[str, list[Gauge]] = {}
        self.edge: datetime | None = None
        self.late = LateKeys()

    def __iter__(self) -> Iterator[Gauge]:
        for gauges in self._gauges.values():
            yield from gauges

    async def note(self, sums: dict[Place, Tally], touched: Touched) -> None:
        """Count what was recorded, where it is within windows."""
        with localcontext(EXACT):
            async for (mark, minute, key), tally in with_pauses(sums.items()):
                for gauge in self._gauges.get(mark, ()):
                    if gauge.note(Bucket(minute, key, tally)):
                        touched[gauge].add(key)
                    self.late.note(gauge, minute, key, tally)

    async def move(self, driver: asyncpg.Connection[Any], edge: datetime) -> Touched:
        """By what came in and what went out, as the buckets have it."""
        touched: Touched = defaultdict(set)
        parts: list[Part] = []
        changes: list[tuple[Gauge, Span, int]] = []
        self._make()
        for gauge in self:
            if gauge.edge is None and self._streams.is_whole(gauge.mark):
                # A whole that has nothing is looked at too: that may be what is watched for.
                touched[gauge].add(None)
            for span, change in gauge.move(edge):
                parts.append(Part(self._streams.id(gauge.mark), *change.range, len(parts)))
                changes.append((gauge, span, change.sign))
            await self._read_baseline(driver, gauge)
        with localcontext(EXACT):
            found = await read_parts(driver, self._workspace_id, parts)
            async for place, key, tally in with_pauses(found):
                gauge, span, sign = changes[place]
                gauge.apply(span, sign, key, tally)
                touched[gauge].add(key)
        self.edge = edge
        return touched

    def _make(self) -> None:
        """Of streams that are filled by now; one for all rules that look through one window."""
        made = set(self._gauges)
        for (mark, window), rules in self._rules.items():
            if mark not in made and self._streams.is_filled(mark):
                self._gauges.setdefault(mark, []).append(Gauge(mark, window, rules))

    async def _read_baseline(self, driver: asyncpg.Connection[Any], gauge: Gauge) -> None:
        blocks = gauge.missing_baseline()
        if blocks is not None:
            length = timedelta(minutes=gauge.window.minutes or 0)
            stream_id = self._streams.id(gauge.mark)
            found = await read_blocks(driver, self._workspace_id, stream_id, blocks, length)
            gauge.set_baseline(blocks, found)
