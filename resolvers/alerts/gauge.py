"""Sums of a stream's keys within windows that move: each minute comes in once and goes out once."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from models.alert_bucket import MINUTE, Bucket, Key, Tally
from models.alert_rule import AlertCondition, AlertMeasure, AlertRule
from models.time_range import TimeRange
from resolvers.alerts.condition import NOTHING, SHARES, Reading, amount, read
from resolvers.alerts.window import BASELINE_BLOCKS, Window

REMEMBERED_MINUTES = 15


@dataclass(frozen=True)
class Change:
    """A range of time whose buckets come into a span, or go out of it."""

    sign: int
    range: TimeRange


@dataclass
class Span:
    """What each key had within a range; a key that had nothing is not there."""

    range: TimeRange | None = None
    tallies: dict[Key, Tally] = field(default_factory=dict)

    def move(self, to: TimeRange) -> list[Change]:
        """What must be applied, so that the sums are those of the range."""
        known, self.range = self.range, to
        if known is None or to.from_ >= known.to or to.from_ < known.from_ or to.to < known.to:
            self.tallies.clear()
            return [Change(1, to)] if to.from_ < to.to else []
        changes = []
        if known.from_ < to.from_:
            changes.append(Change(-1, TimeRange(known.from_, to.from_)))
        if known.to < to.to:
            changes.append(Change(1, TimeRange(known.to, to.to)))
        return changes

    def apply(self, sign: int, key: Key, tally: Tally) -> None:
        known = self.tallies.get(key)
        if known is None:
            known = self.tallies[key] = Tally()
        known.add(tally, sign)
        if not known.events:
            del self.tallies[key]

    def holds(self, minute: datetime) -> bool:
        return self.range is not None and self.range.from_ <= minute < self.range.to


class Gauge:
    """One window over one stream, which is told by its mark, for all rules that look through it."""

    def __init__(self, mark: str, window: Window, rules: Iterable[AlertRule]) -> None:
        self.mark = mark
        self.window = window
        self.rules = list(rules)
        # Most keys are far below their limits: one look at the least of them is enough then.
        self._plain = [rule for rule in self.rules if _is_plain(rule)]
        self._compared = [rule for rule in self.rules if not _is_plain(rule)]
        self._least = _least_limits(self._plain)
        conditions = {rule.condition for rule in self.rules}
        self._now = Span()
        self._before = Span() if conditions & {_RISE, _NO_DATA} else None
        self._has_baseline = _SPIKE in conditions
        # The grid's blocks that the baseline is of.
        self._baseline_range: TimeRange | None = None
        self._blocks: dict[Key, list[Tally]] = {}
        self.edge: datetime | None = None
        # What left the window with each of its last moves.
        self._left: deque[dict[Key, Tally]] = deque(maxlen=REMEMBERED_MINUTES)

    @property
    def spans(self) -> list[Span]:
        return [self._now] if self._before is None else [self._now, self._before]

    @property
    def range(self) -> TimeRange:
        assert self._now.range is not None
        return self._now.range

    def move(self, edge: datetime) -> list[tuple[Span, Change]]:
        """What must be applied to the spans, now that the minute has changed."""
        window, known = self.window.at(edge), self._now.range
        if known is not None and window.from_ >= known.to:
            # All of it left at once, and nobody was told what.
            self._left.clear()
        elif self.edge is not None and edge > self.edge:
            self._left.appendleft({})
        self.edge = edge
        moved = [(self._now, change) for change in self._now.move(window)]
        if self._before is not None:
            before = self._before
            moved += [(before, change) for change in before.move(self.window.before(edge))]
        return moved

    def apply(self, span: Span, sign: int, key: Key, tally: Tally) -> None:
        span.apply(sign, key, tally)
        if sign < 0 and span is self._now and self.minds_late and self._left:
            self._left[0].setdefault(key, Tally()).add(tally)

    @property
    def minds_late(self) -> bool:
        return self.window.minds_late and bool(self.limits)

    @property
    def limits(self) -> list[AlertRule]:
        return [rule for rule in self.rules if rule.condition is AlertCondition.THRESHOLD]

    def may_have_fired(self, rule: AlertRule, key: Key, minute: datetime) -> bool:
        """Whether a window that is over and holds the minute may have reached the limit.

        Such a window had nothing but what this one has and what has left it since that minute.
        """
        assert self.edge is not None
        since = (self.edge - minute) // MINUTE
        is_out = not self._now.holds(minute)
        if is_out or since > len(self._left) or rule.measure in SHARES:
            return True
        most = self.tally(key).copy()
        for left in list(self._left)[:since]:
            most.add(left.get(key, NOTHING))
        return read(rule, most).fires

    def missing_baseline(self) -> TimeRange | None:
        """The blocks to be read for the edge; None where what is known is of them."""
        if not self._has_baseline or self.edge is None:
            return None
        blocks = self.window.blocks(self.edge)
        return None if blocks == self._baseline_range else blocks

    def set_baseline(self, range: TimeRange, found: Iterable[tuple[Key, int, Tally]]) -> None:
        """`found` are the blocks that had something, 1 being the last.

        A key is compared from its first one on: before, it may not have been there.
        """
        places: dict[Key, dict[int, Tally]] = defaultdict(dict)
        for key, place, tally in found:
            places[key][place] = tally
        self._baseline_range = range
        self._blocks = {
            key: [known.get(place, NOTHING) for place in range_to(max(known))]
            for key, known in places.items()
        }

    def note(self, bucket: Bucket) -> bool:
        """Count what was recorded just now; False where it is of no window."""
        noted = False
        for span in self.spans:
            if span.holds(bucket.minute):
                span.apply(1, bucket.key, bucket.tally)
                noted = True
        return noted

    def keys(self) -> set[Key]:
        """All that have anything within the windows."""
        return {key for span in self.spans for key in span.tallies}

    def tally(self, key: Key) -> Tally:
        return self._now.tallies.get(key, NOTHING)

    def rules_to_read(self, key: Key) -> list[AlertRule]:
        """All but those that say by the value alone that they do not fire."""
        tally = self._now.tallies.get(key, NOTHING)
        if all(amount(measure, tally) < limit for measure, limit in self._least):
            return self._compared
        return self.rules

    def read(self, rule: AlertRule, key: Key) -> Reading:
        before = NOTHING if self._before is None else self._before.tallies.get(key, NOTHING)
        return read(rule, self.tally(key), before, self._blocks.get(key))


def range_to(last: int) -> Iterable[int]:
    return range(1, min(last, BASELINE_BLOCKS) + 1)


def _is_plain(rule: AlertRule) -> bool:
    return rule.condition is AlertCondition.THRESHOLD and rule.measure not in SHARES


def _least_limits(rules: Iterable[AlertRule]) -> list[tuple[AlertMeasure, Decimal]]:
    least: dict[AlertMeasure, Decimal] = {}
    for rule in rules:
        assert rule.threshold is not None
        least[rule.measure] = min(rule.threshold, least.get(rule.measure, rule.threshold))
    return list(least.items())


_RISE = AlertCondition.RISE
_SPIKE = AlertCondition.SPIKE
_NO_DATA = AlertCondition.NO_DATA
