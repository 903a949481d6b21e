from dataclasses import replace
from datetime import UTC

import pytest
from sqlalchemy import Engine

from desk.checklists import ChecklistTemplate, Step
from desk.errors import BadInput, NotFound, Refused
from screens.reading import opened
from storage.connect import Connection
from storage.deeds import checklist
from storage.deeds.by import By
from storage.deeds.undo import undo
from storage.engine import deed_session
from storage.library import replace_or_add
from storage.runs import runs
from tests.factories import make_ticket
from widgets.checklist_lines import run_progress


def test_a_tick_has_its_time_and_agent_and_begins_the_list(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection)
    with deed_session(engine) as session:
        done = checklist.tick(session, by, ticket, "heard", "hear")
    assert done.title == "Ticked “Hear” on #1001"
    (run,) = runs(connection, ticket)
    assert [(tick.step, tick.state, tick.agent, tick.at) for tick in run.ticks] == [("hear", "done", "Ana Ruiz", by.at)]
    assert connection.execute("SELECT kind FROM event ORDER BY id").fetchall() == [("begun",), ("ticked",)]
    with deed_session(engine) as session:
        undo(session, by)
    assert runs(connection, ticket) == ()


def test_the_goal_stays_on_the_ticket(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection)
    key, step = _step_with_goal(connection)
    for text in ("pay by card", "pay by invoice"):
        with deed_session(engine) as session:
            checklist.tick(session, by, ticket, key, step, f" {text}\n")
        assert connection.execute("SELECT goal FROM ticket").fetchone() == (text,)
    with deed_session(engine) as session:
        undo(session, by)
    assert connection.execute("SELECT goal FROM ticket").fetchone() == ("pay by card",)
    assert [tick.text for tick in runs(connection, ticket)[0].ticks] == ["pay by card"]


def test_a_goal_that_is_emptied_goes_from_the_ticket_unless_it_came_from_elsewhere(
    connection: Connection, engine: Engine, by: By
) -> None:
    ticket = make_ticket(connection)
    key, step = _step_with_goal(connection)
    with deed_session(engine) as session:
        checklist.tick(session, by, ticket, key, step, "pay by card")
    with deed_session(engine) as session:
        checklist.empty(session, by, ticket, key, step)
    assert connection.execute("SELECT goal FROM ticket").fetchone() == ("",)
    assert runs(connection, ticket)[0].ticks[0].state == "done"
    with deed_session(engine) as session:
        undo(session, by)
    assert connection.execute("SELECT goal FROM ticket").fetchone() == ("pay by card",)
    connection.execute("UPDATE ticket SET goal = 'told on the phone'")
    with deed_session(engine) as session:
        checklist.skip(session, by, ticket, key, step, "known")
    assert connection.execute("SELECT goal FROM ticket").fetchone() == ("told on the phone",)


def test_a_tick_leaves_what_a_colleague_has_written_there_a_moment_ago(
    connection: Connection, engine: Engine, by: By
) -> None:
    ticket = make_ticket(connection)
    key, step = _step_with_goal(connection)
    with deed_session(engine) as session:
        checklist.tick(session, by, ticket, key, step, "pay by card")
    # Another console hasn't seen it yet, and ticks the step with its digit.
    with pytest.raises(Refused, match="is done already"), deed_session(engine) as session:
        checklist.tick(session, by, ticket, key, step)
    connection.execute("UPDATE checklist_tick SET state = 'skipped'")
    with deed_session(engine) as session:
        checklist.tick(session, by, ticket, key, step)
    assert [(tick.state, tick.text) for tick in runs(connection, ticket)[0].ticks] == [("done", "pay by card")]
    assert connection.execute("SELECT goal FROM ticket").fetchone() == ("pay by card",)


def test_a_skip_needs_a_reason_and_a_tick_replaces_it(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection)
    with pytest.raises(BadInput, match="with a reason"), deed_session(engine) as session:
        checklist.skip(session, by, ticket, "heard", "apologize", " ")
    with deed_session(engine) as session:
        checklist.skip(session, by, ticket, "heard", "apologize", "nothing went wrong")
    (run,) = runs(connection, ticket)
    assert (run.ticks[0].state, run.ticks[0].reason) == ("skipped", "nothing went wrong")
    with deed_session(engine) as session:
        checklist.tick(session, by, ticket, "heard", "apologize")
    (run,) = runs(connection, ticket)
    assert (run.ticks[0].state, run.ticks[0].reason) == ("done", "")


def test_unticking_opens_the_step_again(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection)
    with deed_session(engine) as session:
        checklist.begin(session, by, ticket, "heard")
    with pytest.raises(Refused, match="not ticked"), deed_session(engine) as session:
        checklist.untick(session, by, ticket, "heard", "hear")
    with deed_session(engine) as session:
        checklist.tick(session, by, ticket, "heard", "hear")
    with deed_session(engine) as session:
        assert checklist.untick(session, by, ticket, "heard", "hear").title == "Unticked “Hear” on #1001"
    assert runs(connection, ticket)[0].ticks == ()


def test_a_list_that_is_edited_while_it_is_worked_through_goes_on_with_its_new_steps(
    connection: Connection, engine: Engine, by: By
) -> None:
    ticket = make_ticket(connection)
    one, two, new = (Step(key, key.capitalize(), "do it") for key in ("one", "two", "new"))
    replace_or_add(connection, [ChecklistTemplate("own", "Own", (one, two))], by.at)
    with deed_session(engine) as session:
        checklist.tick(session, by, ticket, "own", "one")
    replace_or_add(connection, [ChecklistTemplate("own", "Our own", (new, replace(two, title="Second")))], by.at)
    with deed_session(engine) as session:
        assert checklist.tick(session, by, ticket, "own", "two").title == "Ticked “Second” on #1001"
        with pytest.raises(BadInput, match="“one” is no step of Our own"):
            checklist.tick(session, by, ticket, "own", "one")
    ((template, run),) = opened(connection, ticket, by.at, UTC).runs
    assert run_progress(template, run).text == "1/2"
    with deed_session(engine) as session:
        assert checklist.untick(session, by, ticket, "own", "one").title == "Unticked “one” on #1001"
    with deed_session(engine) as session:
        undo(session, by)
    assert {tick.step for tick in runs(connection, ticket)[0].ticks} == {"one", "two"}


def test_what_is_there_already_or_not_at_all_is_refused(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection)
    with deed_session(engine) as session:
        checklist.tick(session, by, ticket, "heard", "hear")
    with pytest.raises(Refused, match="is done already"), deed_session(engine) as session:
        checklist.tick(session, by, ticket, "heard", "hear")
    with pytest.raises(Refused, match="HEARD is already on #1001"), deed_session(engine) as session:
        checklist.begin(session, by, ticket, "heard")
    with pytest.raises(NotFound, match=r"Did you mean heard\?"), deed_session(engine) as session:
        checklist.begin(session, by, ticket, "herd")
    with pytest.raises(BadInput, match="no step of HEARD"), deed_session(engine) as session:
        checklist.tick(session, by, ticket, "heard", "here")


def _step_with_goal(connection: Connection) -> tuple[str, str]:
    from storage.library import templates

    return next(
        (template.key, step.key)
        for template in templates(connection)
        for step in template.steps
        if step.field == "goal"
    )
