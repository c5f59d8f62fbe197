"""The queries that prove insights: GraphQL as anyone can send it to the same server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models.time_range import TimeRange
from models.usage_filter import SPELLING, UsageFilter
from resolvers.insights.insight import InsightQuery

_ASKED = "range: $range, timeZone: $timeZone"
_RATES = (
    "nodes { provider model source rates { "
    "unit amount per aboveInputTokens processing serviceTier speed region searchContextSize } }"
)
_TOTALS = "totals { events cost unpricedEvents }"
_COUNTS = """totals {
      events
      cost
      usage {
        inputTokens outputTokens cacheReadTokens cacheWriteTokens
        reasoningTokens inputAudioTokens outputAudioTokens images
      }
    }"""
_DAYS = "timeline(interval: DAY) { points { start end totals { events cost } } }"
# One that has a name has one price at a moment, or some few by the hour.
_PRICES = 10


@dataclass(frozen=True)
class Proof:
    """Writes the queries of one question: its range, zone and filter."""

    range: TimeRange
    time_zone: str
    filter: UsageFilter

    def of_models(
        self, filter: UsageFilter, models: Sequence[tuple[str, str]], at: datetime
    ) -> InsightQuery:
        """What was counted, and what the models' prices are at a moment."""
        variables: dict[str, Any] = {"at": _moment(at)}
        fields, declared = [], []
        for place, (provider, model) in enumerate(models):
            variables |= {f"provider{place}": provider, f"model{place}": model}
            declared.append(f", $provider{place}: String!, $model{place}: String!")
            fields.append(
                f"  price{place}: prices(provider: $provider{place}, model: $model{place}, "
                f"at: $at, first: {_PRICES}) {{\n    {_RATES}\n  }}\n"
            )
        head = _head("$filter: UsageFilter, $at: DateTime!" + "".join(declared))
        if not models:
            head = _head("$filter: UsageFilter")
            variables = {}
        document = (
            f"{head}  usage({_ASKED}, filter: $filter) {{\n    {_COUNTS}\n  }}\n{''.join(fields)}}}"
        )
        return self._query(document, filter=filter_input(filter), **variables)

    def of_failures(self, failed: UsageFilter, all_: UsageFilter) -> InsightQuery:
        document = (
            f"{_head('$failed: UsageFilter, $all: UsageFilter')}"
            f"  failed: usage({_ASKED}, filter: $failed) {{ {_TOTALS} }}\n"
            f"  all: usage({_ASKED}, filter: $all) {{ {_TOTALS} }}\n}}"
        )
        return self._query(document, failed=filter_input(failed), all=filter_input(all_))

    def of_days(self, filter: UsageFilter, range: TimeRange, before: TimeRange) -> InsightQuery:
        document = (
            f"{_head('$before: RangeInput!, $filter: UsageFilter')}"
            f"  usage({_ASKED}, filter: $filter) {{ {_DAYS} }}\n"
            f"  before: usage(range: $before, timeZone: $timeZone, filter: $filter) "
            f"{{ {_DAYS} }}\n}}"
        )
        return self._query(
            document, range=_range(range), before=_range(before), filter=filter_input(filter)
        )

    def of_unpriced(self, filter: UsageFilter) -> InsightQuery:
        document = (
            f"{_head('$filter: UsageFilter')}"
            f"  unpricedUsage({_ASKED}, filter: $filter, first: 100) {{\n"
            "    provider model unit events partialEvents inputTokens outputTokens missingUnits\n"
            f"  }}\n  usage({_ASKED}, filter: $filter) {{ {_TOTALS} }}\n}}"
        )
        return self._query(document, filter=filter_input(filter))

    def _query(self, document: str, **variables: Any) -> InsightQuery:
        question = {"range": _range(self.range), "timeZone": self.time_zone}
        return InsightQuery(document, question | variables)


def filter_input(filter: UsageFilter) -> dict[str, Any]:
    """The contract's UsageFilter."""
    found: dict[str, Any] = {SPELLING[name]: list(values) for name, values in filter.given}
    if filter.metadata:
        found["metadata"] = [
            {"key": key, "value": value} | ({"path": list(path)} if path else {})
            for key, value, path in filter.metadata
        ]
    return found


def _head(more: str) -> str:
    return f"query ($range: RangeInput!, $timeZone: String!, {more}) {{\n"


def _range(range: TimeRange) -> dict[str, str]:
    return {"from": _moment(range.from_), "to": _moment(range.to)}


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
