"""The first screen of an empty workspace: try it on a made-up team, bring one's own files, or look around.

The invariant: every command that stands here can be typed as it stands, for this very workspace.
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textual.app import App
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from screens.action import Place, Situation
from screens.aside import run_aside
from screens.ask import Choice, Question
from screens.desk_screen import opens
from screens.facts import Told, laid_out
from screens.framed import FramedScreen, Shape
from screens.hints import hints
from screens.keymap import Keymap
from screens.seat import Seat
from screens.source_lines import MAILBOX, TITLES, place_of, source_facts
from storage.connect import Connection
from storage.first_page import sources
from storage.sources import SourceRow
from storage.workspace import Workspace, locate
from widgets.cells import fit, harmless
from widgets.inks import Lines, Piece
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look

CONNECT = "heard connect mailbox"
CONNECT_ANY = "heard connect KIND"
HELPDESKS = ", ".join(kind for kind in TITLES if kind != MAILBOX)
_EMPTY = "SELECT NOT EXISTS(SELECT 1 FROM ticket) AND NOT EXISTS(SELECT 1 FROM customer)"
DETAIL_LINES = 9
NARROWEST = 78
# The keys are shown as they are where there is work.
BUSY = Situation(ticket=True, ticket_open=True, listed=1, customer=True, email=True, phone=True, runs=1)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to begin."""

    key: str
    title: str
    words: str


WAYS = (
    Way("demo", "Try the demo team", "a made-up coffee shop, ready to work on"),
    Way("mailbox", "Connect a mailbox", "mails come in, and replies go out"),
    Way("helpdesk", "Connect a helpdesk", "its tickets come in, your answers go back"),
    Way("import", "Bring my own files", "mail, people or tickets, one command each"),
    Way("keys", "Learn the keys", "a dozen carry you through the day"),
    Way("files", "See where things lie", "one folder here, and nothing elsewhere"),
    Way("empty", "Begin with an empty desk", "make the first customer yourself"),
)


def needs_welcome(connection: Connection) -> bool:
    """Whether nobody has ever written here."""
    return bool(connection.execute(_EMPTY).fetchone()[0])


def _begun(connection: Connection) -> tuple[bool, bool]:
    """Whether nobody has ever written here, and whether anything is connected."""
    return needs_welcome(connection), bool(sources(connection))


def setting(workspace: Workspace) -> str:
    """What a shell has to be told so that `heard` means this workspace; empty where it is the usual one."""
    if locate(None).folder == workspace.folder:
        return ""
    return "export HEARD_WORKSPACE=" + shlex.quote(str(workspace.folder))


def detail(way: str, workspace: Workspace, keymap: Keymap) -> list[list[Piece]]:
    """What is said about a way to begin."""
    match way:
        case "demo":
            return _plain(
                "400 customers and 240 tickets. Reply, resolve, take back, find a",
                "caller by the last digits of a number: all as it will be with your own.",
                "",
                "It lives in a folder of its own, and nothing leaves this computer.",
                "",
                "⏎ makes it and opens it.",
            )
        case "mailbox":
            return _mailbox(setting(workspace))
        case "helpdesk":
            return _helpdesks(setting(workspace))
        case "import":
            return _imports(setting(workspace))
        case "keys":
            return _keys(keymap)
        case "files":
            return _files(workspace)
        case _:
            return _plain(
                "⏎ goes to the queue, which is empty until somebody writes.",
                "A customer is made with c, then Ctrl+N.",
                "",
                "Snippets and checklists are there already: g k opens the library.",
            )


def _plain(*lines: str) -> list[list[Piece]]:
    return [[(line, "plain")] for line in lines]


def _mailbox(set_first: str) -> list[list[Piece]]:
    lines = _plain(
        "⏎ asks for what it needs, and tries it first. Then mails come in by",
        "themselves, the newest first, and replies go out.",
        "",
        "Or in another terminal:",
    )
    lines += [[("  " + set_first, "key")]] if set_first else []
    return [
        *lines,
        [("  " + CONNECT, "key")],
        [],
        [("Nothing changes on the server by reading. F6 shows how it is doing.", "muted")],
    ]


def _helpdesks(set_first: str) -> list[list[Piece]]:
    lines = _plain(
        "⏎ asks which, and what it needs, and tries it first. Its tickets then",
        "come in, the newest first; replies, notes and changes go back.",
        "",
        "Or in another terminal, with one of these as KIND:",
    )
    lines += [[("  " + set_first, "key")]] if set_first else []
    return [
        *lines,
        [("  " + CONNECT_ANY, "key")],
        [("  " + HELPDESKS, "muted")],
        [("Reading changes nothing there. F6 shows how it is doing.", "muted")],
    ]


def connect_question(app: App[object], workspace: Workspace, *, but: str = "") -> Question:
    """Which kind to connect; the command for it then has the terminal. Other packages' kinds are typed."""
    choices = tuple(Choice(kind, title, "", kind) for kind, title in TITLES.items() if kind != but)
    return Question("Connect", lambda kind: run_aside(app, workspace, "connect", kind), choices=choices, free=True)


def _imports(set_first: str) -> list[list[Piece]]:
    examples = (
        ("heard import support.mbox", "mail: also a Maildir folder, or .eml files"),
        ("heard import customers.csv", "people, by any names of the columns"),
        ("heard import tickets.jsonl", "tickets with their messages, one a line"),
        ("heard import snippets.csv", "answers that you have written before"),
        ("heard import --help", "every kind of file, and the names of columns"),
    )
    lines = _plain("In another terminal; this page goes away once something is there:", "")
    lines += [[("  " + set_first, "key")]] if set_first else []
    return lines + [[("  " + fit(words, 28), "key"), (what, "muted")] for words, what in examples]


def _keys(keymap: Keymap) -> list[list[Piece]]:
    wanted = hints(keymap, Place.QUEUE, BUSY)[:14]
    lines = []
    half = (len(wanted) + 1) // 2
    for row in range(half):
        pieces: list[Piece] = []
        for key, title in wanted[row::half]:
            pieces += [("  " + fit(key, 8), "key"), (fit(title, 26), "plain")]
        lines.append(pieces)
    return [*lines, [("  ⏎ shows all of them, and so does ? on every screen.", "muted")]]


def _files(workspace: Workspace) -> list[list[Piece]]:
    return [
        [("Your workspace    ", "muted"), (_short(workspace.folder), "strong")],
        [("  tickets, people ", "muted"), (workspace.database.name, "plain"), ("  SQLite, yours to read", "muted")],
        [("  files of mails  ", "muted"), (workspace.attachments.name + "/", "plain")],
        [],
        *_plain("heard backup FILE copies it whole, while you work."),
        *_plain("heard doctor says how it is. Nothing of it is sent anywhere."),
    ]


def _short(folder: Path) -> str:
    home = Path.home()
    return "~/" + str(folder.relative_to(home)) if folder.is_relative_to(home) else str(folder)


def _facts(sources: Sequence[SourceRow], seat: Seat) -> list[Told]:
    """How the sources are doing, each under its name, as long as nothing has come in."""
    facts: list[Told] = []
    for row in sources:
        facts += [(row.name, place_of(row), "strong")]
        facts += source_facts(row, seat.clock(), seat.zone, whole=False)
        if row.state == "idle" and row.synced_at is not None and not row.failures:
            facts.append(("", "Nothing lies in it yet. What comes first shows here by itself.", "plain"))
    return facts


class Title(Lines, can_focus=False):
    """The name of the product, and what it is for."""

    DEFAULT_CSS = "Title { height: 3; overflow: hidden; scrollbar-gutter: auto; }"

    def render_line(self, y: int) -> Strip:
        """One line."""
        lines: dict[int, list[Piece]] = {
            0: [("Heard", "title"), ("  ·  support, from the keyboard", "muted")],
            1: [("This desk is empty. How do you want to begin?", "strong")],
        }
        return self.strip(lines.get(y, []), self.size.width)


class Detail(Lines, can_focus=False):
    """What is said about the way under the cursor."""

    DEFAULT_CSS = "Detail { height: 1fr; overflow: hidden; scrollbar-gutter: auto; }"

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[list[Piece]] = []

    def show(self, lines: list[list[Piece]]) -> None:
        """Say something else."""
        self.lines = lines
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line, the first one left empty."""
        return self.strip(self.lines[y - 1] if 0 < y <= len(self.lines) else [], self.size.width)


class WelcomeScreen(FramedScreen[Way]):
    """The ways to begin."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, LineList[Way](_draw, key=lambda way: way.key))
        self.detail = Detail()
        self._told_of_sources = False

    @property
    @override
    def place(self) -> Place:
        return Place.WELCOME

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("Welcome",)

    @property
    @override
    def titles(self) -> tuple[str, str]:
        return ("", self.lines.row.title if self.lines.row else "")

    @override
    def main_widgets(self) -> tuple[Widget, ...]:
        return (Title(), self.lines)

    @override
    def side_widgets(self) -> tuple[Widget, ...]:
        return (self.detail,)

    @override
    def shaped(self, size: Size) -> Shape:
        return Shape(below=max(DETAIL_LINES, (size.height - 4) * 45 // 100))

    @override
    def on_mount(self) -> None:
        super().on_mount()
        self.lines.show_rows(WAYS)
        self.row_reached()

    @override
    def changed(self) -> None:
        super().changed()
        self.read("empty", _begun, self._still_empty)

    def _still_empty(self, begun: tuple[bool, bool]) -> None:
        empty, connected = begun
        if not empty and self.is_current:
            # What has come in has nobody's name on it yet; the list that was open may well stay empty.
            self.do("go.unassigned" if connected else "go.queue")

    @override
    def row_reached(self) -> None:
        row = self.lines.row
        if row is not None:
            arriving = self.seat.sources if row.key == _way_of(self.seat.sources) else ()
            self.detail.show(
                laid_out(_facts(arriving, self.seat), self.detail.size.width or NARROWEST)
                if arriving
                else detail(row.key, self.seat.jobs.workspace, self.seat.keymap)
            )
        self.draw_frame()

    @override
    def sources_changed(self) -> None:
        super().sources_changed()
        if self.seat.sources and not self._told_of_sources:
            # Whoever has just connected one looks for what comes of it.
            self._told_of_sources = True
            self.lines.go_to(_way_of(self.seat.sources))
        self.row_reached()

    @override
    def open_row(self, key: Key) -> None:
        if key == "demo":
            self.notice("Making the demo team…")
            opens(self.app).start_demo()
        elif key in ("mailbox", "helpdesk") and self.seat.browser:
            self.notice("Connect it in a terminal: " + (CONNECT if key == "mailbox" else CONNECT_ANY), "warning")
        elif key == "mailbox" and not self.seat.sources:
            run_aside(self.app, self.seat.jobs.workspace, "connect", MAILBOX)
        elif key == "helpdesk" and not self.seat.sources:
            self.ask(connect_question(self.app, self.seat.jobs.workspace, but=MAILBOX))
        elif key == "keys":
            self.do("console.help")
        elif key == "empty":
            self.dismiss(None)
        else:
            self.notice("It stands below")


def _way_of(sources: Sequence[SourceRow]) -> str:
    """Under which way to begin a source that is there is told of."""
    return "helpdesk" if sources and sources[0].kind != MAILBOX else "mailbox"


def _draw(way: Way, cells: int, look: Look) -> list[Piece]:
    room = max(cells - 31, 0)
    mark: Piece = ("  › " if look.cursor else "    ", "mark")
    return [mark, (fit(way.title, 26), "strong" if look.cursor else "plain"), (fit(harmless(way.words), room), "muted")]
