"""Tasks: made, linked, done and taken back; Diagnose makes one in the very deed that ticks its step."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from desk.checklists import ChecklistTemplate, Step, StepField, to_toml
from desk.errors import BadInput, Refused
from desk.times import HOUR
from storage import people
from storage.connect import Connection
from storage.deeds import checklist, tasks
from storage.deeds.by import By, Done
from storage.deeds.tasks import TaskText
from storage.deeds.undo import redo, undo
from storage.engine import deed_session
from storage.knowledge.tasks import causes, done_tasks, of_ticket, open_tasks, overdue
from tests.factories import NOW, make_agent, make_ticket

TALK = ChecklistTemplate(
    "talk", "The talk", (Step("why", "Diagnose", "Why?", later=True, field=StepField.TASK), Step("end", "End", "Bye"))
)


@pytest.fixture
def ticket(connection: Connection) -> int:
    connection.execute(
        "INSERT INTO checklist(key, title, content, position, updated_at) VALUES('talk','The talk',?,99,0)",
        (to_toml([TALK]),),
    )
    return make_ticket(connection)


def _tick(engine: Engine, by: By, ticket: int, text: str) -> Done:
    with deed_session(engine) as session:
        return checklist.tick(session, by, ticket, "talk", "why", text)


def _undo(engine: Engine, by: By) -> Done:
    with deed_session(engine) as session:
        return undo(session, by)


def test_a_task_is_made_changed_done_and_each_step_taken_back(connection: Connection, engine: Engine, by: By) -> None:
    ticket, bo = make_ticket(connection), make_agent(connection)
    with deed_session(engine) as session:
        done = tasks.make(session, by, TaskText("Fix the label", "label printed twice", bo, NOW + HOUR), ticket)
    assert (done.title, done.ticket_ids) == ("Made the task “Fix the label”", (ticket,))
    (task,) = open_tasks(connection)
    assert (task.title, task.cause, task.assignee, task.due_at) == (
        "Fix the label", "label printed twice", people.agent_named(connection, "bo").name, NOW + HOUR,
    )  # fmt: skip
    assert [each.id for each in task.tickets] == [ticket]
    with deed_session(engine) as session:
        tasks.change(session, by, task.id, TaskText("Fix all labels", "label"), TaskText("Fix the label"))
    with deed_session(engine) as session:
        tasks.finish(session, by, task.id)
    assert open_tasks(connection) == ()
    assert [(each.title, each.done_at) for each in done_tasks(connection)] == [("Fix all labels", NOW)]
    with pytest.raises(Refused, match="is done already"), deed_session(engine) as session:
        tasks.finish(session, by, task.id)
    _undo(engine, by)
    _undo(engine, by)
    assert open_tasks(connection) == (task,)
    _undo(engine, by)
    assert open_tasks(connection) == ()
    assert connection.execute("SELECT count(*) FROM task_ticket").fetchone() == (0,)
    with deed_session(engine) as session:
        redo(session, by)
    assert open_tasks(connection) == (task,)


def test_a_task_without_a_title_is_refused(engine: Engine, by: By) -> None:
    with pytest.raises(BadInput, match="title"), deed_session(engine) as session:
        tasks.make(session, by, TaskText("\x1b[2J "))


def test_tickets_are_linked_once_and_unlinked(connection: Connection, engine: Engine, by: By) -> None:
    one, two = make_ticket(connection), make_ticket(connection)
    with deed_session(engine) as session:
        tasks.make(session, by, TaskText("Fix it", "it"), one)
    task = open_tasks(connection)[0].id
    with deed_session(engine) as session:
        tasks.link(session, by, task, two)
    with pytest.raises(Refused, match="already"), deed_session(engine) as session:
        tasks.link(session, by, task, two)
    assert [each.id for each in open_tasks(connection)[0].tickets] == [one, two]
    assert [each.id for each in of_ticket(connection, two)] == [task]
    with deed_session(engine) as session:
        tasks.unlink(session, by, task, one)
    with pytest.raises(Refused, match="isn't linked"), deed_session(engine) as session:
        tasks.unlink(session, by, task, one)
    assert [each.id for each in open_tasks(connection)[0].tickets] == [two]


def test_diagnose_makes_a_task_with_its_tick_and_undo_takes_both(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    _tick(engine, by, ticket, "label printed twice")
    (task,) = open_tasks(connection)
    assert (task.cause, task.assignee, [each.id for each in task.tickets]) == (
        "label printed twice", "Ana Ruiz", [ticket],
    )  # fmt: skip
    _undo(engine, by)
    assert open_tasks(connection) == ()
    assert connection.execute("SELECT count(*) FROM checklist_tick").fetchone() == (0,)
    with deed_session(engine) as session:
        redo(session, by)
    assert open_tasks(connection) == (task,)


def test_the_same_cause_is_one_task_with_more_tickets(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    _tick(engine, by, ticket, "label printed twice")
    other = make_ticket(connection)
    _tick(engine, by, other, "Label printed TWICE")
    (task,) = open_tasks(connection)
    assert [each.id for each in task.tickets] == [ticket, other]
    (cause,) = causes(connection)
    assert (cause.tickets, cause.tasks, cause.open) == (2, 1, 1)
    # Once it is done, the cause coming again is another task.
    with deed_session(engine) as session:
        tasks.finish(session, by, task.id)
    _tick(engine, by, make_ticket(connection), "label printed twice")
    assert len(open_tasks(connection)) == 1
    (cause,) = causes(connection)
    assert (cause.tickets, cause.tasks, cause.open) == (3, 2, 1)


def test_a_cause_is_one_whatever_its_capitals_blanks_and_accents(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    other = make_ticket(connection)
    _tick(engine, by, ticket, "Écran gelé")
    _tick(engine, by, other, "écran  GELÉ")
    (task,) = open_tasks(connection)
    assert [each.id for each in task.tickets] == [ticket, other]
    _tick(engine, by, make_ticket(connection), "ÜBERLAST")
    with deed_session(engine) as session:
        tasks.make(session, by, TaskText("Look", "überlast"))
    assert [(row.cause, row.tickets, row.tasks, row.open, row.numbers) for row in causes(connection)] == [
        ("Écran gelé", 2, 1, 1, (1002, 1001)), ("ÜBERLAST", 1, 2, 2, (1003,)),
    ]  # fmt: skip


def test_what_a_colleague_changed_meanwhile_stays_as_it_is_now(connection: Connection, engine: Engine, by: By) -> None:
    was = TaskText("Fix it", "it", by.agent_id, NOW + HOUR)
    bo = make_agent(connection)
    with deed_session(engine) as session:
        tasks.make(session, by, was)
    key = open_tasks(connection)[0].id
    with deed_session(engine) as session:
        tasks.change(session, By(bo, NOW), key, replace(was, title="Fix all of it", due_at=None), was)
    with deed_session(engine) as session:
        tasks.change(session, by, key, replace(was, cause="that"), was)
    with deed_session(engine) as session:
        tasks.assign(session, by, key, bo)
    (task,) = open_tasks(connection)
    assert (task.title, task.cause, task.assignee_id, task.due_at) == ("Fix all of it", "that", bo, None)
    # A deed of nothing would have `u` take back the one before it.
    with pytest.raises(Refused, match="so already"), deed_session(engine) as session:
        tasks.assign(session, by, key, bo)
    with pytest.raises(Refused, match="so already"), deed_session(engine) as session:
        tasks.change(session, by, key, was, was)
    _undo(engine, by)
    assert open_tasks(connection)[0].assignee == "Ana Ruiz"


def test_another_word_for_the_cause_changes_the_task_that_it_made(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    _tick(engine, by, ticket, "lable")
    _tick(engine, by, ticket, "label printed twice")
    (task,) = open_tasks(connection)
    assert (task.title, task.cause) == ("Mend: label printed twice", "label printed twice")
    with deed_session(engine) as session:
        checklist.empty(session, by, ticket, "talk", "why")
    assert len(open_tasks(connection)) == 1


def test_another_word_changes_no_task_of_others_and_no_title_that_was_written(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    other = make_ticket(connection)
    for each in (ticket, other):
        _tick(engine, by, each, "lable")
    _tick(engine, by, other, "wrong address")
    shared, own = open_tasks(connection)
    assert (shared.cause, len(shared.tickets)) == ("lable", 2)
    assert (own.cause, [each.id for each in own.tickets]) == ("wrong address", [other])
    was = TaskText(own.title, own.cause, own.assignee_id)
    with deed_session(engine) as session:
        tasks.change(session, by, own.id, replace(was, title="Ask the carrier"), was)
    _tick(engine, by, other, "carrier's map")
    own = open_tasks(connection)[1]
    assert (own.title, own.cause) == ("Ask the carrier", "carrier's map")


def test_a_task_that_is_opened_again_was_never_done(connection: Connection, engine: Engine, by: By) -> None:
    with deed_session(engine) as session:
        tasks.make(session, by, TaskText("Fix it"))
    for settle in (tasks.finish, tasks.open_again):
        with deed_session(engine) as session:
            settle(session, by, 1)
    (task,) = open_tasks(connection)
    assert (task.state, task.done_at) == ("open", None)
    with pytest.raises(Refused, match="open already"), deed_session(engine) as session:
        tasks.open_again(session, by, 1)


def test_only_mine_and_nobodys_become_overdue_and_once(connection: Connection, engine: Engine, by: By) -> None:
    bo = make_agent(connection)
    with deed_session(engine) as session:
        for title, assignee, due in (
            ("mine", by.agent_id, NOW), ("bo's", bo, NOW), ("nobody's", None, NOW - 1), ("later", None, NOW + 1),
        ):  # fmt: skip
            tasks.make(session, by, TaskText(title, "", assignee, due))
    found = overdue(connection, by.agent_id or 0, NOW - HOUR, NOW)
    assert [title for _, title in found] == ["nobody's", "mine"]
    assert overdue(connection, by.agent_id or 0, NOW, NOW) == ()
