"""The Prices page as a test sees it."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.web.ui.watched_page import WatchedPage


class PricesPage(WatchedPage):
    """Locators by what stands there."""

    def __init__(self, tab: Page) -> None:
        super().__init__(tab)
        self.rows = tab.locator("tr.price")
        self.search = tab.get_by_label("Search models and units")
        self.provider = tab.get_by_label("Provider", exact=True)
        self.scroller = tab.get_by_test_id("scroller")
        self.worklist = tab.get_by_test_id("worklist")
        self.catalogue = tab.get_by_test_id("catalogue")
        self.detail = tab.get_by_label("Price details")
        self.rates = self.detail.get_by_role("region", name="Rates")
        self.past_prices = self.detail.get_by_test_id("past-price")
        self.dialog = tab.get_by_role("dialog")

    async def open(self, url: str) -> None:
        """Go there, and wait until prices are listed."""
        await self.tab.goto(url)
        await self.rows.first.wait_for()

    async def look_at(self, server_url: str, provider: str, model: str) -> None:
        """Open the page on one model alone, with its details."""
        await self.open(f"{server_url}/prices?provider={provider}&model={model}")
        await expect(self.past_prices).not_to_have_count(0)

    def row(self, model: str) -> Locator:
        name = self.tab.get_by_role("rowheader", name=model, exact=True)
        return self.rows.filter(has=name)

    def button(self, name: str) -> Locator:
        return self.tab.get_by_role("button", name=name, exact=True)

    async def cells(self, model: str) -> list[str]:
        """A row's texts, from the left."""
        return _plain(await self.row(model).locator("th, td").all_inner_texts())

    async def rate_lines(self) -> list[str]:
        return _plain(await self.rates.locator("tbody tr").all_inner_texts())

    async def history_lines(self) -> list[str]:
        return _plain(await self.past_prices.all_inner_texts())

    async def set_amounts(self, *amounts: str) -> None:
        """Write into the fields of the rates, from the top."""
        fields = self.dialog.get_by_label("US dollars")
        for index, amount in enumerate(amounts):
            await fields.nth(index).fill(amount)


def _plain(texts: list[str]) -> list[str]:
    return [" ".join(text.split()) for text in texts]
