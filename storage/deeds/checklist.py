"""Working through a checklist on a ticket: every tick has its time and its agent, and can be undone.

The invariant: a step's goal, summary or choice stands on the ticket as it stands at the tick, also after an undo.
"""

from typing import TYPE_CHECKING

from desk.checklists import StepField
from desk.errors import BadInput, NotFound, Refused
from desk.nearest import mend_name
from desk.text import clean
from storage.deeds.by import By, Done
from storage.deeds.journal import Fact, Journal, held
from storage.deeds.tasks import follow_up
from storage.sources import delivering

if TYPE_CHECKING:
    from sqlmodel import Session

    from desk.checklists import ChecklistTemplate, Step
    from storage.models import ChecklistRun, ChecklistTick, Ticket

_KEPT_THERE = "SELECT source_id FROM remote_step WHERE checklist_key = ? AND step = ?"
# The step's fields that stay on the ticket for everyone after.
_ON_TICKET = ("goal", "summary", "choice")


def begin(session: "Session", by: By, ticket_id: int, key: str) -> Done:
    """Put a checklist on a ticket; Refused where it is there already."""
    from storage import models

    journal = Journal(session, by)
    ticket = held(session, models.Ticket, ticket_id, "ticket")
    template = _template(session, key)
    if _run(session, ticket_id, key) is not None:
        raise Refused(f"{template.title} is already on #{ticket.number}", "")
    _add_run(journal, ticket_id, template)
    return journal.done(f"Began {template.title} on #{ticket.number}", ticket_id)


def tick(session: "Session", by: By, ticket_id: int, key: str, step: str, text: str = "") -> Done:
    """Tick a step, with what was written into its field; the checklist is begun where it wasn't.

    Where nothing is written what stands there stays: a colleague may have written it a moment ago.
    """
    return _settle(session, by, ticket_id, key, step, state="done", text=clean(text).strip() or None)


def empty(session: "Session", by: By, ticket_id: int, key: str, step: str) -> Done:
    """Take out what was written into a step's field; the step is done all the same."""
    return _settle(session, by, ticket_id, key, step, state="done", text="")


def skip(session: "Session", by: By, ticket_id: int, key: str, step: str, reason: str) -> Done:
    """Pass a step over, with a reason."""
    reason = clean(reason, lines=False).strip()
    if not reason:
        raise BadInput("A step is skipped with a reason", "Say in a few words why.")
    return _settle(session, by, ticket_id, key, step, state="skipped", text="", reason=reason)


def untick(session: "Session", by: By, ticket_id: int, key: str, step: str) -> Done:
    """Make a step open again. What it had put on the ticket stays: it is known, whoever asked for it."""
    from storage import models

    journal = Journal(session, by)
    ticket = held(session, models.Ticket, ticket_id, "ticket")
    template = _template(session, key)
    run = _run(session, ticket_id, key)
    row = None if run is None else session.get(models.ChecklistTick, (run.id, step))
    title = _title(template, step)
    if row is None:
        raise Refused(f"“{title}” is not ticked on #{ticket.number}", "")
    journal.remove(row)
    journal.change(ticket, updated_at=by.at)
    data: dict[str, Fact] = {"checklist": key, "step": step, "checklist_title": template.title, "step_title": title}
    journal.tell("unticked", data, ticket_id=ticket_id)
    _send(journal, ticket_id, key, step, done=False)
    return journal.done(f"Unticked “{title}” on #{ticket.number}", ticket_id)


def _settle(
    session: "Session", by: By, ticket_id: int, key: str, step: str, *, state: str, text: str | None, reason: str = ""
) -> Done:
    from storage import models

    journal = Journal(session, by)
    ticket = held(session, models.Ticket, ticket_id, "ticket")
    template = _template(session, key)
    found = template.step(step)
    run = _run(session, ticket_id, key) or _add_run(journal, ticket_id, template)
    row = session.get(models.ChecklistTick, (run.id, step))
    had = "" if row is None else row.text
    text = had if text is None else text
    if row is not None and (row.state, row.text, row.reason) == (state, text, reason):
        raise Refused(f"“{found.title}” is {state} already on #{ticket.number}", "")
    _write_tick(journal, row, run, step, state=state, text=text, reason=reason)
    _write_ticket(journal, ticket, found, text, had)
    data = {
        "checklist": key, "step": step, "checklist_title": template.title, "step_title": found.title, "text": text,
        "reason": reason,
    }  # fmt: skip
    journal.tell("ticked" if state == "done" else "skipped", data, ticket_id=ticket_id)
    if state == "done":
        _send(journal, ticket_id, key, step, done=True)
    if found.field is StepField.TASK:
        follow_up(journal, ticket_id, text, had)
    verb = "Ticked" if state == "done" else "Skipped"
    return journal.done(f"{verb} “{found.title}” on #{ticket.number}", ticket_id)


def _send(journal: Journal, ticket_id: int, key: str, step: str, *, done: bool) -> None:
    """Tell the helpdesk, where the checklist is kept there and it wants to know."""
    row = journal.connection.execute(_KEPT_THERE, (key, step)).fetchone()
    if row is None:
        return
    source_id = delivering(journal.connection, "tick", {ticket_id: ()}).get(ticket_id)
    if source_id == row[0]:
        turn = {"checklist": [key, key], "step": [step, step], "done": [not done, done]}
        journal.send("tick", turn, ticket_id=ticket_id, source_id=source_id)


def _write_tick(
    journal: Journal, row: "ChecklistTick | None", run: "ChecklistRun", step: str, *, state: str, text: str, reason: str
) -> None:
    from storage import models

    by = journal.by
    if row is not None:
        journal.change(row, state=state, text=text, reason=reason, agent_id=by.agent_id, at=by.at)
        return
    journal.add(
        models.ChecklistTick(
            run_id=run.id or 0, step=step, state=state, agent_id=by.agent_id, at=by.at, text=text, reason=reason
        )
    )


def _write_ticket(journal: Journal, ticket: "Ticket", step: "Step", text: str, had: str) -> None:
    """Put what was written onto the ticket; what was emptied goes from there too, unless it came from elsewhere."""
    journal.change(ticket, updated_at=journal.by.at)
    if step.field in _ON_TICKET and (text or (had and getattr(ticket, step.field) == had)):
        journal.change(ticket, **{str(step.field): text})


def _add_run(journal: Journal, ticket_id: int, template: "ChecklistTemplate") -> "ChecklistRun":
    from storage import models

    run = models.ChecklistRun(
        ticket_id=ticket_id, checklist_key=template.key, agent_id=journal.by.agent_id, started_at=journal.by.at
    )
    journal.add(run)
    data: dict[str, Fact] = {"checklist": template.key, "checklist_title": template.title}
    journal.tell("begun", data, ticket_id=ticket_id)
    return run


def _run(session: "Session", ticket_id: int, key: str) -> "ChecklistRun | None":
    from sqlmodel import select

    from storage import models

    wanted = select(models.ChecklistRun).where(
        models.ChecklistRun.ticket_id == ticket_id, models.ChecklistRun.checklist_key == key
    )
    return session.exec(wanted).first()


def _template(session: "Session", key: str) -> "ChecklistTemplate":
    from sqlmodel import select

    from desk.checklists import parse_checklists
    from storage import models

    row = session.get(models.Checklist, key)
    if row is None:
        raise NotFound(f"There is no checklist {key}", mend_name(key, session.exec(select(models.Checklist.key)).all()))
    return parse_checklists(row.content, f"the checklist {key}")[0]


def _title(template: "ChecklistTemplate", step: str) -> str:
    """The step's title, or its key where the team has taken the step out since."""
    return next((each.title for each in template.steps if each.key == step), step)
