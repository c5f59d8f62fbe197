"""What the Analytics page shows equals what was recorded, to the last digit."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.graphql_client import GraphQLClient
from tests.web.ui.analytics_page import WEEK, AnalyticsPage
from tests.web.ui.inputs import ago, call

pytestmark = pytest.mark.browser

_MINUS, _TO = "\N{MINUS SIGN}", "\N{EN DASH}"


def _at(day: int, event_id: str, **values: Any) -> dict[str, Any]:
    """A call of a known cost, on a day of March."""
    return call(event_id, occurredAt=f"2026-03-{day:02}T10:00:00Z", **values)


# Five of the week, and two of the week before it.
_EVENTS = (
    call("before-1", occurredAt="2026-02-23T10:00:00Z", cost="4"),
    call("before-2", occurredAt="2026-02-27T10:00:00Z", cost="0.25", outcome="ERROR"),
    _at(2, "1", cost="1.000000000001", inputTokens=9007199254740993),
    _at(2, "2", cost="2.5", userId="bob"),
    _at(4, "3", cost="0.5", model="gpt-4o-mini", featureId="search", outcome="ERROR"),
    _at(8, "4", cost="6", customerId="globex", userId="eve"),
    _at(8, "5", provider="in-house", model="support-7b", featureId=None, customerId=None),
)


@pytest.fixture
async def week(analytics: AnalyticsPage, client: GraphQLClient) -> AnalyticsPage:
    await client.record(*_EVENTS)
    await analytics.open(f"{WEEK}&numbers=shown")
    return analytics


async def test_the_totals_are_exact_and_compared_with_the_range_before(
    week: AnalyticsPage,
) -> None:
    totals = await week.all_totals()
    # By how many percent more of what is beyond all measure is no matter here.
    totals["Tokens in"][1] = totals["Tokens in"][1].partition("% ")[2]
    assert totals == {
        "Cost": ["≥ $10.000000000001", "+135.3 % from $4.25"],
        "Events": ["5", "+150.0 % from 2"],
        "Tokens in": ["9,007,199,254,744,993", "from 2,000"],
        "Tokens out": ["1,000", "+150.0 % from 400"],
        "Error rate": ["20.0 %1", f"{_MINUS}30.0 pp from 50.0 %"],
    }


async def test_a_cost_that_is_unknown_is_no_zero_in_the_totals(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    nameless = {"provider": "in-house", "model": "support-7b"}
    before = call("before", occurredAt="2026-02-24T10:00:00Z", **nameless)
    await client.record(before, _at(3, "1", cost="1"), _at(3, "2", **nameless))
    await analytics.open(WEEK)
    assert (await analytics.all_totals())["Cost"] == ["≥ $1.00", "from unknown"]
    await analytics.open(f"{WEEK}&model=support-7b")
    assert (await analytics.all_totals())["Cost"] == ["—", "from unknown"]


async def test_a_cost_that_was_known_in_part_is_told_so(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    before = {"occurredAt": "2026-02-24T10:00:00Z"}
    nameless = {"provider": "in-house", "model": "support-7b"}
    await client.record(
        call("b1", cost="1", **before), call("b2", **before, **nameless), _at(3, "1", cost="2")
    )
    await analytics.open(WEEK)
    assert (await analytics.all_totals())["Cost"] == ["$2.00", "+100.0 % from ≥ $1.00"]


async def test_the_range_before_is_said(week: AnalyticsPage) -> None:
    await expect(week.totals).to_contain_text(
        f"Mar 2 {_TO} Mar 8, compared with Feb 23 {_TO} Mar 1"
    )


_ROWS = {
    "models": [
        {
            "Model": "gpt-4o openai",
            "Share": "95.0 %",
            "Change": "+123.5 %",
            "Cost": "$9.500000000001",
            "Cost / 1K": "$3,166.666667",
            "Tokens": "9,007,199,254,743,593",
            "Events": "3",
            "Errors": "0",
        },
        {"Model": "gpt-4o-mini openai", "Cost": "$0.500000000000", "Events": "1", "Errors": "1"},
        {"Model": "support-7b in-house", "Share": "0.0 %", "Cost": "—", "Cost / 1K": "—"},
    ],
    "features": [
        {"Feature": "chat", "Users": "3", "Customers": "2", "New users": "2", "Events": "3"},
        {"Feature": "search", "Users": "1", "Customers": "1", "New users": "1", "Events": "1"},
        {"Feature": "(none)", "Users": "1", "Customers": "0", "New users": "1", "Events": "1"},
    ],
    "customers": [
        {"Customer": "globex", "Share": "60.0 %", "Change": "new", "Cost": "$6.000000000000"},
        {"Customer": "acme", "Share": "40.0 %", "Change": f"{_MINUS}5.9 %", "Events": "3"},
        {"Customer": "(none)", "Share": "0.0 %", "Cost": "—", "Events": "1"},
    ],
    "users": [
        {"User": "eve", "Cost": "$6.000000000000"},
        {"User": "bob", "Cost": "$2.500000000000"},
        {"User": "ada", "Cost": "≥ $1.500000000001", "Events": "3", "Errors": "1"},
    ],
}


async def test_the_breakdowns_equal_what_was_recorded(week: AnalyticsPage) -> None:
    shown = {
        table: [
            {head: row.get(head) for head in wanted}
            for row, wanted in zip(await week.cells(table), rows, strict=True)
        ]
        for table, rows in _ROWS.items()
    }
    assert shown == _ROWS


async def test_the_timelines_numbers_equal_what_was_recorded(week: AnalyticsPage) -> None:
    found = {when.removesuffix(" ▲ spike"): rest for when, *rest in await week.numbers()}
    nothing = "$0.000000000000"
    assert next(iter(found)) == "Sun, Mar 8"
    assert len(found) == 7
    assert found["Mon, Mar 2"] == [
        "$3.500000000001",
        f"{_MINUS}12.5 %",
        "$4.000000000000",
        "▲ $3.500000000001",
        nothing,
        nothing,
    ]
    assert found["Sun, Mar 8"][:1] == ["≥ $6.000000000000"]


async def test_what_costs_are_unknown_is_told_wherever_the_timeline_has_them(
    week: AnalyticsPage,
) -> None:
    legend = week.timeline.get_by_label("Series").get_by_role("listitem")
    await expect(legend.filter(has_text="support-7b")).to_have_text("support-7b —")
    # Of Sunday: all, and by model.
    (sunday, *_) = await week.numbers()
    assert sunday[1] == "≥ $6.000000000000"
    assert sunday[-1] == "—"
    await week.chart.press("End")
    await expect(week.tip.get_by_role("row", include_hidden=True)).to_contain_text(
        ["gpt-4o", "support-7b—", "≥ $6.000000", "range before"]
    )
    await expect(week.chart).to_have_attribute(
        "aria-valuetext", re.compile(r"≥ \$6\.00, .*support-7b unknown")
    )


@pytest.mark.parametrize(("costs", "is_drawn"), [({}, False), ({4: "1"}, True), ({2: "0"}, True)])
async def test_a_line_has_no_place_for_what_is_unknown_and_all_that_is_known(
    analytics: AnalyticsPage, client: GraphQLClient, costs: dict[int, str], is_drawn: bool
) -> None:
    nameless = {"provider": "in-house", "model": "support-7b"}
    await client.record(
        *(_at(day, str(day), cost=costs.get(day), **nameless) for day in range(2, 9))
    )
    await analytics.open(f"{WEEK}&shape=lines")
    await expect(analytics.timeline.get_by_label("Series")).to_contain_text("support-7b")
    assert (await analytics.coloured() > 0) is is_drawn


async def test_what_is_unpriced_is_told_and_leads_to_the_prices(week: AnalyticsPage) -> None:
    await week.totals.get_by_role(
        "link", name="80.0 % of events have a price in full; 1 does not"
    ).click()
    await expect(week.tab.get_by_test_id("worklist")).to_contain_text("support-7b")


async def test_nothing_is_said_of_coverage_where_all_is_priced(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    await client.record(_at(3, "1", cost="1"))
    await analytics.open(WEEK)
    await expect(analytics.totals.get_by_role("link")).to_have_count(0)


async def test_a_spike_is_marked_and_others_are_not(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    await client.record(*(_at(day, str(day), cost=str(10 + day % 2)) for day in range(2, 14)))
    await client.record(_at(14, "14", cost="500"), _at(15, "15", cost="11"))
    month = WEEK.replace("2026-03-09", "2026-03-16")
    await analytics.open(f"{month}&numbers=shown")
    marked = [when for when, *_ in await analytics.numbers() if "spike" in when]
    assert marked == ["Sat, Mar 14 ▲ spike"]


async def test_a_range_that_goes_on_is_said_to(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    await client.record(call("1"), call("2", occurredAt=ago(days=1)))
    await analytics.open("range=today")
    await expect(analytics.totals).to_contain_text("so far, compared with")


async def test_one_request_draws_the_page(week: AnalyticsPage) -> None:
    # The other one asks who is signed in.
    assert sorted(week.questions) == ["other", "usage"]


@pytest.mark.parametrize("query", [WEEK, f"{WEEK}&rows=100&interval=hour"])
async def test_a_feature_of_few_users_has_its_users_too(
    analytics: AnalyticsPage, client: GraphQLClient, query: str
) -> None:
    many = [
        _at(3, f"{number}-{user}", featureId=f"f{number}", userId=user, cost="0.01")
        for number in range(50)
        for user in ("ada", "bob")
    ]
    await client.record(*many, _at(3, "dear", featureId="dear", userId="eve", cost="100"))
    await analytics.open(query)
    first = (await analytics.cells("features"))[0]
    assert (first["Feature"], first["Users"]) == ("dear", "1")
