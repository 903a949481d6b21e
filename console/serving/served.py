"""The process of one tab: the console, with the pipe to the front for a terminal.

The invariants: what is being written is on the disk before it ends, whatever ends it; what only this machine's own
terminal or files could do says so and does nothing else.
"""

from pathlib import Path

from textual.driver import Driver
from typing_extensions import override

from console.app import HeardApp
from console.clipboard import osc52
from console.config import Config, load
from console.serving.driver import ServedDriver
from desk.errors import Refused
from desk.times import now
from screens.keymap import Keymap, keymap
from screens.reading import Opening, opening
from storage.workspace import Workspace


class ServedApp(HeardApp, inherit_bindings=False):
    """The console in a browser."""

    def __init__(self, workspace: Workspace, config: Config, keys: Keymap, opening: Opening | None = None) -> None:
        super().__init__(workspace, config, keys, opening)
        self.seat.browser = True

    @override
    def get_driver_class(self) -> type[Driver]:
        return ServedDriver

    @override
    def start_demo(self) -> None:
        self.failed(Refused("The demo team is made in a terminal", "`heard demo`; then serve its folder."))

    @override
    def _copy(self, text: str) -> str:
        """This machine's own clipboard is not the one of whoever looks at the page."""
        if self._driver is not None:
            self._driver.write(osc52(text, {}))
        return "sent to the browser's clipboard"


def run(folder: Path, size: tuple[int, int]) -> int:
    """Run the console of one tab on a workspace's folder; the exit status.

    Raises BadInput where the configuration or its keys can't be used.
    """
    config, workspace = load(), Workspace(folder)
    found = opening(workspace, config.agent_handle, now(), config.zone)
    app = ServedApp(workspace, config, keymap(config.keys), found)
    status = app.run(mouse=config.mouse, size=size)
    for error in app.unsaved:
        raise error
    return app.return_code or status or 0
