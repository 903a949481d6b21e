"""The process of a tab that has the board alone: numbers and what they mean, and no way to change or open anything.

The invariants: its workspace is one that may only be read, so that storage refuses every deed, whatever key or message
asked for it; it has no seat among the agents, no telephone, no sync, and writes no file; no page about a customer or a
ticket opens.
"""

import gc
from contextlib import suppress
from pathlib import Path

from textual.screen import Screen
from typing_extensions import override

from console.config import Config, load
from console.serving.served import ServedApp
from desk.errors import HeardError, Refused
from desk.presence import Seated
from desk.records import AgentRow
from screens.action import Action, Place
from screens.board import BoardScreen, Left
from screens.company import Company
from screens.desk_screen import DeskScreen
from screens.explanation import ExplanationScreen
from screens.help import HelpScreen
from screens.keymap import Keymap, keymap
from screens.reading import (
    Beginning,
    Opening,
    banners_fingerprint,
    calls_fingerprint,
    fingerprint,
    sources_fingerprint,
)
from screens.seat import Seat
from storage.connect import Connection
from storage.seats import Others
from storage.workspace import Workspace

TICK_SECONDS = 1.0
NOBODY = AgentRow(0, "", "Board")
ALONE = Refused("This is the board alone", "A console opens what is behind it.")
# The groups of actions that make sense here, and some of the console's; the rest is refused by storage and doors.
GROUPS = frozenset({"board", "move", "question", "page"})
KEPT = frozenset({"console.help", "console.theme", "console.quit"})
# Beside what consoles look at: whether whoever serves has settled what was changed.
SETTLED = "SELECT (SELECT sum(changes) FROM fact_day), EXISTS(SELECT 1 FROM stale_ticket)"


class LoneBoard(BoardScreen):
    """The board with nothing below it; `on_wall` turns from one to the next from the beginning."""

    def __init__(self, seat: Seat, left: Left, *, on_wall: bool) -> None:
        super().__init__(seat, left)
        self._begins_on_wall = on_wall

    def on_mount(self) -> None:
        """Hang it up; the rest is done by the board's own, which Textual calls too."""
        if self._begins_on_wall:
            self.action_board_wall()

    @override
    def action_move_back(self) -> None:
        self.notice("The board stays for as long as the page is open")

    @override
    def open_behind(self, key: str | None, first: int | None = None) -> None:
        # A page over the board may have asked, by a click too: whoever is in front says it.
        front = self.app.screen
        if isinstance(front, DeskScreen):
            front.fail(ALONE)


class BoardApp(ServedApp, inherit_bindings=False):
    """The app of that one screen."""

    def __init__(self, workspace: Workspace, config: Config, keys: Keymap, board: str, *, on_wall: bool) -> None:
        super().__init__(workspace, config, keys, Opening(NOBODY, Beginning((), None, empty=False), ()))
        self.board = LoneBoard(self.seat, Left(board), on_wall=on_wall)
        self.seat.company = Company(Seated(0, "", since=self.seat.clock()))
        self._others = Others(workspace.folder, "")
        self._listed = True

    @override
    def get_default_screen(self) -> Screen[object]:
        return self.board  # type: ignore[return-value]  # a screen's result type is only read where it is dismissed

    @override
    def begin(self) -> None:
        """Start the threads that read; the one that would write has nothing to open."""
        self.jobs.start(
            self.changed,
            board_fingerprint,
            (sources_fingerprint, self.read_sources),
            (calls_fingerprint, self.read_company),
            (banners_fingerprint, self.read_banners),
            beside=((self.look_around, self.read_company),),
        )
        self.read_company()
        self.read_banners()
        self.set_interval(TICK_SECONDS, self.tick)
        gc.enable()

    @override
    def draw(self) -> None:
        """What a console begins after its first frame writes and listens; a board draws, and that is all."""

    @override
    def tick(self) -> None:
        if front := self._front:
            front.tick()
        self.attend_banners()

    @override
    def read_calls(self) -> None:
        """Nobody takes a call here."""

    @override
    def open(self, screen: DeskScreen[None]) -> None:
        if not isinstance(screen, HelpScreen | ExplanationScreen):
            raise ALONE
        self.push_screen(screen)

    @override
    def open_customer(self, customer_id: int) -> None:
        raise ALONE

    @override
    def to_workspace(self) -> None:
        """Every way to a ticket goes through here."""
        raise ALONE

    @override
    def action_presence_away(self, text: str) -> None:
        raise ALONE

    @override
    def action_go_board(self, name: str) -> None:
        self.board.action_go_board(name)

    @override
    async def _leave(self) -> None:
        await self.save_before_leaving()
        self.exit(0)

    @override
    async def save_before_leaving(self) -> None:
        """There is nothing to save; what was refused is no failure now."""
        with suppress(HeardError):
            await self.jobs.stop()


def board_fingerprint(connection: Connection) -> object:
    """What changes with anything that a number is counted from, and once more when it is counted."""
    return fingerprint(connection), connection.execute(SETTLED).fetchone()


def board_keys(keys: Keymap) -> Keymap:
    """The keys that do something here, so that no hint promises anything else; Enter says where it would."""
    places = {
        place: {pressed: here for pressed, action in of_place.items() if (here := _here(place, action)) is not None}
        for place, of_place in keys.places.items()
    }
    return Keymap(places, keys.of)


def _here(place: Place, action: Action) -> Action | None:
    if action.id == "move.open":
        return action._replace(off=lambda _: "a console opens what is behind it")
    if action.id == "move.back" and place is Place.BOARD:
        return None
    return action if action.group in GROUPS or action.id in KEPT else None


def run(folder: Path, size: tuple[int, int], board: str, *, on_wall: bool) -> int:
    """Run the board of one tab; the exit status. BadInput where the configuration or its keys can't be used."""
    config = load()
    keys = board_keys(keymap(config.keys))
    app = BoardApp(Workspace(folder, read_only=True), config, keys, board, on_wall=on_wall)
    status = app.run(mouse=config.mouse, size=size)
    return app.return_code or status or 0
