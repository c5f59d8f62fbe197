"""The Insights page as a test sees it."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.web.ui.watched_page import WatchedPage

# Four weeks before it are the past of what stands out.
OCTOBER = "range=2026-10-01T00:00:00.000Z/2026-11-01T00:00:00.000Z&zone=UTC"


class InsightsPage(WatchedPage):
    """Locators by what stands there."""

    def __init__(self, tab: Page, url: str) -> None:
        super().__init__(tab)
        self.url = url
        self.report = tab.locator(".usage")
        self.items = tab.get_by_test_id("insight")
        self.head = tab.locator(".insights-head")

    async def open(self, query: str = OCTOBER) -> None:
        """Go there, and wait until it is drawn."""
        await self.tab.goto(f"{self.url}/insights?{query}")
        await self.expect_current()

    async def expect_current(self) -> None:
        """What is shown is what the address asks for."""
        await expect(self.report).to_have_attribute("aria-busy", "false")

    def of_kind(self, kind: str) -> Locator:
        return self.tab.locator(f"[data-testid=insight][data-kind={kind}]")

    async def amounts(self) -> list[str]:
        return await self.items.locator(".amount").all_inner_texts()

    async def figures(self, insight: Locator) -> dict[str, str]:
        names = await insight.locator(".figures dt").all_inner_texts()
        values = await insight.locator(".figures dd").all_inner_texts()
        return dict(zip(names, values, strict=True))
