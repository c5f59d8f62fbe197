"""A browser on the built page: Chromium once for a worker, a context of its own for a test."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright

from models.database import Database
from resolvers.alerts.evaluator import Evaluator
from tests.conftest import Keys
from tests.livemeter_server import InProcessServer
from tests.resolvers.alerts.evaluated import Evaluated, make_destination
from tests.web.ui.activity_page import ActivityPage
from tests.web.ui.alerts_page import AlertsPage
from tests.web.ui.analytics_page import AnalyticsPage
from tests.web.ui.insights_page import InsightsPage
from tests.web.ui.keys_page import KeysPage
from tests.web.ui.prices_page import PricesPage
from tests.web.ui.watched_page import WatchedPage
from web.ui.hatch_build import STATIC, _is_fresh, build_page

_EXECUTABLES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--no-proxy-server",
    "--remote-debugging-port=0",
)
_START_SECONDS = 60.0


@pytest.fixture(scope="session")
def built_page() -> Path:
    """`web/static`, newer than its sources."""
    with (Path(tempfile.gettempdir()) / f"livemeter-page-{os.getuid()}.lock").open("w") as lock:
        # Held by one worker at a time; the others then find the page fresh.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_fresh():
            build_page()
    return STATIC


@pytest.fixture(scope="session")
def chromium() -> Iterator[str]:
    """The address of a running Chromium's debugger.

    Playwright starts no browser itself: what it starts belongs to one event loop, and each test
    has a loop of its own.
    """
    found = next(filter(None, map(shutil.which, _EXECUTABLES)), None)
    if found is None:
        reason = "no Chromium on this machine"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(
        prefix="livemeter-chromium-", ignore_cleanup_errors=True
    ) as folder:
        process = subprocess.Popen(
            [found, *_ARGUMENTS, f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield _debugger(process, Path(folder) / "DevToolsActivePort")
        finally:
            process.terminate()
            process.wait(30)


def _debugger(process: subprocess.Popen[bytes], announcement: Path) -> str:
    """Chromium writes its port and path there once it listens."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        assert process.poll() is None, "Chromium ended as it started"
        assert time.monotonic() < deadline, "Chromium did not start"
        lines = announcement.read_text().split() if announcement.exists() else []
        if len(lines) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(0.02)


@pytest.fixture(scope="session")
async def browser(chromium: str, built_page: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(chromium)
        yield browser
        await browser.close()


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """Cookies and storage of one test alone, in a wide window."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(20_000)
    yield context
    await context.close()


@pytest.fixture
async def page(context: BrowserContext, server: InProcessServer) -> AsyncIterator[ActivityPage]:
    """A page where nobody is signed in. The test fails where the page complains of anything.

    It is judged before the server is gone: that a page complains of then is as it should be.
    """
    page = ActivityPage(await context.new_page())
    await page.watch()
    yield page
    assert page.complaints == []


@pytest.fixture
async def activity(page: ActivityPage, server: InProcessServer, keys: Keys) -> ActivityPage:
    """The page, signed in on the test's server, and live."""
    await page.open(f"{server.url}/link/{server.links.add(keys.full)}")
    return page


@pytest.fixture
async def keys_page(
    context: BrowserContext, server: InProcessServer, keys: Keys
) -> AsyncIterator[KeysPage]:
    """The Keys page, signed in with a key that may manage keys, on the test's server."""
    page = KeysPage(await context.new_page())
    await page.watch()
    await sign_in(page, server, keys.admin)
    await page.open(server.url)
    yield page
    assert page.complaints == []


@pytest.fixture
async def prices(
    context: BrowserContext, server: InProcessServer, keys: Keys
) -> AsyncIterator[PricesPage]:
    """The Prices page, signed in with a key that may set prices, on the test's server."""
    page = PricesPage(await context.new_page())
    await page.watch()
    await sign_in(page, server, keys.admin)
    await page.open(f"{server.url}/prices")
    yield page
    assert page.complaints == []


@pytest.fixture
async def analytics(
    context: BrowserContext, server: InProcessServer, keys: Keys
) -> AsyncIterator[AnalyticsPage]:
    """The Analytics page, signed in on the test's server, and not opened yet."""
    page = AnalyticsPage(await context.new_page(), server.url)
    await page.watch()
    await sign_in(page, server, keys.read)
    yield page
    assert page.complaints == []


@pytest.fixture
async def insights(
    context: BrowserContext, server: InProcessServer, keys: Keys
) -> AsyncIterator[InsightsPage]:
    """The Insights page, signed in on the test's server, and not opened yet."""
    page = InsightsPage(await context.new_page(), server.url)
    await page.watch()
    await sign_in(page, server, keys.read)
    yield page
    assert page.complaints == []


@pytest.fixture
async def alerts(
    context: BrowserContext, server: InProcessServer, keys: Keys
) -> AsyncIterator[AlertsPage]:
    """The Alerts page, signed in with a key that may make rules, and not opened yet."""
    page = AlertsPage(await context.new_page(), server.url)
    await page.watch()
    await sign_in(page, server, keys.admin)
    yield page
    assert page.complaints == []


@pytest.fixture
async def evaluated(database: Database) -> Evaluated:
    """Rules of the page's workspace, looked at when a test says so; its clock shows the present."""
    evaluated = Evaluated(database)
    evaluated.now = datetime.now(UTC)
    evaluated.evaluator = Evaluator(database, clock=lambda: evaluated.now, lease=timedelta(days=1))
    await make_destination(database)
    async with database.driver() as driver:
        await driver.execute("UPDATE alert_destinations SET shown_url = url")
        # Before there is any rule: the server must not be the first to look.
        await driver.execute(
            "INSERT INTO alert_progress (workspace_id, sequence, holder, held_until) "
            "VALUES (1, 0, $1, now() + interval '1 day')",
            evaluated.evaluator._holder,
        )
    return evaluated


async def sign_in(page: WatchedPage, server: InProcessServer, key: str) -> None:
    """Without a form: the browser has the cookie from then on."""
    answer = await page.tab.request.post(f"{server.url}/session", data={"key": key})
    assert answer.status == 204


@pytest.fixture(autouse=True)
def _patience() -> None:
    """Conditions are waited for as long as a loaded machine may take."""
    from playwright.async_api import expect

    expect.set_options(timeout=20_000)
