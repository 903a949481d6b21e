"""The agent's seat at this console: what every screen shares. The app makes one and hands it to each screen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from desk.records import AgentRow
from screens.jobs import Jobs
from screens.keymap import Keymap
from storage.deeds.by import By


@dataclass(slots=True)
class Seat:
    """`me` is whoever sits here; its id is 0 until the workspace has told. `copy` answers how the text was copied.

    `layout` is auto, or one, two or three for that many panes whatever the terminal's width. `editor` is the command
    for long texts. `regions` are the countries whose national phone numbers are understood.
    """

    jobs: Jobs
    keymap: Keymap
    me: AgentRow
    zone: tzinfo
    clock: Callable[[], int]
    copy: Callable[[str], str]
    undo_seconds: int
    editor: tuple[str, ...]
    layout: str
    regions: tuple[str, ...] = ("US",)

    def by(self) -> By:
        """Who does the next deed, and when."""
        return By(self.me.id or None, self.clock(), self.undo_seconds)
