"""What fires in a workspace at the moment, and how it comes to begin and to end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from models.alert_bucket import Key, Tally
from models.alert_firing import AlertFiring, new_firing_id
from models.alert_rule import AlertCondition, AlertRule
from models.time_range import TimeRange
from resolvers.alerts.condition import Reading
from resolvers.alerts.gauge import Gauge
from resolvers.alerts.late import LateFinding

# A firing is over when its value has been low for so long.
CALM = timedelta(minutes=5)


@dataclass
class Ongoing:
    """A firing that goes on, as far as its end hangs on it."""

    firing: AlertFiring
    peak: Decimal
    calm_since: datetime | None = None
    # What readers see; it follows once a minute.
    written_peak: Decimal = field(init=False)

    def __post_init__(self) -> None:
        self.written_peak = self.peak


@dataclass
class Outcome:
    """What an evaluation changes: to be written at once."""

    opened: list[AlertFiring] = field(default_factory=list)
    resolved: list[AlertFiring] = field(default_factory=list)
    peaks: dict[str, Decimal] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.opened or self.resolved or self.peaks)

    def clear(self) -> None:
        self.opened, self.resolved, self.peaks = [], [], {}

    def parts(self) -> list[Outcome]:
        """Of each rule for itself; of one rule, each firing for itself."""
        firings = (*self.opened, *self.resolved)
        is_of_one = len({firing.rule_id for firing in firings}) == 1
        parts: dict[str, Outcome] = defaultdict(Outcome)
        for firing in self.opened:
            parts[firing.id if is_of_one else firing.rule_id].opened.append(firing)
        for firing in self.resolved:
            parts[firing.id if is_of_one else firing.rule_id].resolved.append(firing)
        found = list(parts.values())
        return [*found, Outcome(peaks=self.peaks)] if self.peaks else found


class FiringSet:
    """The firings of one workspace that go on, by rule and key."""

    def __init__(self, firings: Iterable[AlertFiring], known: FiringSet | None = None) -> None:
        """`known` is what was known of them before."""
        before = {} if known is None else known._by_id()
        self._ongoing: dict[tuple[str, Key], Ongoing] = {
            (firing.rule_id, firing.key): before.get(firing.id)
            or Ongoing(firing, firing.peak_value)
            for firing in firings
        }
        self._by_rule: dict[str, set[Key]] = {}
        for rule_id, key in self._ongoing:
            self._by_rule.setdefault(rule_id, set()).add(key)

    def _by_id(self) -> dict[str, Ongoing]:
        return {ongoing.firing.id: ongoing for ongoing in self._ongoing.values()}

    def keys(self, rule_id: str) -> set[Key]:
        return self._by_rule.get(rule_id, set())

    def beside(self, rules: Mapping[str, AlertRule]) -> list[AlertFiring]:
        """Of rules that are gone or paused, or are about something else since."""
        firings = [ongoing.firing for ongoing in self._ongoing.values()]
        return [
            firing
            for firing in firings
            if (rule := rules.get(firing.rule_id)) is None or firing.opened_at < rule.watches_since
        ]

    def unsettled(self, rule_id: str) -> set[Key]:
        """The keys whose end hangs on time alone."""
        return {
            key for key in self.keys(rule_id) if self._ongoing[rule_id, key].calm_since is not None
        }

    def peaks(self, outcome: Outcome) -> dict[str, Decimal]:
        """The most that firings came to, of those that go on, where it is not written yet."""
        ended = {firing.id for firing in outcome.resolved}
        found = {}
        for ongoing in self._ongoing.values():
            if ongoing.peak > ongoing.written_peak and ongoing.firing.id not in ended:
                found[ongoing.firing.id] = ongoing.written_peak = ongoing.peak
        return found

    def weigh(
        self, gauge: Gauge, rule: AlertRule, key: Key, now: datetime, outcome: Outcome
    ) -> None:
        """Note what the rule's reading of the key changes."""
        reading = gauge.read(rule, key)
        ongoing = self._ongoing.get((rule.id, key))
        if ongoing is None:
            if reading.fires:
                window, tally = gauge.range, gauge.tally(key)
                outcome.opened.append(_firing(rule, key, window, reading, tally, now))
            return
        ongoing.peak = max(ongoing.peak, reading.value)
        if reading.lasts and not _is_anew(gauge, ongoing):
            ongoing.calm_since = None
        elif _is_over(gauge, rule, ongoing, now):
            outcome.resolved.append(ongoing.firing)

    def weigh_late(
        self, rule: AlertRule, key: Key, found: LateFinding, now: datetime, outcome: Outcome
    ) -> None:
        """Note that the rule would have fired for the key in a window that is over."""
        if (rule.id, key) not in self._ongoing:
            outcome.opened.append(_firing(rule, key, found.window, found.reading, found.tally, now))

    def begin(self, firings: Iterable[AlertFiring]) -> None:
        for firing in firings:
            self._ongoing[firing.rule_id, firing.key] = Ongoing(firing, firing.peak_value)
            self._by_rule.setdefault(firing.rule_id, set()).add(firing.key)

    def end(self, firings: Iterable[AlertFiring]) -> None:
        for firing in firings:
            self._ongoing.pop((firing.rule_id, firing.key), None)
            self._by_rule.get(firing.rule_id, set()).discard(firing.key)


def _is_anew(gauge: Gauge, ongoing: Ongoing) -> bool:
    """Whether the calendar's window is another one than it fired in."""
    return gauge.window.period is not None and gauge.range.from_ > ongoing.firing.window_from


def _is_over(gauge: Gauge, rule: AlertRule, ongoing: Ongoing, now: datetime) -> bool:
    if rule.condition is AlertCondition.NO_DATA or _is_anew(gauge, ongoing):
        return True
    ongoing.calm_since = ongoing.calm_since or now
    return now - ongoing.calm_since >= CALM


def _firing(
    rule: AlertRule, key: Key, window: TimeRange, reading: Reading, tally: Tally, now: datetime
) -> AlertFiring:
    return AlertFiring(
        workspace_id=rule.workspace_id,
        id=new_firing_id(),
        rule_id=rule.id,
        key=key,
        opened_at=now,
        window_from=window.from_,
        window_to=window.to,
        value=reading.value,
        limit_value=reading.limit,
        usual_value=reading.usual,
        peak_value=reading.value,
        events=tally.events,
        unpriced_events=tally.unpriced_events,
        order_key=None,
        acknowledged_at=None,
        acknowledged_by=None,
        resolved_at=None,
        change=0,
    )
