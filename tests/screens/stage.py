"""A small console for tests of single screens: real jobs, a real seat, and it remembers what it was asked for."""

from collections.abc import Callable
from datetime import UTC

from textual import events
from typing_extensions import override

from desk.errors import HeardError
from desk.records import AgentRow
from screens.desk_screen import DeskScreen
from screens.jobs import Jobs
from screens.keymap import key_name, keymap
from screens.seat import Seat
from storage.connect import Connection
from storage.workspace import Workspace
from tests.factories import NOW
from tests.hostile import FORBIDDEN
from tests.rest import PatientApp, seen
from widgets.theme import THEMES, VARIABLES


class Stage(PatientApp):
    """Shows the screen that `make` gives; `opened` is what it asked the app to open, `failed` what went wrong."""

    def __init__(
        self,
        workspace: Workspace,
        make: Callable[[Seat], DeskScreen[None]],
        *,
        agent_id: int = 0,
        clock: Callable[[], int] = lambda: NOW,
    ) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "heard-dark"
        self._make = make
        self.opened: list[tuple[str, object]] = []
        self.failed: list[HeardError] = []
        self.jobs = Jobs(workspace, self.call_later, self.failed.append)
        me = AgentRow(agent_id, "ana", "Ana Ruiz")
        self.seat = Seat(
            self.jobs, keymap(), me, UTC, clock, self._copied, undo_seconds=15, editor=("vi",), layout="auto"
        )

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The product's colours."""
        return VARIABLES

    async def on_mount(self) -> None:
        """Start the threads and show the screen."""
        self.jobs.start(self._changed)
        await self.push_screen(self._make(self.seat))

    @override
    async def on_event(self, event: events.Event) -> None:
        """Keys go to the screen's actions first, as in the console."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            screen = self.screen
            if isinstance(screen, DeskScreen) and screen.take_key(key_name(event.key, event.character)):
                return
        await super().on_event(event)

    async def on_unmount(self) -> None:
        """The threads end with it."""
        await self.jobs.stop()

    def _changed(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.changed()

    def _copied(self, text: str) -> str:
        self.opened.append(("copy", text))
        return "copied"

    def open_ticket(self, ticket_id: int) -> None:
        """Remembered."""
        self.opened.append(("ticket", ticket_id))

    def open_customer(self, customer_id: int) -> None:
        """Remembered."""
        self.opened.append(("customer", customer_id))

    def filter_queue(self, query: str) -> None:
        """Remembered."""
        self.opened.append(("filter", query))

    def action_go_queue(self) -> None:
        """Remembered."""
        self.opened.append(("queue", None))

    def action_go_unassigned(self) -> None:
        """Remembered."""
        self.opened.append(("unassigned", None))

    def start_demo(self) -> None:
        """Remembered."""
        self.opened.append(("demo", None))


def written(connection: Connection, statement: str, *values: object) -> object:
    """The one value that a statement finds."""
    row = connection.execute(statement, values).fetchone()
    return None if row is None else row[0]


def storable(text: str) -> str:
    """A hostile text as far as a database takes it: halves of surrogate pairs can't be written at all."""
    return text.encode("utf-8", "replace").decode("utf-8")


def harmless_on_screen(app: Stage) -> None:
    """Nothing on the screen could act on a terminal."""
    assert not FORBIDDEN & set(seen(app).replace("\n", ""))
