"""A real browser without a window: what it draws is read from the messages that its page gets, and looked at."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebSocket, sync_playwright

from tests.browser.served import Drawing, Served
from tests.terminal.term import DEADLINE

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Chromium says this of every page with both, though a page that is no frame has nothing to escape from.
KNOWN = "An iframe which has both allow-scripts and allow-same-origin"


class Window(Drawing):
    """A page on a front, with what its terminal drew."""

    def __init__(self, context: BrowserContext, served: Served, *, columns: int, rows: int) -> None:
        super().__init__(columns, rows)
        self.served = served
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asks)
        self.page.on("websocket", self._opened)

    def enter(self) -> None:
        """Open the address that `heard serve` printed, and wait for the first picture."""
        self.page.goto(f"{self.served.address}/#token={self.served.token}")
        self.page.wait_for_selector("body.-begun", state="attached")

    def wait_for(self, wanted: str | Callable[[Self], bool]) -> None:
        """Until these words are on the screen, or the fact holds."""
        end = time.monotonic() + DEADLINE
        while not self.shows(wanted):
            assert time.monotonic() < end, f"{wanted!r} did not come; the screen was:\n{self.text}"
            # The browser's news come while something is waited for.
            self.page.wait_for_timeout(10)

    def press(self, *keys: str) -> None:
        """Press keys, by the names that Chromium has for them."""
        for key in keys:
            self.page.keyboard.press(key)

    def step(self, *keys: str, then: str) -> None:
        """Press keys, and wait for the words that follow from them."""
        self.press(*keys)
        self.wait_for(then)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and KNOWN not in message.text:
            self.complaints.append(message.text)

    def _asks(self, request: Request) -> None:
        self.asked.append(request.url)

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda data: self.draw(data) if isinstance(data, bytes) else None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's browser; skips where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("there is no chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(browser: Browser, served: Served, *, width: int = 1280, height: int = 800) -> Iterator[Window]:
    """A window of its own, with no cookie from another one."""
    context = browser.new_context(viewport={"width": width, "height": height})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=served.address)
    try:
        yield Window(context, served, columns=width // 9, rows=height // 21)
    finally:
        context.close()
