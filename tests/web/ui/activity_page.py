"""The Activity page as a test sees it."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from tests.web.ui.watched_page import WatchedPage


class ActivityPage(WatchedPage):
    """Locators by what stands there."""

    def __init__(self, tab: Page) -> None:
        super().__init__(tab)
        self.rows = tab.locator("tr.event")
        self.connection = tab.get_by_test_id("connection")
        self.scroller = tab.get_by_test_id("scroller")
        self.new_events = tab.get_by_test_id("new-events")
        self.detail = tab.get_by_label("Event details")

    async def open(self, url: str) -> None:
        """Go there, and wait until the page is live."""
        await self.tab.goto(url)
        await self.expect_live()

    async def expect_live(self) -> None:
        await self.expect_state("live")

    async def expect_state(self, *states: str) -> None:
        pattern = re.compile("|".join(f"^{state}$" for state in states))
        await expect(self.connection).to_have_attribute("data-state", pattern)

    def row(self, event_id: str) -> Locator:
        return self.tab.locator(f'tr.event[data-id="{event_id}"]')

    async def shown_ids(self) -> list[str]:
        """Of the rows in the document, from the top."""
        ids: list[str] = await self.rows.evaluate_all("rows => rows.map((row) => row.dataset.id)")
        return ids

    async def expect_ids(self, *ids: str) -> None:
        """Exactly these rows, from the top."""
        await expect(self.rows).to_have_count(len(ids))
        for index, event_id in enumerate(ids):
            await expect(self.rows.nth(index)).to_have_attribute("data-id", event_id)

    async def cells(self, event_id: str) -> dict[str, str]:
        """A row's texts by the head of their column."""
        row: dict[str, str] = await self.row(event_id).evaluate(
            """(row) => Object.fromEntries([...row.closest('table').querySelectorAll('thead th')]
                 .map((head, index) => [head.innerText, row.cells[index]?.innerText.trim()]))"""
        )
        return row
