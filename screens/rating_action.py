"""What was done about a rating: one line, beside what the customer said."""

from typing import TYPE_CHECKING

from screens.ask import Question

if TYPE_CHECKING:
    from screens.workspace import WorkspaceScreen


def note_action(desk: "WorkspaceScreen", text: str) -> None:
    """Note it; without words they are asked for."""
    ticket_id, by = desk.current_id, desk.seat.by()
    if ticket_id is None:
        return
    if not text:
        question = Question(
            "Done about it", lambda words: note_action(desk, words), free=True, reading=lambda _: "stands on the ticket"
        )
        desk.ask(question)
        return
    from storage.deeds.ratings import act

    desk.seat.jobs.deed(lambda session: act(session, by, ticket_id, text), desk.told)
