"""What one workspace's rules cannot be evaluated for, and when that is tried again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.alert_problem import ProblemKind, Subject
from resolvers.alerts.explanation import Explanations

_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=1)
# Taking a rule up again makes the windows of all rules anew.
_FIRST_RULE_PAUSE = timedelta(minutes=1)
_LONGEST_RULE_PAUSE = timedelta(minutes=16)


@dataclass
class _RuleTrouble:
    """`retry_at` of a rule that is excluded; None of one that is evaluated nevertheless."""

    message: str
    seen_at: datetime
    tries: int = 0
    retry_at: datetime | None = None


class Troubles:
    """Outlives the watch: a failure makes another watch begin anew.

    `is_changed`: what was kept last is not what there is now.
    """

    def __init__(self, workspace_id: int) -> None:
        self.explanations = Explanations(workspace_id)
        self._failure: str | None = None
        self._failures = 0
        self._retry_at: datetime | None = None
        self._rules: dict[str, _RuleTrouble] = {}
        self._rules_revision: int | None = None
        self._kept: dict[Subject, str] | None = None

    @property
    def is_failing(self) -> bool:
        """Whether the workspace as a whole failed when it was looked at last."""
        return self._failure is not None

    def is_waiting(self, now: datetime) -> bool:
        return self._retry_at is not None and now < self._retry_at

    def fail(self, error: Exception, now: datetime) -> timedelta:
        """Note that the workspace as a whole cannot be evaluated; how long to leave it alone."""
        pause = min(_FIRST_PAUSE * (1 << self._failures), _LONGEST_PAUSE)
        self._failures = min(self._failures + 1, 10)
        self._failure = self.explanations.of(error)
        self._retry_at = now + pause
        return pause

    def succeed(self) -> None:
        self._failure, self._failures, self._retry_at = None, 0, None

    def begin(self, rules_revision: int, rule_ids: Collection[str]) -> None:
        """Forget troubles of rules that are gone; try all again where rules were changed."""
        for rule_id in self._rules.keys() - set(rule_ids):
            del self._rules[rule_id]
        if rules_revision != self._rules_revision:
            for trouble in self._rules.values():
                trouble.retry_at = None
        self._rules_revision = rules_revision

    def exclude(self, rule_id: str, error: Exception, now: datetime) -> None:
        """The rule is not evaluated, for longer each time."""
        known = self._rules.get(rule_id)
        tries = 0 if known is None else known.tries
        pause = min(_FIRST_RULE_PAUSE * (1 << tries), _LONGEST_RULE_PAUSE)
        message = self.explanations.of(error)
        self._rules[rule_id] = _RuleTrouble(message, now, min(tries + 1, 10), now + pause)

    def note(self, rule_id: str, error: Exception, now: datetime) -> None:
        """A part of the rule's evaluation failed; the rule goes on."""
        message = self.explanations.of(error)
        known = self._rules.setdefault(rule_id, _RuleTrouble(message, now))
        known.message, known.seen_at = message, now

    @property
    def excluded(self) -> set[str]:
        return {id for id, trouble in self._rules.items() if trouble.retry_at is not None}

    def take_up(self, now: datetime) -> bool:
        """Let excluded rules be tried again whose time has come; whether there are any."""
        due = [one for one in self._rules.values() if one.retry_at and one.retry_at <= now]
        for trouble in due:
            trouble.retry_at, trouble.seen_at = None, now
        return bool(due)

    def settle(self, now: datetime) -> None:
        """After all was looked at: what did not fail again is over."""
        over = [
            rule_id
            for rule_id, trouble in self._rules.items()
            if trouble.retry_at is None and trouble.seen_at < now
        ]
        for rule_id in over:
            del self._rules[rule_id]
        if not self.problems:
            self.explanations.forget()

    @property
    def problems(self) -> dict[Subject, str]:
        """Messages by what they are of."""
        found = {
            Subject(ProblemKind.RULE, rule_id): trouble.message
            for rule_id, trouble in self._rules.items()
        }
        if self._failure is not None:
            found[Subject(ProblemKind.WORKSPACE)] = self._failure
        return found

    @property
    def is_changed(self) -> bool:
        return self.problems != self._kept

    def note_kept(self, problems: dict[Subject, str]) -> None:
        self._kept = problems
