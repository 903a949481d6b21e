"""What was done about a rating: one line, beside what the customer said."""

from typing import TYPE_CHECKING

from screens.ask import Question

if TYPE_CHECKING:
    from screens.workspace import WorkspaceScreen


def note_action(desk: "WorkspaceScreen", text: str) -> None:
    """Note it on the ticket that is the present one now; without words they are asked for."""
    ticket_id = desk.current_id
    if ticket_id is None:
        return
    if text:
        _note(desk, ticket_id, text)
        return
    desk.ask(
        Question(
            "Done about it", lambda words: _note(desk, ticket_id, words), free=True,
            reading=lambda _: "stands on the ticket",
        )
    )  # fmt: skip


def _note(desk: "WorkspaceScreen", ticket_id: int, text: str) -> None:
    from storage.deeds.ratings import act

    by = desk.seat.by()
    desk.seat.jobs.deed(lambda session: act(session, by, ticket_id, text), desk.told)
