"""Own prices: written, checked, set, seen, ended."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer
from tests.web.ui.prices_page import PricesPage

pytestmark = pytest.mark.browser

_SET = "mutation($input: SetPriceInput!) { setPrice(input: $input) { id } }"


@pytest.fixture
async def form(prices: PricesPage) -> PricesPage:
    """The form for a model that has no price yet, with its names written."""
    await prices.button("Set a price…").click()
    await prices.dialog.get_by_label("Provider").fill("in-house")
    await prices.dialog.get_by_label("Model", exact=True).fill("tiny")
    return prices


@pytest.fixture
async def own(prices: PricesPage, server: InProcessServer, admin: GraphQLClient) -> PricesPage:
    """An own price of gpt-4o, looked at."""
    rates = [{"unit": "input_tokens", "amount": "2"}, {"unit": "output_tokens", "amount": "8.125"}]
    price = {
        "provider": "openai",
        "model": "gpt-4o",
        "rates": rates,
        "effectiveFrom": "2026-03-01T10:00:00Z",
    }
    await admin.data(_SET, input=price)
    await prices.look_at(server.url, "openai", "gpt-4o")
    return prices


async def test_an_amount_is_checked_as_one_types(form: PricesPage) -> None:
    await form.set_amounts("1,50")
    await expect(form.dialog.get_by_text("Write it with a point")).to_be_visible()


async def test_a_unit_that_is_there_twice_is_told(form: PricesPage) -> None:
    await form.dialog.get_by_label("Unit", exact=True).nth(1).fill("input_tokens")
    await expect(form.dialog.get_by_text("This unit has this rate already.")).to_be_visible()


async def test_an_end_before_the_beginning_is_told(form: PricesPage) -> None:
    await form.dialog.get_by_label("Until: when").select_option("At a time…")
    await form.dialog.get_by_label("Until", exact=True).fill("2026-03-01T10:00")
    await expect(form.dialog.get_by_text("It would end before it begins.")).to_be_visible()


async def test_what_is_missing_is_told_where_the_focus_goes(form: PricesPage) -> None:
    await form.button("Set the price").click()
    await expect(form.dialog.get_by_label("US dollars").first).to_be_focused()


async def test_the_servers_refusal_stands_at_its_field(form: PricesPage) -> None:
    await form.set_amounts("1", "2")
    await form.dialog.get_by_label("Unit", exact=True).nth(1).fill("outptu_tokens")
    await form.button("Set the price").click()
    field = form.dialog.get_by_label("Unit", exact=True).nth(1)
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(form.dialog.get_by_text("did you mean output_tokens?")).to_be_visible()


async def test_a_price_that_was_set_is_in_the_list(form: PricesPage) -> None:
    await form.set_amounts("0.5", "1.25")
    await form.button("Set the price").click()
    await form.button("Close").click()
    await form.search.fill("tiny in-house")
    await expect(form.row("tiny")).to_be_visible()
    cells = await form.cells("tiny")
    assert [*cells[1:5], cells[7]] == ["tiny", "in-house", "$0.50", "$1.25", "override"]


async def test_a_custom_unit_can_have_a_price(prices: PricesPage) -> None:
    await prices.button("Set a price…").click()
    await prices.dialog.get_by_label("A custom unit").check()
    await prices.dialog.get_by_label("Unit", exact=True).fill("pages")
    await prices.set_amounts("0.002")
    await prices.button("Set the price").click()
    await prices.button("Close").click()
    # Custom units stand first.
    await expect(prices.rows.first).to_contain_text(re.compile(r"pages\s*\$0\.002\s*per pages"))


async def test_an_own_price_is_in_the_history_with_who_set_it(own: PricesPage) -> None:
    await expect(own.past_prices.filter(has_text="2026-03-01 10:00")).to_contain_text(
        re.compile(r"\$2\.00\s*\$8\.125.+override.+set by admin")
    )


async def test_an_own_price_goes_on_from_what_there_is(own: PricesPage) -> None:
    await own.button("Set another price…").click()
    await expect(own.dialog.get_by_label("US dollars").nth(1)).to_have_value("8.125")


async def test_a_price_that_overlaps_is_refused_with_the_others_name(own: PricesPage) -> None:
    await own.button("Set another price…").click()
    await own.dialog.get_by_label("Holds from: when").select_option("At a time…")
    await own.dialog.get_by_label("Holds from", exact=True).fill("2026-02-01T10:00")
    await own.button("Set the price").click()
    await expect(own.dialog.get_by_text(re.compile(r"Price price_\w+ holds from"))).to_be_visible()


async def test_an_own_price_that_is_ended_gives_way_to_the_catalogues(own: PricesPage) -> None:
    await own.button("End…").click()
    await own.button("End the price").click()
    await own.button("Close").click()
    await expect(own.row("gpt-4o")).not_to_contain_text("override")
    assert (await own.cells("gpt-4o"))[3] == "$2.50"
    await expect(own.past_prices.filter(has_text="override")).to_contain_text("ended by admin")


async def test_an_own_price_that_was_a_mistake_is_void(own: PricesPage) -> None:
    await own.button("End…").click()
    await own.dialog.get_by_label("It was a mistake").check()
    await own.button("End the price").click()
    await expect(own.dialog.get_by_text("The price is void")).to_be_visible()
    await expect(own.past_prices.filter(has_text="override")).to_contain_text("void")


async def test_escape_leaves_the_form_and_gives_the_focus_back(prices: PricesPage) -> None:
    await prices.button("Set a price…").focus()
    await prices.tab.keyboard.press("Enter")
    await expect(prices.dialog).to_be_visible()
    await prices.tab.keyboard.press("Escape")
    await expect(prices.dialog).to_have_count(0)
    await expect(prices.button("Set a price…")).to_be_focused()
