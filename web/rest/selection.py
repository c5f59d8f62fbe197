"""Which events a request is about: the parameters that say so, and what they mean."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.cost import CostStatus, ReportedCostStatus
from models.errors import BadInput
from models.event import EventType, Outcome
from models.usage_filter import UsageFilter
from resolvers.local_time import local_day, start_of_day
from resolvers.time_range import TimeRange, explicit_range
from web.rest.parameter import Parameter, Values
from web.rest.parameter_kinds import choices, day_or_instant, texts, zone

DEFAULT_DAYS = 30
_LISTS = (
    "Several with commas between them are alternatives. One that has a comma or a quote is "
    'written in double quotes, as in CSV; `null` means events without a value, `""` an empty one.'
)
START_DATE = day_or_instant(
    "startDate",
    "The first day, in `timeZone`; or an instant, RFC 3339 with an offset. Where it is absent: "
    f"so that the range has {DEFAULT_DAYS} days.",
    "2024-01-01",
)
END_DATE = day_or_instant(
    "endDate",
    "The last day, which is included; or an instant, which is not. Where it is absent: today.",
    "2024-01-31",
)
TIME_ZONE = zone("timeZone", "The IANA name of the time zone that days are of.")
CUSTOMER_ID = texts("customerId", f"Customers. {_LISTS}", ["cust_xxx"])
USER_ID = texts("userId", "Users, written as `customerId` is.")
FEATURE_ID = texts("featureId", "Features, written as `customerId` is.")
PROVIDER = texts("provider", "Providers, written as `customerId` is.", ["openai", "anthropic"])
MODEL = texts("model", "Models, written as `customerId` is.")
TYPE = choices("type", "Types of events, with commas between them.", EventType)
OUTCOME = choices("outcome", "How calls ended, with commas between them.", Outcome)

COST_STATUS = choices(
    "costStatus", "How much of the cost is known, with commas between them.", CostStatus
)
REQUESTED_MODEL = texts(
    "requestedModel",
    "The callers' own names for models, where responses named others; written as `customerId` is.",
)
REPORTED_COST_STATUS = choices(
    "reportedCostStatus",
    "How the computed cost compares with what the provider says it charged, with commas between "
    "them.",
    ReportedCostStatus,
)

RANGE_PARAMETERS: tuple[Parameter[Any], ...] = (START_DATE, END_DATE, TIME_ZONE)


def read_zone(values: Values) -> ZoneInfo:
    return values.get(TIME_ZONE) or ZoneInfo("UTC")


def read_range(values: Values, now: datetime) -> TimeRange:
    """Raises BadInput for a range that ends before it starts, or that no calendar has."""
    zone = read_zone(values)
    try:
        end, start = values.get(END_DATE) or local_day(now, zone), values.get(START_DATE)
        to = _end(end, zone)
        from_ = _start(_days_before(to, zone) if start is None else start, zone)
        # The ends as the zone has them, for whoever is shown them.
        _ = from_.astimezone(zone), to.astimezone(zone)
    except (OverflowError, ValueError):
        raise BadInput("The range is too early or too late.", field=START_DATE.name) from None
    if _is_day(end) and start is not None and _is_day(start) and end < start:
        raise BadInput("The range ends before it starts.", field=END_DATE.name)
    return explicit_range(from_, to)


def read_filter(values: Values) -> UsageFilter:
    return UsageFilter(
        type=values.get(TYPE),
        customer_id=values.get(CUSTOMER_ID),
        user_id=values.get(USER_ID),
        feature_id=values.get(FEATURE_ID),
        provider=values.get(PROVIDER),
        model=values.get(MODEL),
        outcome=values.get(OUTCOME),
        cost_status=values.get(COST_STATUS),
        requested_model=values.get(REQUESTED_MODEL),
        reported_cost_status=values.get(REPORTED_COST_STATUS),
    )


def _is_day(given: date) -> bool:
    return not isinstance(given, datetime)


def _start(given: date, zone: ZoneInfo) -> datetime:
    return given if isinstance(given, datetime) else start_of_day(given, zone)


def _end(given: date, zone: ZoneInfo) -> datetime:
    return given if isinstance(given, datetime) else start_of_day(given + timedelta(days=1), zone)


def _days_before(to: datetime, zone: ZoneInfo) -> date:
    """The first of the days that end with the one before an instant."""
    last = local_day(to - timedelta(microseconds=1), zone)
    return last - timedelta(days=DEFAULT_DAYS - 1)


def now() -> datetime:
    return datetime.now(UTC)
