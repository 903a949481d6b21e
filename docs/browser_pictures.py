"""Takes the pictures of the console and the board in a real browser; `docs.screenshots` calls it where there is one."""

import os
from pathlib import Path

from storage.workspace import Workspace
from tests.browser.chromium import Window, chromium, window
from tests.browser.served import Served

# Names, with what `heard serve` is told, the keys to press, and what to wait for behind them.
SCENES: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "browser": (
        (),
        (
            ("", "Ana Ruiz"),
            ("/", "filter"),
            ("*refund 8841", "Refund for order 8841"),
            ("Enter", "Preview"),
            ("Enter", "Two weeks"),
        ),
    ),
    "browser-board": (("--board",), (("", "Came in and solved"),)),
}


def take(name: str, workspace: Path, folder: Path) -> None:
    """One picture, on a workspace with the demo team."""
    words, steps = SCENES[name]
    os.environ["HEARD_AGENT"] = "ana"
    with Served(Workspace(workspace), *words) as served, chromium() as browser, window(browser, served) as seen:
        seen.enter()
        for keys, then in steps:
            _press(seen, keys)
            seen.wait_for(then)
        seen.page.wait_for_timeout(1500)
        seen.page.screenshot(path=folder / f"{name}.png")


def _press(seen: Window, keys: str) -> None:
    if keys.startswith("*"):
        seen.page.keyboard.type(keys[1:])
    elif keys:
        seen.press(keys)
