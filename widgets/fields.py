"""One-line inputs as Heard uses them: quiet, cleaned, and without the keys that the product has other uses for."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input

# Ctrl+K opens the palette everywhere; Ctrl+D scrolls nowhere near a field, so that it may delete.
_TAKEN = {"ctrl+k"}


def without_taken_keys(bindings: list[BindingType], taken: set[str]) -> list[BindingType]:
    """`bindings` of a stock widget without the keys that mean something else in the product."""
    kept: list[BindingType] = []
    for binding in bindings:
        if isinstance(binding, Binding):
            keys = [key for key in binding.key.split(",") if key not in taken]
            if keys:
                kept.append(Binding(",".join(keys), binding.action, show=False))
    return kept


class TextField(Input, inherit_bindings=False):
    """A single line of text. Escape leaves it, up and down are announced for whoever has a list below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *without_taken_keys(Input.BINDINGS, _TAKEN),
        Binding("escape", "leave", show=False),
        Binding("up,ctrl+p", "step(-1)", show=False),
        Binding("down,ctrl+n", "step(1)", show=False),
        Binding("pageup", "step(-10)", show=False),
        Binding("pagedown", "step(10)", show=False),
    ]
    DEFAULT_CSS = """
    TextField {
        height: 1;
        border: none;
        padding: 0 1;
        background: $bar-background;
        &:focus { background: $cursor-blurred; border: none; }
        &>.input--placeholder { color: $faint; }
    }
    """

    class Left(Message):
        """Escape was pressed."""

    class Stepped(Message):
        """A key was pressed that moves in a list: by `lines`."""

        def __init__(self, lines: int) -> None:
            super().__init__()
            self.lines = lines

    def __init__(
        self, value: str = "", *, placeholder: str = "", suggester: Suggester | None = None,
        id: str | None = None, classes: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            value, placeholder, suggester=suggester, select_on_focus=False, compact=True, id=id, classes=classes
        )
        # A blinking cursor writes 2 kB a second over a slow line.
        self.cursor_blink = False

    def action_leave(self) -> None:
        """Tell that the agent wants out."""
        self.post_message(self.Left())

    def action_step(self, lines: int) -> None:
        """Tell that the agent moves in the list below."""
        self.post_message(self.Stepped(lines))

    def _on_paste(self, event: events.Paste) -> None:
        """Clean what is pasted before the stock handler, which runs after this one, inserts it."""
        from desk.text import clean  # 3 ms to import, and seldom needed

        event.text = clean(event.text, lines=False)
