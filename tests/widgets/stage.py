"""One widget on a stage: the app around it, what it announced, and what it drew."""

from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from rich.console import Console, RenderableType
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from desk.lookup import IdentityKind
from desk.records import AttachmentRow, CustomerCard, IdentityRow, TicketRow
from desk.records import Message as Entry
from desk.times import DAY, HOUR, MINUTE, SECOND
from tests.hostile import FORBIDDEN
from tests.rest import PatientApp
from widgets.theme import DEFAULT, THEMES, VARIABLES

# Tue 4 Aug 2026 14:03 UTC.
NOW = 1_785_852_180 * SECOND

TRUE_COLOUR = Console(color_system="truecolor", force_terminal=True, legacy_windows=False)

Told = TypeVar("Told", bound=Message)


def clock() -> int:
    return NOW


class Stage(PatientApp):
    """Shows one widget; keeps every message of ours."""

    def __init__(self, widget: Widget, theme: str = DEFAULT) -> None:
        super().__init__()
        for each in THEMES:
            self.register_theme(each)
        self.theme = theme
        self.widget = widget
        self.heard: list[Message] = []
        self.written: list[str] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return VARIABLES

    def compose(self) -> ComposeResult:
        yield self.widget

    def test(self, width: int = 80, height: int = 24) -> AbstractAsyncContextManager[Pilot[None]]:
        """Run it, keeping what every widget announced."""
        return self.run_test(size=(width, height), message_hook=self.heard.append)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Keep what a terminal would be sent; without one nothing is."""
        update: object = renderable
        if isinstance(update, CompositorUpdate):
            self.written.append(update.render_segments(TRUE_COLOUR))
        super()._display(screen, renderable)

    def told(self, kind: type[Told]) -> list[Told]:
        """Each announcement once; the hook hears it again at every parent that it reaches."""
        once = {id(message): message for message in self.heard}
        return [message for message in once.values() if isinstance(message, kind)]


def drawn(app: App[None]) -> list[Strip]:
    """The lines of the screen, as the terminal gets them."""
    return app.screen._compositor.render_strips()


def lines_of(widget: Widget) -> list[Strip]:
    """What a widget draws for each line that it has on the screen."""
    return [widget.render_line(y) for y in range(widget.size.height)]


def text_of(strips: list[Strip]) -> str:
    return "\n".join(strip.text.rstrip() for strip in strips)


def assert_harmless(strips: list[Strip], width: int) -> None:
    """Nothing of a stranger acts: no control byte, no link, no action, no line of another width."""
    for strip in strips:
        assert strip.cell_length == width
        assert not FORBIDDEN & set(strip.text), repr(strip.text)
        assert "\n" not in strip.text
        assert "\t" not in strip.text
        for segment in strip:
            assert segment.control is None
            style = segment.style
            if style is not None:
                assert style.link is None
                assert "@click" not in style.meta


_TICKET = TicketRow(
    id=1,
    uid=b"",
    number=1001,
    subject="Refund for order 8841",
    preview="It hasn't come yet",
    status=0,
    priority=1,
    channel="email",
    customer_id=1,
    customer_uid=None,
    customer="Ana Ruiz",
    assignee="Mara",
    tags=("refund",),
    mood=0,
    contacts=1,
    unread=False,
    message_count=3,
    created_at=NOW - DAY,
    updated_at=NOW - 3 * MINUTE,
    due_at=NOW + HOUR,
    promised_at=None,
    snoozed_until=None,
)


def ticket(id: int = 1, **changes: object) -> TicketRow:
    return _TICKET._replace(id=id, number=1000 + id, **changes)  # type: ignore[arg-type]  # a test names real fields


_MESSAGE = Entry(
    id=1,
    uid=b"",
    kind="inbound",
    at=NOW - HOUR,
    author="Ana Ruiz",
    sender="ana@example.com",
    recipients="help@example.com",
    copies="",
    subject="Refund",
    body="Hello",
    folds=(),
    attachments=(),
    html=False,
    automatic="",
    bounce="",
    unparsed=False,
    trackers=0,
    delivery="",
    ready_at=None,
    seconds=None,
)


def message(id: int = 1, body: str = "Hello", **changes: object) -> Entry:
    return _MESSAGE._replace(id=id, body=body, **changes)  # type: ignore[arg-type]  # a test names real fields


def attachment(name: str, id: int = 7) -> AttachmentRow:
    return AttachmentRow(id, name, "image/png", 348_112, b"", inline=False)


_CARD = CustomerCard(
    id=1,
    uid=b"",
    name="Ana Ruiz",
    organization="Ruiz Ceramics",
    plan="pro",
    since=NOW - 5 * 365 * DAY,
    note="",
    mood=0,
    flags=(),
    details=(),
    identities=(
        IdentityRow(1, IdentityKind.EMAIL, "ana@example.com", known=True),
        IdentityRow(2, IdentityKind.PHONE, "+1 415 555 0134", known=False),
    ),
    open_tickets=3,
    all_tickets=14,
    contacts_today=1,
    contacts_week=2,
    contacted_at=NOW - HOUR,
    promised_at=None,
    recent=(),
)


def card(**changes: object) -> CustomerCard:
    return _CARD._replace(**changes)  # type: ignore[arg-type]  # a test names real fields
