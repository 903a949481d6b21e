"""The agent's seat at this console: what every screen shares. The app makes one and hands it to each screen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import TYPE_CHECKING

from desk.errors import Refused
from desk.records import AgentRow
from screens.jobs import Jobs
from screens.keymap import Keymap
from screens.phone import Phone
from storage.deeds.by import By

if TYPE_CHECKING:
    from screens.company import Company
    from screens.source_lines import KindWords, Standing
    from storage.banners import BannerRow
    from storage.incidents import Alarm
    from storage.sources import SourceRow


@dataclass(slots=True)
class Seat:
    """`me` is whoever sits here; its id is 0 until the workspace has told. `copy` answers how the text was copied.

    `layout` is auto, or one, two or three for that many panes whatever the terminal's width. `editor` is the command
    for long texts. `regions` are the countries whose national phone numbers are understood.
    `sources` are what is connected and how each is doing, `phone` who rings and who is on the line, `alarms`
    when customers hear of each incident again, `company` who else is there, `banners` what everybody is told that
    whoever sits here has not put away; the app keeps them fresh.
    `marks` are the letters by which a ticket says which of several sources it is of, by the source's id.
    `kind_words` lets a kind of helpdesk say what people are to know of it, which may take a third of a second; `browse`
    shows a page of the web to whoever sits here, and answers how. Both belong into a job.
    `browser`: the screen is a browser's, which reaches neither this machine's files nor its programs.
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
    sources: "tuple[SourceRow, ...]" = ()
    phone: Phone = field(default_factory=Phone)
    alarms: "tuple[Alarm, ...]" = ()
    browser: bool = False
    company: "Company | None" = None
    banners: "tuple[BannerRow, ...]" = ()
    marks: dict[int, str] = field(default_factory=dict)
    kind_words: "Callable[[str], KindWords] | None" = None
    browse: "Callable[[str], str] | None" = None

    def mark_sources(self, sources: Iterable[tuple[int, str]]) -> bool:
        """Give each source, by id and name, its mark in lists; whether any has another one now."""
        from widgets.source_marks import source_marks

        marks = source_marks(sources)
        if marks == self.marks:
            return False
        # In place: the lists draw from this very one.
        self.marks.clear()
        self.marks.update(marks)
        return True

    def by(self) -> By:
        """Who does the next deed, and when."""
        return By(self.me.id or None, self.clock(), self.undo_seconds)

    def reach(self, what: str) -> None:
        """Refuse in the browser what needs this machine's own files or programs; `what` they are, as a whole clause."""
        if self.browser:
            raise Refused(what + " can't be reached from the browser", "Do it in a terminal, with `heard`.")

    def standing(self) -> "Standing | None":
        """How the sources are doing now; None where nothing is connected."""
        if not self.sources:
            return None
        from screens.source_lines import standing

        return standing(self.sources, self.clock(), self.zone)
