"""The Analytics page as a test sees it."""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import Locator, Page, Request, expect

from tests.web.ui.watched_page import WatchedPage

# A week in the past, from Monday on.
WEEK = "range=2026-03-02T00:00:00.000Z/2026-03-09T00:00:00.000Z&zone=UTC"


class AnalyticsPage(WatchedPage):
    """Locators by what stands there. `questions`: what it asked the server, in order."""

    def __init__(self, tab: Page, url: str) -> None:
        super().__init__(tab)
        self.url = url
        self.usage = tab.locator(".usage")
        self.totals = tab.get_by_test_id("totals")
        self.timeline = tab.get_by_test_id("timeline")
        self.chart = tab.get_by_role("slider")
        self.tip = tab.get_by_test_id("tip")
        self.selected = tab.get_by_test_id("selected")
        self.points = tab.get_by_test_id("point")
        self.connection = tab.get_by_test_id("connection")
        self.questions: list[str] = []
        self._unanswered: set[Request] = set()
        tab.on("request", self._note)
        tab.on("requestfinished", lambda request: self._unanswered.discard(request))
        tab.on("requestfailed", lambda request: self._unanswered.discard(request))

    def _note(self, request: Request) -> None:
        body = request.post_data or ""
        if request.method == "POST" and "query" in body:
            self._unanswered.add(request)
            self.questions.append("usage" if "query Usage" in body else "other")

    async def open(self, query: str = "") -> None:
        """Go there, and wait until it is drawn."""
        await self.tab.goto(f"{self.url}/analytics?{query}")
        await self.expect_current()

    async def expect_current(self) -> None:
        """What is shown is what the address asks for."""
        await expect(self.usage).to_have_attribute("aria-busy", "false")

    async def expect_settled(self) -> None:
        """All that was asked by now is answered."""
        await self.frame()
        while self._unanswered:
            await asyncio.sleep(0.01)

    async def expect_live(self) -> None:
        await expect(self.connection).to_have_attribute("data-state", "live")

    def choice(self, name: str) -> Locator:
        return self.timeline.get_by_role("radio", name=name, exact=True)

    def field(self, name: str) -> Locator:
        return self.tab.get_by_label(name, exact=True)

    def button(self, name: str) -> Locator:
        return self.tab.get_by_role("button", name=name, exact=True)

    async def export(self, what: str) -> Locator:
        """What there is to take away from a table, opened."""
        button = self.button(f"Export {what}")
        if await button.get_attribute("aria-expanded") == "false":
            await button.click()
        return self.tab.get_by_role("group", name=f"Export {what}")

    async def filter(self, name: str, value: str) -> None:
        field = self.tab.get_by_role("search").get_by_label(name, exact=True)
        await field.fill(value)
        await field.press("Enter")

    async def all_totals(self) -> dict[str, list[str]]:
        """Under each label the amount, and how it was before."""
        found: dict[str, list[str]] = await self.totals.evaluate(_TOTALS)
        return found

    def amount(self, label: str) -> Locator:
        return self.totals.locator(".total", has_text=label).locator(".amount")

    def groups(self, table: str) -> Locator:
        return self.tab.get_by_test_id(table).get_by_test_id("group")

    async def cells(self, table: str) -> list[dict[str, str]]:
        """A breakdown's rows by the heads of their columns; empty ones are left out."""
        found: list[dict[str, str]] = await self.tab.get_by_test_id(table).evaluate(_CELLS)
        return found

    async def numbers(self) -> list[list[str]]:
        """The timeline's table, row by row."""
        rows: list[list[str]] = await self.points.evaluate_all(
            "rows => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim()))"
        )
        return rows

    async def press(self, *keys: str) -> None:
        """On the chart, one after the other."""
        for key in keys:
            await self.chart.press(key)

    async def shaded(self) -> tuple[float, float]:
        """From which part of the chart's width to which one is shaded."""
        chart: Any = await self.chart.locator(".u-over").bounding_box()
        shade: Any = await self.chart.locator(".u-select").bounding_box()
        start = (shade["x"] - chart["x"]) / chart["width"]
        return round(start, 2), round(start + shade["width"] / chart["width"], 2)

    async def coloured(self) -> int:
        """How many of the chart's pixels have a series' colour; axes and their labels are grey."""
        count: int = await self.timeline.locator("canvas").evaluate(_COLOURED)
        return count

    async def drag(self, start: float, end: float) -> None:
        """Draw over the chart, from one part of its width to another."""
        box: Any = await self.chart.locator(".u-over").bounding_box()
        middle = box["y"] + box["height"] / 2
        await self.tab.mouse.move(box["x"] + box["width"] * start, middle)
        await self.tab.mouse.down()
        await self.tab.mouse.move(box["x"] + box["width"] * end, middle, steps=4)
        await self.tab.mouse.up()


_TOTALS = """(section) => Object.fromEntries([...section.querySelectorAll('.total')].map((total) =>
  [...total.children].map((child) => child.innerText.replace(/\\s+/g, ' ').trim()))
  .map(([label, ...shown]) => [label, shown]))"""
_COLOURED = """(chart) => {
  const copy = new OffscreenCanvas(chart.width, chart.height).getContext('2d');
  copy.drawImage(chart, 0, 0);
  const { data } = copy.getImageData(0, 0, chart.width, chart.height);
  const spread = (at) => Math.max(...data.slice(at, at + 3)) - Math.min(...data.slice(at, at + 3));
  let count = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 60 && spread(at) > 60) count++;
  return count;
}"""
_CELLS = """(section) => {
  const heads = [...section.querySelectorAll('thead th')].flatMap((head) =>
    Array.from({ length: head.colSpan }, () => head.innerText.replace('↓', '').trim()));
  return [...section.querySelectorAll('tbody tr')].map((row) => Object.fromEntries(
    [...row.cells].map((cell, place) => [heads[place], cell.innerText.trim()])
      .filter(([, text]) => text)));
}"""
