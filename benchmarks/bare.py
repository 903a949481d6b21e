"""The smallest Textual application that answers a key: what every start of the console is compared with."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Static


class Bare(App[None]):
    """Shows a line, and another once `j` was pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [("j", "answer", "answer"), ("q", "quit", "quit")]

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static("bare and ready")

    def action_answer(self) -> None:
        """The other line."""
        self.query_one(Static).update("bare and answered")


if __name__ == "__main__":
    Bare().run()
