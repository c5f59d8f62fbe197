"""The Activity page as a test sees it, and what it complained of."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Locator, Page, expect

# A violation of the page's CSP is an event that nobody hears: the console hears it so.
_TELL_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
"""


class ActivityPage:
    """Locators by what stands there, and `complaints`: errors, violations, foreign requests."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab
        self.complaints: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        self.rows = tab.locator("tr.event")
        self.connection = tab.get_by_test_id("connection")
        self.scroller = tab.get_by_test_id("scroller")
        self.new_events = tab.get_by_test_id("new-events")
        self.detail = tab.get_by_label("Event details")

    async def watch(self) -> None:
        """Note from now on whatever the page should not do."""
        self.tab.on("console", lambda message: self._hear(message.type, message.text))
        self.tab.on("pageerror", lambda error: self._complain(f"page error: {error}"))
        self.tab.on("request", lambda request: self._check_host(request.url))
        self.tab.on("websocket", lambda socket: self._check_host(socket.url))
        await self.tab.add_init_script(_TELL_VIOLATIONS)

    def expect_complaint(self, pattern: str) -> None:
        """The browser itself logs each refused or failed request as an error."""
        self._expected.append(re.compile(pattern))

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self._complain(f"{kind}: {text}")

    def _check_host(self, url: str) -> None:
        if urlsplit(url).hostname not in ("127.0.0.1", None):
            self._complain(f"foreign request: {url}")

    def _complain(self, text: str) -> None:
        if not any(pattern.search(text) for pattern in self._expected):
            self.complaints.append(text)

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

    async def evaluate(self, script: str) -> Any:
        return await self.tab.evaluate(script)

    async def frame(self) -> None:
        """What was done by now has been drawn."""
        await self.tab.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    async def resize(self, width: int, height: int) -> None:
        await self.tab.set_viewport_size({"width": width, "height": height})

    async def overflow(self) -> int:
        """By how many pixels the document is wider than the window."""
        pixels: int = await self.tab.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return pixels
