"""A month's budget: what is spent, and what the month will come to if it goes on as it did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from zoneinfo import ZoneInfo

from models.alert_rule import AlertCondition, AlertMeasure, AlertPeriod, AlertRule
from models.cube_gaps import read_gaps
from models.cube_sums import EXACT
from models.database import Database
from models.reach import Reach
from models.time_range import TimeRange
from models.usage_query import UsageQuery, read_usage
from resolvers.local_time import local_day, start_of_day

# Whole days before today that the rest is told from: each weekday four times.
HISTORY_DAYS = 28
# Fewer say nothing of the days to come.
MIN_DAYS = 3
# Of a normal distribution four fifths lie so many deviations about the middle.
_DEVIATIONS = Decimal("1.2816")
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Budget:
    """USD. `forecast` and its ends are None where too few days are known to say.

    Four times in five the month should end between `forecast_low` and `forecast_high`, if days go
    on as the last four weeks did. `runs_out_at` begins the day on which the limit is, or
    would be, reached within the month.
    """

    limit: Decimal
    spent: Decimal
    unpriced_events: int
    forecast: Decimal | None
    forecast_low: Decimal | None
    forecast_high: Decimal | None
    runs_out_at: datetime | None
    month_from: datetime
    month_to: datetime


def is_budget(rule: AlertRule) -> bool:
    return (
        rule.condition is AlertCondition.THRESHOLD
        and rule.measure is AlertMeasure.COST
        and rule.period is AlertPeriod.MONTH
        and rule.per is None
    )


async def read_budget(
    database: Database, rule: AlertRule, now: datetime | None = None
) -> Budget | None:
    """None where the rule is no limit on the whole cost of a month. Raises Unavailable."""
    if not is_budget(rule) or rule.threshold is None:
        return None
    calendar = _Calendar.at(now or datetime.now(UTC), rule.time_zone)
    query = UsageQuery(rule.workspace_id, calendar.ranges, (), rule.filter)
    async with database.snapshot(Reach(rule.workspace_id)) as driver:
        whole = not await read_gaps(driver, rule.workspace_id)
        found = await read_usage(driver, query, cubes_hold_all=whole)
    costs = {
        day: found[place, ()].cost
        for place, day in enumerate(calendar.days)
        if (place, ()) in found
    }
    unpriced = sum(
        found[place, ()].unpriced_events
        for place, day in enumerate(calendar.days)
        if (place, ()) in found and day >= calendar.first
    )
    with localcontext(EXACT):
        return _budget(rule.threshold, calendar, costs, unpriced)


@dataclass(frozen=True)
class _Calendar:
    """The days that matter: those of the month, and the four weeks before today."""

    zone: ZoneInfo
    now: datetime
    today: date
    first: date
    following: date

    @classmethod
    def at(cls, now: datetime, zone_name: str) -> _Calendar:
        zone = ZoneInfo(zone_name)
        today = local_day(now, zone)
        first = today.replace(day=1)
        return cls(zone, now, today, first, (first + timedelta(days=31)).replace(day=1))

    @property
    def history(self) -> list[date]:
        return [self.today - timedelta(days=back) for back in range(HISTORY_DAYS, 0, -1)]

    @property
    def days(self) -> list[date]:
        begin = min(self.first, self.history[0])
        return [begin + timedelta(days=place) for place in range((self.today - begin).days + 1)]

    @property
    def ranges(self) -> tuple[TimeRange, ...]:
        return tuple(
            TimeRange(
                start_of_day(day, self.zone), start_of_day(day + timedelta(days=1), self.zone)
            )
            for day in self.days
        )

    def share_left(self) -> Decimal:
        """How much of today is still to come."""
        start = start_of_day(self.today, self.zone)
        end = start_of_day(self.today + timedelta(days=1), self.zone)
        left = Decimal((end - self.now) // timedelta(seconds=1))
        return left / Decimal((end - start) // timedelta(seconds=1))


def _budget(
    limit: Decimal, calendar: _Calendar, costs: dict[date, Decimal], unpriced: int
) -> Budget:
    spent = sum((cost for day, cost in costs.items() if day >= calendar.first), Decimal(0))
    known = _known_days(calendar, costs)
    expected = _expected(calendar, known, costs) if len(known) >= MIN_DAYS else None
    forecast = low = high = None
    if expected is not None:
        forecast = spent + sum(expected.values(), Decimal(0))
        reach = _DEVIATIONS * _deviation(known, costs) * Decimal(len(expected)).sqrt()
        low, high = max(spent, forecast - reach), forecast + reach
    return Budget(
        limit,
        spent,
        unpriced,
        _shown(forecast),
        _shown(low),
        _shown(high),
        _runs_out_at(limit, calendar, costs, expected or {}),
        start_of_day(calendar.first, calendar.zone),
        start_of_day(calendar.following, calendar.zone),
    )


def _known_days(calendar: _Calendar, costs: dict[date, Decimal]) -> list[date]:
    """From the first day on that had any usage; before, there may have been nothing to use."""
    begun = [day for day in calendar.history if day in costs]
    return [day for day in calendar.history if begun and day >= begun[0]]


def _expected(
    calendar: _Calendar, known: list[date], costs: dict[date, Decimal]
) -> dict[date, Decimal]:
    """What each day to come will cost, the rest of today among them."""
    days = (calendar.following - calendar.today).days
    expected = {}
    for ahead in range(days):
        day = calendar.today + timedelta(days=ahead)
        expected[day] = _usual(day, known, costs) * (
            calendar.share_left() if ahead == 0 else Decimal(1)
        )
    return expected


def _usual(day: date, known: list[date], costs: dict[date, Decimal]) -> Decimal:
    """The mean of the same weekday's; of all days where they are not four weeks."""
    alike = [one for one in known if one.weekday() == day.weekday()]
    of = alike if len(known) == HISTORY_DAYS else known
    return sum((costs.get(one, Decimal(0)) for one in of), Decimal(0)) / len(of)


def _deviation(known: list[date], costs: dict[date, Decimal]) -> Decimal:
    """By how much a day differs from what was to be expected of it.

    No float: the square of a cost may be more than one can hold.
    """
    off = [costs.get(day, Decimal(0)) - _usual(day, known, costs) for day in known]
    return (sum((one * one for one in off), Decimal(0)) / (len(off) - 1)).sqrt()


def _runs_out_at(
    limit: Decimal,
    calendar: _Calendar,
    costs: dict[date, Decimal],
    expected: dict[date, Decimal],
) -> datetime | None:
    total = Decimal(0)
    day = calendar.first
    while day < calendar.following:
        total += costs.get(day, Decimal(0)) + expected.get(day, Decimal(0))
        if total >= limit:
            return start_of_day(day, calendar.zone)
        day += timedelta(days=1)
    return None


def _shown(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(_CENT)
