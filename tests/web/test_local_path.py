"""After signing in a browser is sent to a page of ours, and nowhere else."""

from __future__ import annotations

import pytest

from tests.browser import Browser
from tests.conftest import Keys
from tests.livemeter_server import InProcessServer
from web.local_path import local_path

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "https:evil.example",
    "https://evil.example",
    "HTTPS://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "",
    " /",
    " //evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: a=b",
    "/%2f/evil.example",
    "/%2Fevil.example",
    "/%5cevil.example",
    "/%5Cevil.example",
    "%2f%2fevil.example",
    "/%252fevil.example",
    "/%255Cevil.example",
    "/%09/evil.example",
    "/%0d%0aSet-Cookie:%20a=b",
    "/./\\evil.example",
    "/.//evil.example",
    "/a/..//evil.example",
    "/\u2215evil.example",
    "/\uff0fevil.example",
    "/%3f//evil.example",
    "/?next=a\\b",
    "/" + "a" * 5_000,
]


@pytest.mark.parametrize("given", ELSEWHERE)
def test_what_could_lead_elsewhere_leads_home(given: str) -> None:
    assert local_path(given) == "/"


@pytest.mark.parametrize(
    "given",
    [
        "/",
        "/activity",
        "/analytics?range=LAST_7_DAYS&filter=model:gpt-4o",
        "/prices?search=a%20b#top",
        "/analytics?from=https://example.com/a",
        "/analytics?customer=M%C3%BCller",
        "/analytics?feature=a%5Cb%09c",
    ],
)
def test_our_own_pages_are_left_as_they_are(given: str) -> None:
    assert local_path(given) == given


def test_nothing_leads_home() -> None:
    assert local_path(None) == "/"


@pytest.mark.parametrize("given", ["//evil.example", "/\\evil.example", "https:evil.example"])
async def test_a_link_leads_nowhere_else(server: InProcessServer, keys: Keys, given: str) -> None:
    token = server.links.add(keys.read)
    async with Browser(server.url) as browser:
        response = await browser.get(f"/link/{token}", params={"next": given})
    assert response.headers["location"] == "/"


async def test_a_link_leads_to_the_page_that_was_wanted(
    server: InProcessServer, keys: Keys
) -> None:
    token = server.links.add(keys.read)
    async with Browser(server.url) as browser:
        response = await browser.get(f"/link/{token}", params={"next": "/prices"})
    assert response.headers["location"] == "/prices"
