"""The Keys page as a test sees it."""

from __future__ import annotations

from playwright.async_api import Locator, Page

from tests.web.ui.watched_page import WatchedPage


class KeysPage(WatchedPage):
    """Locators by what stands there."""

    def __init__(self, tab: Page) -> None:
        super().__init__(tab)
        self.rows = tab.locator("tr.key")
        self.dialog = tab.get_by_role("dialog")
        self.secret = tab.get_by_test_id("secret")
        self.entries = tab.get_by_test_id("audit-entry")

    async def open(self, url: str) -> None:
        """Go there, and wait until keys are listed."""
        await self.tab.goto(f"{url}/keys")
        await self.rows.first.wait_for()

    def row(self, name: str) -> Locator:
        header = self.tab.get_by_role("rowheader", name=name, exact=True)
        return self.rows.filter(has=header)

    def button(self, name: str) -> Locator:
        return self.tab.get_by_role("button", name=name, exact=True)

    async def make(self, name: str, *scopes: str) -> str:
        """Make a key by the dialog; returns the secret that it shows."""
        await self.button("New key…").click()
        await self.dialog.get_by_label("What it is for").fill(name)
        for box in await self.dialog.get_by_role("checkbox").all():
            await box.uncheck()
        for scope in scopes:
            await self.dialog.get_by_label(scope).check()
        await self.button("Make the key").click()
        return await self.secret.inner_text()
