"""What is taken away from the Analytics page: its tables, and the events that they are made of."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Locator, expect
from pyarrow import parquet

from tests.graphql_client import GraphQLClient
from tests.web.ui.analytics_page import WEEK, AnalyticsPage
from tests.web.ui.inputs import ago, call

pytestmark = pytest.mark.browser


def _at(event_id: str, **values: Any) -> dict[str, Any]:
    return call(event_id, occurredAt="2026-03-03T10:00:00Z", **values)


async def _saved(page: AnalyticsPage, control: Locator, folder: Path) -> Path:
    async with page.tab.expect_download() as started:
        await control.click()
    file = folder / (await started.value).suggested_filename
    await (await started.value).save_as(file)
    return file


async def _table(page: AnalyticsPage, what: str, folder: Path) -> list[list[str]]:
    """The rows of a table's file."""
    control = (await page.export(what)).get_by_role("button", name="This table as CSV")
    with (await _saved(page, control, folder)).open(newline="") as lines:
        return list(csv.reader(lines))


async def _events(page: AnalyticsPage, folder: Path, format: str = "NDJSON") -> Path:
    """The file of the events behind what is shown."""
    box = await page.export("models")
    return await _saved(page, box.get_by_role("link", name=format), folder)


def _ids(file: Path) -> list[str]:
    return [json.loads(line)["id"] for line in file.read_text().splitlines()]


async def test_a_breakdown_is_exported_to_the_last_digit(
    analytics: AnalyticsPage, client: GraphQLClient, tmp_path: Path
) -> None:
    await client.record(
        _at("1", cost="1.000000000001", inputTokens=9007199254740993),
        _at("2", provider="in-house", model="support-7b", outcome="ERROR"),
    )
    await analytics.open(WEEK)
    heads, *rows = await _table(analytics, "models", tmp_path)
    assert [dict(zip(heads[:9], row, strict=False)) for row in rows] == [
        {
            "model": "gpt-4o",
            "provider": "openai",
            "events": "1",
            "input_tokens": "9007199254740993",
            "output_tokens": "200",
            "cost_usd": "1.000000000001",
            "unpriced_events": "0",
            "errors": "0",
            "cost_per_thousand_events_usd": "1000.000000",
        },
        {
            "model": "support-7b",
            "provider": "in-house",
            "events": "1",
            "input_tokens": "1000",
            "output_tokens": "200",
            "cost_usd": "",
            "unpriced_events": "1",
            "errors": "1",
            "cost_per_thousand_events_usd": "",
        },
    ]


async def test_the_timeline_is_exported_as_it_is_split(
    analytics: AnalyticsPage, client: GraphQLClient, tmp_path: Path
) -> None:
    await client.record(_at("1", cost="1.5"), _at("2", cost="0.5", customerId="globex"))
    await analytics.open(f"{WEEK}&by=customer")
    heads, *rows = await _table(analytics, "the timeline", tmp_path)
    assert heads == [
        "from",
        "to",
        "cost_usd",
        "unpriced_events",
        "previous_cost_usd",
        "previous_unpriced_events",
        "spike",
        "acme",
        "globex",
    ]
    assert rows[1][:4] == ["2026-03-03T00:00:00.000Z", "2026-03-04T00:00:00.000Z", "2", "0"]
    assert rows[1][7:] == ["1.5", "0.5"]


async def test_a_cost_that_is_unknown_is_an_empty_cell_of_the_timeline(
    analytics: AnalyticsPage, client: GraphQLClient, tmp_path: Path
) -> None:
    await client.record(
        _at("1", provider="in-house", model="support-7b"),
        call("2", cost="0.5", occurredAt="2026-03-04T10:00:00Z"),
    )
    await analytics.open(WEEK)
    heads, *rows = await _table(analytics, "the timeline", tmp_path)
    found = [dict(zip(heads, row, strict=True)) for row in rows]
    amounts = ("cost_usd", "unpriced_events", "gpt-4o", "support-7b")
    assert [tuple(row[name] for name in amounts) for row in found[:3]] == [
        ("0", "0", "0", "0"),
        ("", "1", "0", ""),
        ("0.5", "0", "0.5", "0"),
    ]


async def test_no_value_is_taken_for_another_in_a_file(
    analytics: AnalyticsPage, client: GraphQLClient, tmp_path: Path
) -> None:
    names = [None, "", "(none)", "(other)", '""', *(f"c{number:02}" for number in range(9))]
    await client.record(
        *(_at(str(n), customerId=name, cost=str(99 - n)) for n, name in enumerate(names))
    )
    await analytics.open(WEEK)
    _, *rows = await _table(analytics, "customers", tmp_path)
    assert [row[0] for row in rows] == [
        "(none)",
        '""',
        '"(none)"',
        '"(other)"',
        '""""',
        *(f"c{number:02}" for number in range(5)),
        "(other)",
    ]


async def test_no_name_becomes_a_formula(
    analytics: AnalyticsPage, client: GraphQLClient, tmp_path: Path
) -> None:
    names = ["=1+1", "+1", "-1", "@sum", "\t=1", "\n=1", "'1"]
    await client.record(*(_at(name, featureId=name) for name in names))
    await analytics.open(WEEK)
    _, *rows = await _table(analytics, "features", tmp_path)
    assert {row[0] for row in rows} == {f"'{name}" for name in names}


async def test_no_name_leaves_its_cell_where_cells_end_at_other_signs(
    analytics: AnalyticsPage, client: GraphQLClient, tmp_path: Path
) -> None:
    await client.record(_at("1", featureId="a;=1+1"), _at("2", featureId="a\t=1+1"))
    await analytics.open(WEEK)
    control = (await analytics.export("features")).get_by_role("button", name="This table as CSV")
    text = (await _saved(analytics, control, tmp_path)).read_text()
    assert '"a;=1+1",' in text
    assert '"a\t=1+1",' in text


async def test_this_table_and_the_events_are_told_apart(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    await client.record(*(_at(str(number)) for number in range(3)))
    await analytics.open(WEEK)
    box = await analytics.export("customers")
    await expect(box.get_by_role("heading")).to_have_text(["This table", "The events (3)"])
    await expect(box).to_contain_text("A row for each customer, as shown")
    await expect(box).to_contain_text("A row for each event of this range and filter")


@pytest.mark.parametrize("what", ["the timeline", "models", "features", "customers", "users"])
async def test_each_table_leads_to_the_same_events(
    analytics: AnalyticsPage, client: GraphQLClient, what: str
) -> None:
    await client.record(_at("1"))
    await analytics.open(f"{WEEK}&model=gpt-4o")
    link = (await analytics.export(what)).get_by_role("link", name="The events (1) as NDJSON")
    await expect(link).to_have_attribute(
        "href",
        "/v1/events/export?format=ndjson&startDate=2026-03-02T00%3A00%3A00Z"
        "&endDate=2026-03-09T00%3A00%3A00Z&timeZone=UTC&workspace=1&model=gpt-4o",
    )


async def test_the_events_are_those_of_the_range(
    analytics: AnalyticsPage, client: GraphQLClient, tmp_path: Path
) -> None:
    await client.record(
        call("before", occurredAt="2026-03-01T23:59:59.999999Z"),
        call("first", occurredAt="2026-03-02T00:00:00Z"),
        call("last", occurredAt="2026-03-08T23:59:59.999999Z"),
        call("after", occurredAt="2026-03-09T00:00:00Z"),
    )
    await analytics.open(WEEK)
    assert _ids(await _events(analytics, tmp_path)) == ["first", "last"]


async def test_the_events_of_a_preset_are_those_of_the_zones_days(
    analytics: AnalyticsPage, client: GraphQLClient, tmp_path: Path
) -> None:
    await client.record(call("now"), call("long-ago", occurredAt=ago(days=3)))
    await analytics.open("range=today&zone=Pacific/Kiritimati")
    await expect(analytics.amount("Events")).to_have_text("1")
    assert _ids(await _events(analytics, tmp_path)) == ["now"]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("customer=acme", ["acme"]),
        ("no=customer", ["none"]),
        ("customer=acme&no=customer", ["acme", "none"]),
        ("customer=null", ["word"]),
        ("customer=", ["empty"]),
        ("customer=&no=customer&customer=acme", ["acme", "empty", "none"]),
        ("customer=null&no=customer", ["none", "word"]),
        ("customer=a,b", ["comma"]),
        ("customer=a&customer=b", ["a"]),
        ("customer=%22a%22", ["quote"]),
        ("customer=%22,%22&customer=a,b", ["comma", "quotes"]),
        ("customer=%26a%3Db%2B%20%23%C3%A4", ["signs"]),
        ("type=CUSTOM&type=IMAGE_GENERATION", ["image"]),
        ("outcome=ERROR", ["error"]),
        ("user=bob&feature=search&provider=in-house&model=support-7b", ["others"]),
    ],
)
async def test_the_events_are_those_that_the_filter_shows(
    analytics: AnalyticsPage, client: GraphQLClient, tmp_path: Path, query: str, ids: list[str]
) -> None:
    others = {"userId": "bob", "featureId": "search", "provider": "in-house"}
    await client.record(
        _at("acme"),
        _at("none", customerId=None),
        _at("word", customerId="null"),
        _at("empty", customerId=""),
        _at("comma", customerId="a,b"),
        _at("a", customerId="a"),
        _at("quote", customerId='"a"'),
        _at("quotes", customerId='","'),
        _at("signs", customerId="&a=b+ #ä"),
        _at("others", customerId="globex", model="support-7b", **others),
        _at("error", customerId="globex", outcome="ERROR"),
        _at("image", customerId="globex", type="IMAGE_GENERATION", images=1)
        | {"inputTokens": None, "outputTokens": None},
    )
    await analytics.open(f"{WEEK}&{query}")
    await expect(analytics.amount("Events")).to_have_text(str(len(ids)))
    assert sorted(_ids(await _events(analytics, tmp_path))) == ids


async def test_the_events_come_as_csv_and_as_parquet_too(
    analytics: AnalyticsPage, client: GraphQLClient, tmp_path: Path
) -> None:
    await client.record(_at("1", cost="1.000000000001"))
    await analytics.open(WEEK)
    with (await _events(analytics, tmp_path, "CSV")).open(newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert (row["id"], row["costUsd"]) == ("1", "1.000000000001")
    file = await _events(analytics, tmp_path, "Parquet")
    assert parquet.read_table(file)["id"].to_pylist() == ["1"]
    assert file.name == "livemeter-2026-03-02-2026-03-08.parquet"


async def test_where_there_are_no_events_none_are_offered(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    await client.record(call("now"))
    await analytics.open(WEEK)
    box = await analytics.export("models")
    await expect(box).to_contain_text("None in this range")
    await expect(box.get_by_role("link")).to_have_count(0)


async def test_why_there_is_no_file_is_told(
    analytics: AnalyticsPage, client: GraphQLClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # As Python notes what is not there.
    analytics.expect_complaint("status of 400")
    await client.record(_at("1"))
    await analytics.open(WEEK)
    box = await analytics.export("models")
    await box.get_by_role("link", name="Parquet").click()
    await expect(box.get_by_role("alert")).to_contain_text("pip install livemeter[parquet]")


async def test_who_is_signed_out_meanwhile_is_asked_to_sign_in(
    analytics: AnalyticsPage, client: GraphQLClient, context: BrowserContext
) -> None:
    analytics.expect_complaint("status of 401")
    await client.record(_at("1"))
    await analytics.open(WEEK)
    box = await analytics.export("models")
    await context.clear_cookies()
    await box.get_by_role("link", name="CSV").click()
    await expect(analytics.field("E-mail")).to_be_visible()


async def test_escape_leaves_the_export_and_gives_the_focus_back(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    await client.record(_at("1"))
    await analytics.open(WEEK)
    box = await analytics.export("models")
    await box.get_by_role("link", name="CSV").press("Escape")
    await expect(box).to_have_count(0)
    await expect(analytics.button("Export models")).to_be_focused()


async def test_a_click_elsewhere_leaves_the_export(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    await client.record(_at("1"))
    await analytics.open(WEEK)
    box = await analytics.export("models")
    await analytics.totals.click()
    await expect(box).to_have_count(0)


@pytest.mark.parametrize("what", ["the timeline", "users"])
async def test_the_export_fits_a_phone(
    analytics: AnalyticsPage, client: GraphQLClient, what: str
) -> None:
    await analytics.resize(390, 844)
    await client.record(_at("1"))
    await analytics.open(WEEK)
    box = await analytics.export(what)
    link = box.get_by_role("link", name="Parquet")
    await link.scroll_into_view_if_needed()
    await expect(link).to_be_in_viewport(ratio=1)
    assert await analytics.overflow() == 0
