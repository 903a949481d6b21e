"""A ticket and incidents: link it to one, begin one from it, or say that it is none."""

from typing import TYPE_CHECKING

from desk.errors import BadInput
from desk.nearest import mend_name
from screens.ask import Choice, Question
from screens.form import FormScreen
from screens.incident_forms import incident_form
from storage.connect import Connection
from storage.deeds.by import Done
from storage.incidents import IncidentRow, Standing, around, open_incidents

if TYPE_CHECKING:
    from screens.workspace import WorkspaceScreen

BEGIN = "begin"


def link_or_begin(desk: "WorkspaceScreen", text: str) -> None:
    """Ask what the current ticket, or all that are selected, have to do with an incident; `text` may name it."""
    ids, first = desk.target_ids, desk.current_id
    if first is None or not ids:
        return

    def read(connection: Connection) -> tuple[tuple[IncidentRow, ...], Standing]:
        return open_incidents(connection), around(connection, first)

    def choose(found: tuple[tuple[IncidentRow, ...], Standing]) -> None:
        desk.release_keys()
        rows, standing = found
        if text:
            _do(desk, f"link {_named(rows, text).id}", ids)
        else:
            desk.ask(Question("Incident", lambda key: _do(desk, key, ids), choices=choices(rows, standing)))

    desk.hold_keys()
    desk.seat.jobs.read("incidents", read, choose)


def choices(rows: tuple[IncidentRow, ...], standing: Standing) -> tuple[Choice, ...]:
    """What can be done, the likest first."""
    linked, like = {key for key, *_ in standing.linked}, standing.suggested
    offered = [Choice(f"link {like.id}", like.title, like.why)] if like else []
    others = [row for row in rows if row.id not in linked and (like is None or row.id != like.id)]
    offered += [Choice(f"link {row.id}", row.title, row.state) for row in others]
    offered.append(Choice(BEGIN, "A new incident", "begins with what is selected here"))
    offered += [Choice(f"none {key}", f"None of “{title}”", "takes it out") for key, title, _ in standing.linked]
    if like:
        offered.append(Choice(f"none {like.id}", f"None of “{like.title}”", "never suggested again"))
    return tuple(offered)


def _named(rows: tuple[IncidentRow, ...], text: str) -> IncidentRow:
    wanted = text.strip().casefold()
    for row in rows:
        if wanted in row.title.casefold():
            return row
    mend = mend_name(text, [row.title for row in rows]) if rows else "None is open; I without a name begins one."
    raise BadInput(f"No incident is called “{text.strip()}”", mend)


def _do(desk: "WorkspaceScreen", choice: str, ids: tuple[int, ...]) -> None:
    from storage.deeds.incidents import link, unlink

    by, seat = desk.seat.by(), desk.seat
    kind, _, number = choice.partition(" ")
    if kind == BEGIN:
        title = desk.here.ticket.row.subject if desk.here is not None else ""

        def begun(done: Done | None) -> None:
            if done is not None:
                desk.told(done)

        desk.app.push_screen(FormScreen(seat, incident_form(seat, None, title, ids)), begun)
    elif kind == "link":
        seat.jobs.deed(lambda session: link(session, by, int(number), ids), desk.told)
    else:
        seat.jobs.deed(lambda session: unlink(session, by, int(number), ids), desk.told)
