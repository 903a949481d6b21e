"""What a page writes to a file: a table as Markdown, or as CSV where the file's name ends so; snippets as TOML.

The invariant: a file that is there is never written over without a question.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from desk.errors import BadInput
from screens.ask import Question
from screens.confirm import ConfirmScreen
from screens.framed import FramedScreen
from widgets.rows import Row

if TYPE_CHECKING:
    from desk.reports.report import Table

WORDS = "Markdown, or CSV where the name ends in .csv"


def ask_to_export(screen: FramedScreen[Row], name: str, accept: Callable[[str], object], words: str = WORDS) -> None:
    """Ask for the file's name; `words` say what will stand in it. Refused in a browser."""
    screen.seat.reach("Files")
    screen.ask(Question("Export to", accept, text=name, reading=lambda _: words, free=True))


def export_table(screen: FramedScreen[Row], name: str, table: "Table") -> None:
    """Write a table to the file of that name."""
    export_text(screen, name, table_text(screen, name, table), "Written")


def export_text(screen: FramedScreen[Row], name: str, text: str, told: str, *, over: bool = False) -> None:
    """Write a text to the file of that name; where it is there already, ask first. `told` says what was written.

    Refused in a browser.
    """
    screen.seat.reach("Files")
    path = Path(name).expanduser()

    def answered(yes: bool | None) -> None:
        if yes:
            export_text(screen, name, text, told, over=True)

    def written(done: bool) -> None:
        if done:
            screen.notice(told + " to " + str(path), "good")
        else:
            screen.app.push_screen(
                ConfirmScreen(screen.seat, "Write over this file?", (str(path),), final=True), answered
            )

    screen.seat.jobs.keep(lambda _: write_file(path, text, over=over), written)


def table_text(screen: FramedScreen[Row], name: str, table: "Table") -> str:
    """The table in the form that the file's name asks for."""
    if name.casefold().endswith(".csv"):
        from desk.reports.period import Period
        from desk.reports.report import Report
        from desk.reports.spreadsheet import to_csv

        now = screen.seat.clock()
        return to_csv(Report(table.key, table.title, Period(now, now), screen.seat.zone, tables=(table,)), table.key)
    from desk.reports.markdown import table_markdown

    return table_markdown(table, screen.seat.zone)


def write_file(path: Path, text: str, *, over: bool) -> bool:
    """Write a file; False where one of that name is there and `over` isn't set. Raises BadInput where it can't be."""
    try:
        with path.open("w" if over else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    except OSError as error:
        raise BadInput("The file can't be written: " + (error.strerror or str(error)), "Name another one.") from error
    return True
