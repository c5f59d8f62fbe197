"""The Alerts page as a test sees it, and the bell of every page."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.web.ui.watched_page import WatchedPage


class AlertsPage(WatchedPage):
    """Locators by what stands there."""

    def __init__(self, tab: Page, url: str) -> None:
        super().__init__(tab)
        self.url = url
        self.firings = tab.get_by_test_id("firing")
        self.rules = tab.get_by_test_id("rule")
        self.budgets = tab.get_by_test_id("budget")
        self.deliveries = tab.get_by_test_id("delivery")
        self.problems = tab.get_by_test_id("alert-problems")
        self.dialog = tab.get_by_role("dialog")
        self.sentence = tab.get_by_test_id("sentence")
        self.preview = tab.get_by_test_id("preview")
        self.connection = tab.get_by_test_id("connection")
        self.panel = tab.get_by_role("group", name="What goes on")

    async def open(self, view: str = "firings", **query: str) -> None:
        """Go there, and wait until it is live."""
        asked = "&".join(f"{name}={value}" for name, value in {"view": view, **query}.items())
        await self.tab.goto(f"{self.url}/alerts?{asked}")
        await expect(self.connection).to_have_attribute("data-state", "live")

    def bell(self, count: int) -> Locator:
        """The bell while it tells of so many open alerts."""
        name = f"{count or 'No'} open {'alert' if count == 1 else 'alerts'}"
        return self.button(name)

    def button(self, name: str) -> Locator:
        return self.tab.get_by_role("button", name=name, exact=True)

    def firing(self, text: str) -> Locator:
        return self.firings.filter(has_text=text)

    def rule(self, name: str) -> Locator:
        return self.rules.filter(has=self.tab.get_by_role("rowheader", name=name, exact=True))

    def destination(self, name: str) -> Locator:
        header = self.tab.get_by_role("rowheader", name=name, exact=True)
        return self.tab.get_by_test_id("destination").filter(has=header)

    def field(self, label: str) -> Locator:
        return self.dialog.get_by_label(label, exact=True)
