"""Any sequence of deeds, undone in order, leaves the desk as it was; undone and done again, as it had become."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from desk.checklists import ChecklistTemplate, Step, StepField, to_toml
from desk.errors import HeardError, Refused
from desk.lookup import IdentityKind
from desk.records import DraftRow
from desk.snippets import Snippet
from desk.times import HOUR, SECOND
from storage import drafts, rules
from storage.connect import Connection, raw
from storage.deeds import checklist, customers, knowledge, promises, snippets, tasks, views
from storage.deeds.by import By, Done
from storage.deeds.change import Change, change
from storage.deeds.knowledge import Learnt
from storage.deeds.merge import merge
from storage.deeds.promises import Said
from storage.deeds.tasks import TaskText
from storage.deeds.undo import redo, undo
from storage.deeds.write import Outgoing, write
from storage.drafts import Inserted
from storage.engine import deed_session, engine_over
from storage.inbound import after_inbound
from storage.search.index import index_customers
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_agent, make_customer, make_message, make_queue, make_tag, make_ticket

# What must come back. When a customer was last in contact is a fact that nobody takes back.
STATE = (
    "SELECT * FROM ticket ORDER BY id",
    "SELECT * FROM ticket_tag ORDER BY ticket_id, tag_id",
    "SELECT * FROM active_tag ORDER BY ticket_id, tag_id",
    "SELECT * FROM ticket_count WHERE tickets<>0 ORDER BY status",
    "SELECT * FROM watch ORDER BY ticket_id, agent_id",
    "SELECT * FROM message ORDER BY id",
    "SELECT * FROM checklist_run ORDER BY id",
    "SELECT * FROM checklist_tick ORDER BY run_id, step",
    "SELECT id, name, note, flags FROM customer ORDER BY id",
    "SELECT * FROM identity ORDER BY id",
    "SELECT * FROM view ORDER BY position, id",
    'SELECT id, title, "trigger", folder, body FROM snippet ORDER BY id',
    "SELECT * FROM known_answer ORDER BY snippet_id",
    "SELECT * FROM snippet_use ORDER BY id",
    "SELECT * FROM task ORDER BY id",
    "SELECT * FROM task_ticket ORDER BY task_id, ticket_id",
    "SELECT * FROM promise ORDER BY id",
)
State = list[list[tuple[object, ...]]]
TARGETS = '[[target]]\ntitle = "All"\nresolution = "3h"\npauses = ["pending", "hold", "snoozed"]\n'
TEMPLATE = ChecklistTemplate(
    "talk",
    "The talk",
    (
        Step("goal", "Find the goal", "What for?", field=StepField.GOAL),
        Step("end", "End", "Thanks"),
        Step("why", "Diagnose", "Why?", field=StepField.TASK),
    ),
)
Deed = Callable[[Session, By], Done]

tickets = st.integers(1, 4)
changes = st.builds(
    Change,
    status=st.none() | st.integers(0, 4),
    priority=st.none() | st.integers(0, 3),
    assignee=st.just(Change().assignee) | st.none() | st.integers(1, 2),
    queue=st.just(Change().queue) | st.none() | st.just(1),
    snoozed_until=st.just(Change().snoozed_until) | st.none() | st.integers(NOW + HOUR, NOW + 9 * HOUR),
    add_tags=st.lists(st.sampled_from(["refund", "vip", "Über Eil"]), max_size=2).map(tuple),
    remove_tags=st.lists(st.sampled_from(["refund", "vip"]), max_size=2).map(tuple),
    watch=st.none() | st.booleans(),
)


def _changes(which: list[int], wanted: Change) -> Deed:
    return lambda session, by: change(session, by, which, wanted)


def _writes(kind: str, which: int, status: int | None) -> Deed:
    outgoing = Outgoing("reply" if kind == "reply" else "note", "Thanks!", after=Change(status=status))
    return lambda session, by: write(session, by, which, outgoing)


def _ticks(which: int, step: str, text: str) -> Deed:
    return lambda session, by: checklist.tick(session, by, which, "talk", step, text)


def _skips(which: int, step: str) -> Deed:
    return lambda session, by: checklist.skip(session, by, which, "talk", step, "no time")


def _unticks(which: int, step: str) -> Deed:
    return lambda session, by: checklist.untick(session, by, which, "talk", step)


def _merges(which: list[int], into: int) -> Deed:
    return lambda session, by: merge(session, by, which, into)


def _renames(name: str) -> Deed:
    return lambda session, by: customers.rename(session, by, 1, name)


def _identifies(value: str) -> Deed:
    return lambda session, by: customers.add_identity(session, by, 1, IdentityKind.EMAIL, value)


def _sends_snippet(which: int, snippet: int, text: str) -> Deed:
    def send(session: Session, by: By) -> Done:
        drafts.remember(raw(session), which, 1, "reply", by.at, Inserted(snippet, "Thanks", "Thanks a lot, and bye"))
        drafts.save(raw(session), DraftRow(which, 1, "reply", "", "", "", text, (), 0, None, by.at))
        return write(session, by, which, Outgoing("reply", text))

    return send


def _keeps(which: int, title: str) -> Deed:
    return lambda session, by: knowledge.keep(session, by, Learnt(Snippet(title, "It left.", question="Why?"), which))


def _deletes(snippet: int) -> Deed:
    return lambda session, by: snippets.delete(session, by, snippet)


def _makes_task(which: list[int], cause: str) -> Deed:
    return lambda session, by: tasks.make(session, by, TaskText("Mend it", cause), *dict.fromkeys(which))


def _settles_task(task: int, done: bool) -> Deed:
    return lambda session, by: (tasks.finish if done else tasks.open_again)(session, by, task)


def _links(task: int, which: int, linked: bool) -> Deed:
    return lambda session, by: (tasks.link if linked else tasks.unlink)(session, by, task, which)


def _promises(which: int, minutes: int) -> Deed:
    return lambda session, by: promises.promise(
        session, by, which, Said("by then", by.at, by.at + minutes * 60 * SECOND)
    )  # fmt: skip


def _withdraws(number: int) -> Deed:
    return lambda session, by: promises.withdraw(session, by, number)


def _moves_view(view: int, place: int) -> Deed:
    return lambda session, by: views.move(session, by, view, place)


steps = st.sampled_from(["goal", "end", "why"])
few = st.integers(1, 2)
causes = st.sampled_from(["late", "Late", "lost", ""])
deeds: st.SearchStrategy[Deed] = st.one_of(
    st.builds(_changes, st.lists(tickets, min_size=1, max_size=4), changes),
    st.builds(_writes, st.sampled_from(["reply", "note"]), tickets, st.none() | st.integers(0, 4)),
    st.builds(_ticks, tickets, steps, st.sampled_from(["", "to pay by card", "late"])),
    st.builds(_skips, tickets, steps),
    st.builds(_unticks, tickets, steps),
    st.builds(_merges, st.lists(tickets, min_size=1, max_size=2), tickets),
    st.builds(_renames, st.sampled_from(["Ana Ruiz", "Li Wei", "李伟"])),
    st.builds(_identifies, st.sampled_from(["li@example.org", "li.wei@example.com"])),
    st.builds(_moves_view, st.integers(1, 9), st.integers(0, 12)),
    st.builds(_sends_snippet, tickets, few, st.sampled_from(["Thanks a lot, and bye", "Thanks, and bye", "No"])),
    st.builds(_keeps, tickets, st.sampled_from(["Left", "Gone"])),
    st.builds(_deletes, st.integers(1, 90)),
    st.builds(_makes_task, st.lists(tickets, max_size=2), causes),
    st.builds(_settles_task, few, st.booleans()),
    st.builds(_links, few, tickets, st.booleans()),
    st.builds(_promises, tickets, st.sampled_from([1, 90, 900])),
    st.builds(_withdraws, few),
)


@pytest.fixture(scope="module")
def desk(
    workspace_template: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Connection, Engine]]:
    """A desk in memory, with four tickets of two customers, that each example takes a fresh copy of."""
    with closing(_in_memory()) as connection:
        # The template is closed at once: while it is open its log lies beside it, and every copy made then has one too.
        with closing(open_to_write(workspace_template)) as template:
            template.backup(connection)
        make_agent(connection, handle="ana", name="Ana Ruiz")
        make_agent(connection)
        make_queue(connection)
        for number in range(4):
            customer = make_customer(connection, name=f"Customer {number}") if number < 2 else number - 1
            ticket = make_ticket(connection, customer_id=customer, status=number)
            make_message(connection, ticket, at=NOW - number * HOUR, customer_id=customer)
        make_tag(connection, 1, "vip")
        rules.write(connection, "targets", TARGETS)
        after_inbound(connection, [1, 2, 3, 4])
        index_customers(connection, [1, 2])
        connection.execute(
            "INSERT INTO checklist(key, title, content, position, updated_at) VALUES('talk','The talk',?,99,0)",
            (to_toml([TEMPLATE]),),
        )
        yield connection, engine_over(connection)


def _in_memory() -> Connection:
    from storage.connect import driver

    connection: Connection = driver().connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys=ON")
    return connection


def _state(connection: Connection) -> State:
    return [connection.execute(query).fetchall() for query in STATE]


def _found(connection: Connection, word: str) -> int:
    return len(connection.execute("SELECT rowid FROM lookup WHERE lookup MATCH ?", (f'"{word}"',)).fetchall())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(deeds, min_size=1, max_size=8))
def test_undo_gives_back_what_was_and_redo_what_had_become(desk: tuple[Connection, Engine], plan: list[Deed]) -> None:
    template, _ = desk
    with closing(_in_memory()) as connection:
        template.backup(connection)
        engine = engine_over(connection)
        states = [_state(connection)]
        for number, deed in enumerate(plan):
            try:
                with deed_session(engine) as session:
                    deed(session, By(1, NOW + number * SECOND))
            except HeardError:
                assert _state(connection) == states[-1]
            else:
                states.append(_state(connection))
        # A deed may change nothing that is compared here (a view that stays in its place); those can't be undone.
        by = By(1, NOW + 9 * SECOND)
        walked = [states[-1]]
        while _step(engine, undo, by):
            walked.append(_state(connection))
        assert walked == _distinct(states)[::-1]
        again = [walked[-1]]
        while _step(engine, redo, by):
            again.append(_state(connection))
        assert again == _distinct(states)
        while _step(engine, undo, by):
            pass
        assert _state(connection) == states[0]
        assert _found(connection, "li") == 0
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def _distinct(states: list[State]) -> list[State]:
    return [state for place, state in enumerate(states) if place == 0 or state != states[place - 1]]


def _step(engine: Engine, move: Callable[[Session, By], Done], by: By) -> bool:
    try:
        with deed_session(engine) as session:
            move(session, by)
    except Refused as refused:
        if not refused.message.startswith("There is nothing to"):
            raise
        return False
    return True
