"""Tables that a page writes to a file: Markdown, or CSV where the file's name ends so.

The invariant: a file that is there is never written over without a question.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from screens.ask import Question
from screens.confirm import ConfirmScreen
from screens.framed import FramedScreen
from widgets.rows import Row

if TYPE_CHECKING:
    from desk.reports.report import Table

WORDS = "Markdown, or CSV where the name ends in .csv"


def ask_to_export(screen: FramedScreen[Row], name: str, accept: Callable[[str], object]) -> None:
    """Ask for the file's name."""
    screen.ask(Question("Export to", accept, text=name, reading=lambda _: WORDS, free=True))


def export_table(screen: FramedScreen[Row], name: str, table: "Table", *, over: bool = False) -> None:
    """Write a table to the file of that name; where it is there already, ask first."""
    from screens.library import write_file

    path, text = Path(name).expanduser(), table_text(name, table, screen)

    def answered(yes: bool | None) -> None:
        if yes:
            export_table(screen, name, table, over=True)

    def written(done: bool) -> None:
        if done:
            screen.notice("Written to " + str(path), "good")
        else:
            screen.app.push_screen(ConfirmScreen(screen.seat, "Write over this file?", (str(path),)), answered)

    screen.seat.jobs.keep(lambda _: write_file(path, text, over=over), written)


def table_text(name: str, table: "Table", screen: FramedScreen[Row]) -> str:
    """The table in the form that the file's name asks for."""
    if name.casefold().endswith(".csv"):
        from desk.reports.period import Period
        from desk.reports.report import Report
        from desk.reports.spreadsheet import to_csv

        now = screen.seat.clock()
        return to_csv(Report(table.key, table.title, Period(now, now), screen.seat.zone, tables=(table,)), table.key)
    from desk.reports.markdown import table_markdown

    return table_markdown(table, screen.seat.zone)
