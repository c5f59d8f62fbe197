"""The Analytics page follows what is recorded, and asks no more often than it must."""

from __future__ import annotations

import asyncio
import json

import pytest
from playwright.async_api import Route, expect

from tests.graphql_client import GraphQLClient
from tests.web.ui.analytics_page import WEEK, AnalyticsPage
from tests.web.ui.inputs import call, calls

pytestmark = pytest.mark.browser

# The page waits that long between two requests at the least.
_PAUSE_MS = 5000
_FEED_SECONDS = 0.2
_HIDE = """() => { Object.defineProperty(document, 'hidden', { value: true, configurable: true });
  document.dispatchEvent(new Event('visibilitychange')); }"""
_SHOW = _HIDE.replace("true, ", "false, ", 1)
_NAMELESS = {"provider": "in-house", "model": "support-7b"}


@pytest.fixture
async def live(analytics: AnalyticsPage, client: GraphQLClient) -> AnalyticsPage:
    """Live on one event of today, with a clock that can be put forward, and caught up."""
    await client.record(call("first"))
    await analytics.tab.clock.install()
    await analytics.open("range=today")
    await analytics.expect_live()
    await _pass(analytics)
    return analytics


async def _pass(page: AnalyticsPage, milliseconds: int = 2 * _PAUSE_MS) -> None:
    """As much time passes, and what was asked for by then is there."""
    # What was recorded has reached the page before.
    await asyncio.sleep(_FEED_SECONDS)
    await page.tab.clock.fast_forward(milliseconds)
    await page.expect_settled()


def _asked(page: AnalyticsPage) -> int:
    return page.questions.count("usage")


async def test_a_recorded_event_changes_the_numbers_without_a_reload(
    live: AnalyticsPage, client: GraphQLClient
) -> None:
    await live.evaluate("() => { window.mark = 'here' }")
    await client.record(call("second"))
    await _pass(live)
    await expect(live.amount("Events")).to_have_text("2")
    assert await live.evaluate("() => window.mark") == "here"


async def test_many_events_are_one_request(live: AnalyticsPage, client: GraphQLClient) -> None:
    asked = _asked(live)
    for number in range(8):
        await client.record(*calls(3, f"batch-{number}"))
    await live.frame()
    await _pass(live)
    await expect(live.amount("Events")).to_have_text("25")
    assert _asked(live) - asked <= 2


async def test_where_nothing_is_recorded_nothing_is_asked(live: AnalyticsPage) -> None:
    asked = _asked(live)
    await _pass(live, 60_000)
    assert _asked(live) == asked


async def test_a_hidden_page_asks_nothing(live: AnalyticsPage, client: GraphQLClient) -> None:
    await live.evaluate(_HIDE)
    asked = _asked(live)
    await client.record(call("second"))
    await _pass(live, 30_000)
    assert _asked(live) == asked


async def test_a_page_that_is_shown_again_catches_up(
    live: AnalyticsPage, client: GraphQLClient
) -> None:
    await live.evaluate(_HIDE)
    await client.record(call("second"))
    await _pass(live)
    await live.evaluate(_SHOW)
    await expect(live.amount("Events")).to_have_text("2")


async def test_events_that_the_filter_leaves_out_ask_nothing(
    live: AnalyticsPage, client: GraphQLClient
) -> None:
    await live.filter("Customer", "acme")
    await live.expect_current()
    await _pass(live)
    asked = _asked(live)
    await client.record(call("other", customerId="globex"))
    await _pass(live)
    assert _asked(live) == asked


async def test_events_of_today_ask_nothing_of_a_range_in_the_past(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    await analytics.tab.clock.install()
    await analytics.open(WEEK)
    await analytics.expect_live()
    await _pass(analytics)
    asked = _asked(analytics)
    await client.record(call("today"))
    await _pass(analytics)
    assert _asked(analytics) == asked


async def test_a_repricing_changes_the_numbers_without_a_reload(
    live: AnalyticsPage, admin: GraphQLClient
) -> None:
    await admin.record(call("unpriced", **_NAMELESS))
    await _pass(live)
    await expect(live.totals.get_by_role("link")).to_have_count(1)
    await admin.data(
        """mutation { setPrice(input: { provider: "in-house", model: "support-7b",
          effectiveFrom: "2020-01-01T00:00:00Z",
          rates: [{ unit: "input_tokens", amount: "1" }, { unit: "output_tokens", amount: "1" }] })
          { id } }"""
    )
    await admin.data(
        "mutation { repriceEvents(range: { preset: TODAY }, dryRun: false) { changed } }"
    )
    await _pass(live)
    await expect(live.totals.get_by_role("link")).to_have_count(0)


async def test_the_first_event_takes_the_place_of_the_empty_notice(
    analytics: AnalyticsPage, client: GraphQLClient
) -> None:
    await analytics.tab.clock.install()
    await analytics.open()
    await analytics.expect_live()
    await analytics.tab.get_by_text("Nothing recorded yet").wait_for()
    await client.record(call("first"))
    await _pass(analytics)
    await expect(analytics.groups("models")).to_have_count(1)


async def test_a_refresh_that_fails_leaves_the_numbers_and_is_tried_again(
    live: AnalyticsPage, client: GraphQLClient
) -> None:
    live.expect_complaint("ERR_FAILED")
    await live.tab.route("**/graphql", lambda route: route.abort())
    await client.record(call("second"))
    await _pass(live)
    await expect(live.connection).to_have_attribute("data-state", "waiting")
    await expect(live.amount("Events")).to_have_text("1")
    await live.tab.unroute("**/graphql")
    await expect(live.amount("Events")).to_have_text("2")
    await live.expect_live()


async def _refuse(route: Route) -> None:
    """As the server refuses what takes it too long."""
    problem = {"message": "It took too long.", "extensions": {"code": "TOO_COMPLEX"}}
    if "query Usage" not in (route.request.post_data or ""):
        await route.continue_()
        return
    await route.fulfill(
        content_type="application/json", body=json.dumps({"data": None, "errors": [problem]})
    )


async def test_what_asks_too_much_is_told_and_not_asked_again_by_itself(
    live: AnalyticsPage, client: GraphQLClient
) -> None:
    await live.tab.route("**/graphql", _refuse)
    await client.record(call("second"))
    await _pass(live)
    await expect(live.tab.get_by_role("alert")).to_contain_text("It took too long.")
    asked = _asked(live)
    for name in ("third", "fourth"):
        await client.record(call(name))
        await _pass(live, 30_000)
    assert _asked(live) == asked
    await live.tab.unroute("**/graphql")
    await live.button("Try again").click()
    await expect(live.amount("Events")).to_have_text("4")


# An answer whose beginning came, and whose rest never does.
_ENDLESS = """() => {
  const real = window.fetch;
  window.fetch = async (path, options) => {
    const response = await real(path, options);
    if (!String(options.body).includes('query Usage')) return response;
    window.fetch = real;
    return new Response(new ReadableStream({ start(body) {
      body.enqueue(new TextEncoder().encode('{'));
      options.signal.addEventListener('abort', () => body.error(options.signal.reason));
      window.begun = true;
    } }), { headers: response.headers });
  };
}"""
_NOTE_ALERTS = """() => {
  window.alerts = 0;
  new MutationObserver(() => { window.alerts += document.querySelectorAll('[role=alert]').length; })
    .observe(document.body, { childList: true, subtree: true });
}"""


async def test_a_question_that_is_given_up_in_the_middle_of_its_answer_tells_no_failure(
    live: AnalyticsPage,
) -> None:
    await live.evaluate(_ENDLESS)
    await live.evaluate(_NOTE_ALERTS)
    await live.choice("Tokens").check()
    await live.tab.wait_for_function("() => window.begun")
    await live.choice("Events").check()
    await live.expect_current()
    assert await live.evaluate("() => window.alerts") == 0


async def test_an_answer_that_stops_in_the_middle_is_asked_for_again(live: AnalyticsPage) -> None:
    stopped = _ENDLESS.replace("window.begun = true", "body.error(new TypeError('network error'))")
    await live.evaluate(stopped)
    await live.choice("Tokens").check()
    await expect(live.connection).to_have_attribute("data-state", "waiting")
    await live.expect_current()
