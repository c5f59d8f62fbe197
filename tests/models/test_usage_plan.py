"""Which table answers a question, without data: parts, SQL and arguments."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.cubes import Tier
from models.event import Outcome
from models.metadata_match import MetadataMatch
from models.presence_query import NewUsersQuery, PresenceQuery
from models.time_range import TimeRange
from models.usage_filter import EVERYTHING, UsageFilter
from models.usage_plan import plan, smallest_cube
from models.usage_query import Measure, RankQuery, UsageQuery


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC)


def _range(from_: str, to: str) -> TimeRange:
    return TimeRange(_at(from_), _at(to))


DAYS = _range("01", "04")


@pytest.mark.parametrize(
    ("columns", "cube"),
    [
        ((), "totals"),
        (("feature_id",), "features"),
        (("model",), "models"),
        (("provider", "type"), "models"),
        (("outcome",), "outcomes"),
        (("cost_status", "model"), "outcomes"),
        (("customer_id",), "customers"),
        (("user_id",), "users"),
        (("user_id", "customer_id"), "users"),
        (("customer_id", "model"), "combinations"),
        (("feature_id", "provider"), "combinations"),
        (("user_id", "model"), None),
        (("customer_id", "outcome"), None),
    ],
)
def test_the_smallest_cube_that_has_the_columns_answers(
    columns: tuple[str, ...], cube: str | None
) -> None:
    found = smallest_cube(columns)
    assert (found and found.name) == cube


def _parts(columns: tuple[str, ...], *ranges: TimeRange) -> list[tuple[Tier | None, list[object]]]:
    return [
        (part.tier, [(run.from_, run.to, run.cell) for run in part.runs])
        for part in plan(columns, ranges)
    ]


def test_utc_days_are_read_from_the_days() -> None:
    assert _parts((), DAYS) == [(Tier.DAY, [(*DAYS, 0)])]


def test_days_of_a_zone_are_days_with_ends_of_quarters() -> None:
    assert _parts((), _range("01T18:15", "04T18:15")) == [
        (
            Tier.QUARTER_HOUR,
            [(_at("01T18:15"), _at("02"), 0), (_at("04"), _at("04T18:15"), 0)],
        ),
        (Tier.DAY, [(_at("02"), _at("04"), 0)]),
    ]


def test_ragged_edges_are_read_from_the_events() -> None:
    assert _parts((), _range("01T10:07", "01T11:20")) == [
        (None, [(_at("01T10:07"), _at("01T10:15"), 0), (_at("01T11:15"), _at("01T11:20"), 0)]),
        (Tier.QUARTER_HOUR, [(_at("01T10:15"), _at("01T11:15"), 0)]),
    ]


def test_a_range_within_a_quarter_is_read_from_the_events() -> None:
    range = _range("01T10:07", "01T10:14")
    assert _parts((), range) == [(None, [(*range, 0)])]


def test_where_a_cube_has_days_alone_its_ends_are_read_from_the_events() -> None:
    assert _parts(("user_id",), _range("01T18:15", "03")) == [
        (None, [(_at("01T18:15"), _at("02"), 0)]),
        (Tier.DAY, [(_at("02"), _at("03"), 0)]),
    ]


def test_each_range_has_runs_of_its_own() -> None:
    before, now = _range("01", "02"), _range("02", "03")
    assert _parts((), before, now) == [(Tier.DAY, [(*before, 0), (*now, 1)])]


def test_an_empty_range_has_no_parts() -> None:
    assert _parts((), _range("01", "01")) == []


def test_cubes_that_do_not_hold_all_events_are_not_used() -> None:
    (part,) = plan((), [DAYS], cubes_hold_all=False)
    assert (part.cube, part.tier) == (None, None)


def test_a_filter_by_metadata_reads_the_events() -> None:
    query = UsageQuery(1, (DAYS,), filter=UsageFilter(metadata=(MetadataMatch("region", "eu"),)))
    statement = query.statement()
    assert "FROM usage_events" in statement.sql
    assert "cube_" not in statement.sql
    assert statement.arguments[1:4] == ("region", "eu", 'lax $."region"[*]')


def test_a_question_is_one_statement_whose_values_are_arguments() -> None:
    query = UsageQuery(7, (DAYS,), ("model",), UsageFilter(outcome=(Outcome.ERROR,)))
    statement = query.statement()
    assert statement.sql == (
        f"SELECT cell, model, {_SUMS} FROM (SELECT $3::int AS cell, model, {_NAMED_SUMS} "
        "FROM cube_outcomes_by_day WHERE workspace_id = $1 AND bucket >= $4::timestamptz "
        "AND bucket < $5::timestamptz AND outcome = ANY ($2::text[]) GROUP BY model) AS part "
        "GROUP BY cell, model"
    )
    assert statement.arguments == (7, ["ERROR"], 0, *DAYS)


def test_many_runs_are_looked_up_one_by_one() -> None:
    days = tuple(_range(f"{day:02}", f"{day + 1:02}") for day in range(1, 8))
    statement = UsageQuery(7, days).statement()
    assert (
        "FROM unnest($2::timestamptz[], $3::timestamptz[], $4::int[]) AS run (starts, ends, cell) "
        "CROSS JOIN LATERAL (SELECT" in statement.sql
    )
    assert statement.arguments == (
        7,
        [day.from_ for day in days],
        [day.to for day in days],
        list(range(7)),
    )


_MEASURES = (
    *("events", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"),
    *("reasoning_tokens", "input_audio_tokens", "output_audio_tokens", "images"),
    *("cost", "unpriced_events", "errors"),
)
_SUMS = ", ".join(f"sum({measure})" for measure in _MEASURES)
_NAMED_SUMS = ", ".join(f"sum({measure}) AS {measure}" for measure in _MEASURES)


def test_a_value_that_events_lack_is_looked_for_by_null() -> None:
    query = UsageQuery(1, (DAYS,), filter=UsageFilter(customer_id=("acme", None)))
    statement = query.statement()
    assert "(customer_id = ANY ($2::text[]) OR customer_id IS NULL)" in statement.sql
    assert statement.arguments[1] == ["acme"]


def test_a_ranking_sums_its_measure_alone() -> None:
    statement = RankQuery(1, DAYS, ("customer_id",), Measure.TOTAL_TOKENS, 5).statement()
    assert "sum(input_tokens) + sum(output_tokens) DESC" in statement.sql
    assert "cost" not in statement.sql
    assert statement.arguments[-1] == 5


@pytest.mark.parametrize(
    ("member", "filter", "table"),
    [
        ("user_id", EVERYTHING, "presence_of_users"),
        ("user_id", UsageFilter(customer_id=("acme",)), "presence_of_users"),
        ("user_id", UsageFilter(model=("gpt-4o",)), "usage_events"),
        ("customer_id", EVERYTHING, "presence_of_customers"),
        ("customer_id", UsageFilter(feature_id=("chat",)), "presence_of_customers"),
        ("customer_id", UsageFilter(user_id=("u",)), "presence_of_users"),
        ("customer_id", UsageFilter(user_id=("u", None)), "usage_events"),
    ],
)
def test_who_was_there_is_read_from_the_set_that_knows(
    member: str, filter: UsageFilter, table: str
) -> None:
    sql = PresenceQuery(1, (DAYS,), member, filter).statement().sql
    tables = {"presence_of_users", "presence_of_customers", "usage_events"}
    assert {name for name in tables if f"FROM {name} " in sql} == {table}


def test_new_users_need_no_more_than_first_uses_where_nothing_else_is_asked() -> None:
    sql = NewUsersQuery(1, (DAYS,), UsageFilter(feature_id=("chat",))).statement().sql
    assert "FROM first_uses" in sql
    assert "presence" not in sql


def test_new_users_under_another_filter_must_be_present() -> None:
    sql = NewUsersQuery(1, (DAYS,), UsageFilter(customer_id=("acme",))).statement().sql
    assert "FROM first_uses" in sql
    assert "FROM presence_of_users" in sql
