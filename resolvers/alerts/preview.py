"""When a rule would have fired: its windows moved over what was recorded, as the evaluator does."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import localcontext
from typing import Any

import asyncpg

from models.alert_bucket import MINUTE, Key, Tally
from models.alert_firing import AlertFiring
from models.alert_reading import Buckets, read_cube_buckets, read_event_buckets
from models.alert_rule import AlertRule
from models.alert_stream import Watched
from models.cube_gaps import read_gaps
from models.cube_sums import EXACT
from models.cubes import Tier
from models.database import Database
from models.errors import BadInput, TooComplex
from models.reach import Reach
from models.time_range import TimeRange
from models.usage_plan import smallest_cube
from models.usage_query import UsageQuery, read_usage
from resolvers.alerts.firing_set import FiringSet, Outcome
from resolvers.alerts.gauge import Gauge
from resolvers.alerts.rules import RuleDraft
from resolvers.alerts.window import Window, edge_of

MAX_DAYS = 31
MAX_FIRINGS = 200
# More are looked at by quarters of an hour.
MAX_EVENTS = 300_000
# Sums of a key in a quarter of an hour; more take too long to go through.
MAX_QUARTERS = 500_000
MAX_SECONDS = 20.0
_TOO_MUCH = (
    "There is too much to look at; test the rule over fewer days, or with a narrower filter."
)
_QUARTER = Tier.QUARTER_HOUR.length
# Shorter windows cannot be told by quarters of an hour.
_MIN_QUARTERS = timedelta(hours=1)


@dataclass(frozen=True)
class Preview:
    """`firings` are the latest, of `total`; `step_minutes` says how closely was looked."""

    range: TimeRange
    step_minutes: int
    firings: list[AlertFiring]
    total: int
    keys: int


async def preview_rule(
    database: Database, workspace_id: int, draft: RuleDraft, days: int, now: datetime | None = None
) -> Preview:
    """Raises BadInput, TooComplex where there is too much to look at, Unavailable."""
    if not 1 <= days <= MAX_DAYS:
        raise BadInput(f"A rule is tested over 1 to {MAX_DAYS} days.", field="days")
    now = now or datetime.now(UTC)
    rule = draft.rule(workspace_id, "", now)
    end = edge_of(now)
    range = TimeRange(end - timedelta(days=days), end)
    needed = TimeRange(Window.of(rule).needed_from(range.from_, rule.condition), end)
    async with database.snapshot(Reach(workspace_id)) as driver:
        step, buckets = await _read(driver, rule, needed)
    firings = await asyncio.to_thread(_Replay(rule, range, step, buckets).run)
    firings.sort(key=lambda firing: firing.opened_at, reverse=True)
    return Preview(
        range,
        step // MINUTE,
        firings[:MAX_FIRINGS],
        len(firings),
        len({firing.key for firing in firings}),
    )


async def _read(
    driver: asyncpg.Connection[Any], rule: AlertRule, range: TimeRange
) -> tuple[timedelta, Buckets]:
    """By the minute where there are few enough events, else by the quarter of an hour."""
    workspace_id, watched = rule.workspace_id, Watched.by(rule)
    whole = not await read_gaps(driver, workspace_id)
    query = UsageQuery(workspace_id, (range,), (), replace(rule.filter, metadata=()))
    sums = await read_usage(driver, query, cubes_hold_all=whole)
    if sum(one.events for one in sums.values()) <= MAX_EVENTS:
        return MINUTE, await read_event_buckets(driver, workspace_id, watched, range)
    cube = smallest_cube(watched.columns)
    length = Window.of(rule).at(range.to)
    if (
        cube is None
        or Tier.QUARTER_HOUR not in cube.tiers
        or rule.filter.metadata
        or not whole
        or length.to - length.from_ < _MIN_QUARTERS
    ):
        raise TooComplex(_TOO_MUCH)
    quarters = TimeRange(Tier.QUARTER_HOUR.floor(range.from_), range.to)
    buckets = await read_cube_buckets(
        driver, workspace_id, cube, watched, quarters, limit=MAX_QUARTERS
    )
    if sum(map(len, buckets.values())) >= MAX_QUARTERS:
        raise TooComplex(_TOO_MUCH)
    return _QUARTER, buckets


class _Replay:
    """One rule's windows over a past range, step by step."""

    def __init__(
        self, rule: AlertRule, range: TimeRange, step: timedelta, buckets: Buckets
    ) -> None:
        self._rule = rule
        self._range = range
        self._step = step
        self._buckets = buckets
        self._gauge = Gauge("", Window.of(rule), [rule])
        self._firing = FiringSet([])
        self._found: dict[str, AlertFiring] = {}
        self._window_from: datetime | None = None
        self._ends_at = time.monotonic() + MAX_SECONDS

    def run(self) -> list[AlertFiring]:
        with localcontext(EXACT):
            for edge in self._edges():
                if time.monotonic() > self._ends_at:
                    raise TooComplex(_TOO_MUCH)
                self._weigh(edge, self._move(edge))
        return list(self._found.values())

    def _edges(self) -> Iterator[datetime]:
        """The first by the step's own grid."""
        edge = _ORIGIN + -((_ORIGIN - self._range.from_) // self._step) * self._step
        while edge <= self._range.to:
            yield edge
            edge += self._step

    def _move(self, edge: datetime) -> set[Key]:
        touched: set[Key] = set()
        for span, change in self._gauge.move(edge):
            for key, tally in self._within(change.range):
                span.apply(change.sign, key, tally)
                touched.add(key)
        blocks = self._gauge.missing_baseline()
        if blocks is not None:
            self._gauge.set_baseline(blocks, self._blocks(blocks))
        if self._rule.per is None:
            touched.add(None)
        return touched

    def _within(self, range: TimeRange) -> Iterator[tuple[Key, Tally]]:
        start = _ORIGIN + -((_ORIGIN - range.from_) // self._step) * self._step
        while start < range.to:
            yield from self._buckets.get(start, ())
            start += self._step

    def _blocks(self, range: TimeRange) -> list[tuple[Key, int, Tally]]:
        length = timedelta(minutes=self._rule.window_minutes or 0)
        sums: dict[tuple[Key, int], Tally] = defaultdict(Tally)
        start = range.from_
        while start < range.to:
            place = (range.to - start) // length
            for key, tally in self._within(TimeRange(start, start + length)):
                sums[key, place].add(tally)
            start += length
        return [(key, place, tally) for (key, place), tally in sums.items()]

    def _unsettled(self) -> set[Key]:
        """Firings that may end without anything that comes in or goes out."""
        if self._gauge.range.from_ != self._window_from:
            self._window_from = self._gauge.range.from_
            if self._rule.period is not None:
                return self._firing.keys(self._rule.id)
        return self._firing.unsettled(self._rule.id)

    def _weigh(self, edge: datetime, touched: set[Key]) -> None:
        outcome = Outcome()
        for key in touched | self._unsettled():
            self._firing.weigh(self._gauge, self._rule, key, edge, outcome)
        self._found |= {firing.id: firing for firing in outcome.opened}
        for id, peak in self._firing.peaks(Outcome()).items():
            self._found[id] = replace(self._found[id], peak_value=peak)
        for firing in outcome.resolved:
            self._found[firing.id] = replace(self._found[firing.id], resolved_at=edge)
        self._firing.begin(outcome.opened)
        self._firing.end(outcome.resolved)


_ORIGIN = datetime(1970, 1, 1, tzinfo=UTC)
