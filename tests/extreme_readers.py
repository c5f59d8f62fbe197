"""All that reads events, asked one after the other: none of it may fail unexpectedly."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Self, TypeVar

import msgspec

from tests.extreme_events import TEXTS
from tests.graphql_client import GraphQLClient
from tests.subscription import subscribed

MEASURES = ("COST", "EVENTS", "TOTAL_TOKENS", "INPUT_TOKENS", "OUTPUT_TOKENS", "ERRORS")
DIMENSIONS = ("TYPE", "CUSTOMER", "USER", "FEATURE", "PROVIDER", "MODEL")
ALERT_MEASURES = ("COST", "EVENTS", "TOTAL_TOKENS", "ERRORS", "ERROR_RATE", "UNPRICED_SHARE")
KEYS = (None, "CUSTOMER", "USER", "FEATURE", "PROVIDER", "MODEL")
AT_ONCE = 12
T = TypeVar("T")
# USD for one of a unit.
PRICES = ("0", "9" * 40 + "E40", "1E-24", "9" * 16 + "." + "9" * 24)
ZONES = ("UTC", "America/Los_Angeles", "Pacific/Kiritimati")
FORMATS = ("csv", "ndjson", "parquet")

_COUNTS = """
    inputTokens outputTokens cacheReadTokens cacheWriteTokens reasoningTokens inputAudioTokens
    outputAudioTokens images totalTokens
"""
_TOTALS = f"""
    events cost unpricedEvents errors coverage errorRate usage {{ {_COUNTS} }}
"""
EVENT = f"""
    id type customerId userId featureId provider model quantity unit processing serviceTier speed
    outcome errorCode durationMs occurredAt recordedAt metadata cursor usage {{ {_COUNTS} }}
    units {{ unit quantity }}
    requestedModel region searchContextSize sideCalls {{ model units {{ unit quantity }} }}
    cost {{
        amount status lines {{ unit quantity unitPrice amount model }} price {{ id }}
        reasons {{ code subject message }} reported {{ amount status computed counts }}
    }}
"""
_GROUP = "key { type customerId userId featureId provider model }"
RECORD = f"""
    mutation($events: [UsageEventInput!]!) {{
        recordEvents(events: $events) {{
            results {{ status problem {{ code }} event {{ {EVENT} }} }}
        }}
    }}
"""
EVENTS = f"""
    query($after: Cursor, $order: EventOrder!, $filter: UsageFilter) {{
        events(first: 200, after: $after, order: $order, filter: $filter) {{
            nodes {{ {EVENT} }} pageInfo {{ hasNextPage endCursor }}
        }}
    }}
"""
USAGE = f"""
    query(
        $range: RangeInput!, $zone: String!, $measure: Measure!, $by: Dimension!,
        $interval: Interval!
    ) {{
        usage(range: $range, timeZone: $zone) {{
            totals {{ {_TOTALS} }} previous {{ {_TOTALS} }}
            breakdown(by: [$by], measure: $measure) {{
                {_GROUP} costShare totals {{ {_TOTALS} }} previous {{ {_TOTALS} }}
            }}
            timeline(interval: $interval, by: $by, measure: $measure) {{
                {_GROUP} totals {{ {_TOTALS} }} points {{ isSpike totals {{ {_TOTALS} }} }}
            }}
            adoption(interval: $interval) {{ featureId users points {{ users newUsers }} }}
        }}
        dimensionValues(dimension: $by)
    }}
"""
INSIGHTS = f"""
    query($range: RangeInput!, $zone: String!) {{
        insights(range: $range, timeZone: $zone) {{
            totals {{ {_TOTALS} }}
            insights {{
                kind title amountUsd subject {{ provider model }} numbers {{ value }}
                candidates {{ costUsd savingUsd }} query {{ document variables }}
            }}
        }}
    }}
"""
WORKLIST = """
    {
        unpricedUsage {
            provider model unit events partialEvents inputTokens outputTokens quantity
            firstOccurredAt lastOccurredAt missingUnits
        }
    }
"""
REPRICE = """
    mutation($range: RangeInput!, $dryRun: Boolean!) {
        repriceEvents(range: $range, dryRun: $dryRun) {
            complete events changed costBefore costAfter groups { changed costBefore costAfter }
        }
    }
"""
SET_PRICE = "mutation($input: SetPriceInput!) { setPrice(input: $input) { id } }"
PREVIEW = """
    query($input: AlertRuleInput!) {
        alertPreview(input: $input, days: 1) {
            total firings { key value limit usual peak }
        }
    }
"""
FIRINGS = """
    {
        alertFirings(first: 1000) { key value limit usual peak events unpricedEvents }
        openAlerts
    }
"""
RULES = "{ alertRules { id budget { limit spent forecast forecastLow forecastHigh runsOutAt } } }"
CREATE = "mutation($input: AlertRuleInput!) { createAlertRule(input: $input) { id } }"
ACTIVITY = f"subscription($after: Cursor) {{ activity(after: $after) {{ events {{ {EVENT} }} }} }}"
FILTERS: tuple[dict[str, Any], ...] = (
    {"metadata": [{"key": "k", "value": "0"}]},
    {"reportedCostStatuses": ["AGREES", "DIFFERS", "NOT_COMPARED"]},
    {"requestedModels": ["gpt-4o"]},
    {"customerIds": list(TEXTS)},
)
EVER = {"from": "2015-01-01T00:00:00Z", "to": "2035-01-01T00:00:00Z"}
DECADE = {"from": "2017-01-01T00:00:00Z", "to": "2026-12-31T00:00:00Z"}
LATELY = {"preset": "LAST_30_DAYS"}


def conditions() -> list[dict[str, Any]]:
    """Of each kind, with what it takes."""
    return [
        {"condition": "THRESHOLD", "threshold": "0.5"},
        {"condition": "RISE", "threshold": "2"},
        {"condition": "SPIKE"},
        {"condition": "NO_DATA"},
    ]


def rules() -> list[dict[str, Any]]:
    """Of each measure, condition and key."""
    return [
        {"name": "A rule", "measure": measure, "per": per, "window": {"minutes": 60}} | condition
        for measure, condition, per in itertools.product(ALERT_MEASURES, conditions(), KEYS)
    ]


async def make_rules(client: GraphQLClient) -> None:
    """Some that watch each measure, the whole of it and by customer, and a budget."""
    for rule in rules():
        if rule["per"] in (None, "CUSTOMER"):
            await client.data(CREATE, input=rule)
    budget = {
        "name": "A budget",
        "measure": "COST",
        "threshold": "1",
        "window": {"period": "MONTH"},
    }
    await client.data(CREATE, input=budget)


class Readers:
    """Asks by GraphQL, REST and WebSocket as an admin."""

    def __init__(self, url: str, key: str) -> None:
        self.client = GraphQLClient(url, key)
        self._url = url
        self._key = key
        self._turn = itertools.count()
        self._at_once: int | None = AT_ONCE
        self._price = itertools.count(1)
        self._id = itertools.count(1)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.http.aclose()

    async def record(self, events: Sequence[dict[str, Any]]) -> list[str]:
        """What became of each; those without an id get one."""
        named = [{"id": f"e{next(self._id)}"} | event for event in events]
        answer = await self._post(RECORD, events=named)
        assert "errors" not in answer, answer["errors"]
        return [result["status"] for result in answer["data"]["recordEvents"]["results"]]

    async def keys_that_fire(self) -> set[str | None]:
        data = await self._data(FIRINGS)
        return {firing["key"] for firing in data["alertFirings"]}

    async def ask_all(self, *, every_choice: bool = False) -> None:
        """Of choices that are many a dozen at a time, the next ones each time."""
        self._at_once = None if every_choice else AT_ONCE
        await self._ask_prices()
        await self._ask_events()
        await self._ask_analytics()
        await self._ask_alerts()
        await self._ask_files()

    async def _ask_events(self) -> None:
        for order in ("NEWEST_FIRST", "OLDEST_FIRST"):
            after = None
            while True:
                page = (await self._data(EVENTS, after=after, order=order))["events"]
                after = page["pageInfo"]["endCursor"]
                if not page["pageInfo"]["hasNextPage"]:
                    break
        last = page["nodes"][-1]["id"]
        await self._data(f"query($id: ID!) {{ event(id: $id) {{ {EVENT} }} }}", id=last)
        for filter in FILTERS:
            await self._data(EVENTS, order="NEWEST_FIRST", filter=filter)
        first = (await self._data("{ events(order: OLDEST_FIRST, first: 1) { head } }"))["events"]
        await self._ask_feed(first["head"])

    async def _ask_feed(self, after: str) -> None:
        """What a subscriber gets who is told of an event, and reads what lies after a cursor."""
        async with subscribed(self._url, self._key, ACTIVITY, after=after) as feed:
            await self.record([{"type": "CUSTOM", "quantity": "1", "unit": "pages"}])
            message = await feed.message()
            while not message["payload"]["data"]["activity"]["events"]:
                message = await feed.message()

    async def _ask_analytics(self) -> None:
        for measure, by in self._some(list(itertools.product(MEASURES, DIMENSIONS))):
            await self._data(
                USAGE, range=LATELY, zone="UTC", measure=measure, by=by, interval="DAY"
            )
        await self._data(
            USAGE, range=DECADE, zone="UTC", measure="TOTAL_TOKENS", by="USER", interval="MONTH"
        )
        for zone in ZONES:
            await self._data(INSIGHTS, range=LATELY, zone=zone)
            await self._data(
                USAGE, range=LATELY, zone=zone, measure="COST", by="MODEL", interval="HOUR"
            )

    async def _ask_prices(self) -> None:
        await self._data(WORKLIST)
        await self._data(REPRICE, range=EVER, dryRun=True)
        await self._set_price(unit="pages")
        await self._set_price(unit="input_tokens", provider="openai", model="gpt-4o")
        await self._data(REPRICE, range=EVER, dryRun=False)

    async def _set_price(self, unit: str, **names: str) -> None:
        """The next of the amounts, from a later time on than the one before."""
        number = next(self._price)
        rate = {"unit": unit, "amount": PRICES[number % len(PRICES)], "per": 1}
        at = f"2016-01-01T00:00:00.{number:06}Z"
        await self._data(SET_PRICE, input=names | {"rates": [rate], "effectiveFrom": at})

    async def _ask_alerts(self) -> None:
        for rule in self._some(rules()):
            await self._data(PREVIEW, input=rule)
        await self._data(FIRINGS)
        await self._data(RULES)

    async def _ask_files(self) -> None:
        for format in FORMATS:
            asked = {"format": format, "startDate": "0001-01-01", "endDate": "2035-01-01"}
            response = await self.client.http.get("/v1/events/export", params=asked)
            assert response.status_code == 200, response.text
            assert len(response.content) > 100
        response = await self.client.http.get("/v1/analytics/usage")
        assert response.status_code == 200, response.text

    def _some(self, choices: Sequence[T]) -> Sequence[T]:
        if self._at_once is None:
            return choices
        start = next(self._turn) * self._at_once % len(choices)
        return (*choices[start:], *choices[:start])[: self._at_once]

    async def _data(self, query: str, **variables: Any) -> Any:
        answer = await self._post(query, **variables)
        assert "errors" not in answer, (query, variables, answer["errors"])
        return answer["data"]

    async def _post(self, query: str, **variables: Any) -> Any:
        """By msgspec, for values that are JSON as they stand."""
        body = msgspec.json.encode({"query": query, "variables": variables})
        response = await self.client.http.post(
            "/graphql", content=body, headers={"Content-Type": "application/json"}
        )
        return response.json()
