"""Events at the limits of what is accepted, on every page that shows them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from tests.conftest import Keys
from tests.extreme_events import corners
from tests.extreme_readers import Readers
from tests.livemeter_server import InProcessServer
from tests.web.ui.analytics_page import AnalyticsPage

pytestmark = pytest.mark.browser

# What a page shows once it has read the events.
_SHOWN = {
    "activity": "tr.event",
    "analytics?range=7-days&numbers=shown": "[data-testid=users] tr",
    "insights?range=7-days": "main",
    "prices": "tr.price",
    "alerts": "main",
}


@pytest.mark.parametrize("path", _SHOWN)
async def test_a_page_shows_events_at_every_limit(
    analytics: AnalyticsPage,
    server: InProcessServer,
    keys: Keys,
    path: str,
) -> None:
    async with Readers(server.url, keys.admin) as readers:
        await readers.record(list(corners(datetime.now(UTC))))
    await analytics.tab.goto(f"{server.url}/{path}")
    await analytics.tab.locator(_SHOWN[path]).first.wait_for()
    await expect(analytics.tab.get_by_role("alert")).to_have_count(0)
