"""A page of ours as a test sees it, and what it complained of."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Page

# A violation of the page's CSP is an event that nobody hears: the console hears it so.
_TELL_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
"""


class WatchedPage:
    """`complaints` are errors, violations of its policy and requests to other hosts."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab
        self.complaints: list[str] = []
        self._expected: list[re.Pattern[str]] = []

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
