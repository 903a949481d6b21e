"""Section 1 of the practice, walked: the two conversation checklists beside a ticket, from the keys alone."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.__main__ import main
from desk.flags import Flag, write
from desk.reports.period import Period
from desk.reports.report import Report
from desk.statuses import Status
from desk.times import DAY, now
from screens.action import Place
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.change import change
from storage.deeds.checklist import skip, tick
from storage.deeds.plan import Change
from storage.engine import deed_session
from storage.reports import Asked, read
from storage.workspace import Workspace
from tests.factories import make_ticket
from tests.practice.walking import answer, step
from tests.rest import seen, settled
from tests.screens.room import console, desk, fill, place, press


def ticks(connection: Connection, checklist: str) -> dict[str, tuple[str, str, str]]:
    """Every settled step of that list: its state, the reason and the text."""
    found = connection.execute(
        "SELECT k.step, k.state, k.reason, k.text FROM checklist_tick k JOIN checklist_run r ON r.id = k.run_id "
        "WHERE r.checklist_key = ? ORDER BY k.at, k.step",
        (checklist,),
    )
    return {name: (state, reason, text) for name, state, reason, text in found}


def angry(connection: Connection) -> None:
    fill(connection)
    connection.execute("UPDATE message SET body = 'This is UNACCEPTABLE. I am furious and fed up!' WHERE ticket_id = 1")


async def test_an_angry_customer_gets_heard_and_diagnose_may_come_after_the_solution(
    workspace: Workspace, connection: Connection
) -> None:
    angry(connection)
    async with console(workspace, size=(160, 60)) as app:
        await press(app, "Enter", "H")
        assert place(app) is Place.CHECKLIST
        assert "HEARD suggested" in seen(app)
        await press(app, "Space", "1")
        assert "Count to three" in seen(app), "the step at hand shows its tip"
        assert "Done by Ana Bell" in seen(app), "each tick has its agent and its time"
        await press(app, "2")
        await press(app, "j")
        await step(app, "-", "nothing went wrong on our side")
        await press(app, "5", "5")
        assert set(ticks(connection, "heard")) == {"hear", "empathize", "apologize"}
        assert ticks(connection, "heard")["apologize"] == ("skipped", "nothing went wrong on our side", "")
        assert "skipped: nothing went wrong" in seen(app)
        await press(app, "4")
        await press(app, "e")
        assert connection.execute("SELECT status FROM ticket WHERE id = 1").fetchone() == (3,)
        assert desk(app).reading_id == 1
        await press(app, "5")
        assert ticks(connection, "heard")["diagnose"][0] == "done"
        await step(app, "Enter", "the label was printed twice")
        assert connection.execute("SELECT cause FROM task").fetchone() == ("the label was printed twice",)
    report = asked(connection)
    later = next(table for table in report.tables if table.key == "later")
    assert later.rows == (("HEARD", "Diagnose", 1, 1, 1.0, 0),), "it is reported apart"


def asked(connection: Connection) -> Report:
    from datetime import UTC

    present = now()
    return read(connection, "checklists", Asked(Period(present - DAY, present + DAY), present, UTC))


async def test_the_ten_steps_keep_goal_summary_and_choice_for_everyone_after(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    async with console(workspace, size=(160, 60)) as app:
        await press(app, "Enter", "H")
        assert "Ten steps suggested" in seen(app)
        await press(app, "Space", *"12345678907")
        assert [name for name, tick in ticks(connection, "ten-steps").items() if tick[0] != "done"] == []
        assert len(ticks(connection, "ten-steps")) == 9, "a digit takes its tick back"
        for digit, text in (("3", "send the parcel to Rome"), ("5", "it lies in Milan"), ("8", "a courier by Friday")):
            await press(app, digit, "Enter")
            await answer(app, text)
        await press(app, "Esc", "]", "[")
        for told in ("Goal send the parcel to Rome", "Summary it lies in Milan", "Choice a courier by Friday"):
            assert told in seen(app)
    kept = connection.execute("SELECT goal, summary, choice FROM ticket WHERE id = 1").fetchone()
    assert kept == ("send the parcel to Rome", "it lies in Milan", "a courier by Friday")


async def test_one_key_puts_the_snippet_of_a_step_into_the_reply(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace, size=(160, 60)) as app:
        await press(app, "Enter", "H", "Space", ";")
        assert place(app) is Place.COMPOSER
        (body,) = connection.execute("SELECT body FROM snippet WHERE \"trigger\" = 'onit'").fetchone()
        assert desk(app).composer.written.body.split()[-1] == body.split()[-1]


async def test_the_agent_can_take_another_list_and_a_flag_suggests_its_own(
    workspace: Workspace, connection: Connection
) -> None:
    angry(connection)
    connection.execute("UPDATE customer SET flags = ? WHERE id = 1", (write([Flag("abusive", "called Bo names")]),))
    async with console(workspace, size=(160, 60)) as app:
        await press(app, "Enter", "H")
        assert "When they abuse suggested" in seen(app)
        await press(app, "+")
        await answer(app, "ten")
        await settled(app)
        assert desk(app).checklist.checklist == "ten-steps"


async def test_what_was_written_at_a_step_can_be_taken_out(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace, size=(160, 60)) as app:
        await press(app, "Enter", "H", "Space", "3")
        for text in ("send it to Rome", ""):
            await step(app, "Enter", text)
            assert connection.execute("SELECT goal FROM ticket WHERE id = 1").fetchone() == (text,)
        assert ticks(connection, "ten-steps")["goal"] == ("done", "", "")


OWN = """
[[checklist]]
key = "calls"
title = "On the phone"
channels = ["phone"]

[[checklist.step]]
key = "name"
title = "Say your name"
meaning = "Before anything else"
tip = "Slowly: they are looking for a pen."
snippet = "call"
required = false
"""


async def test_a_team_writes_its_own_lists_as_toml_bound_to_a_channel(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    fill(connection)
    connection.execute("UPDATE ticket SET channel_id = (SELECT id FROM channel WHERE key = 'phone') WHERE id = 1")
    file = tmp_path / "own.toml"
    file.write_text(OWN)
    assert main(["--workspace", str(workspace.folder), "checklists", "import", str(file)]) == 0
    async with console(workspace, size=(160, 60)) as app:
        await press(app, "Enter", "H")
        assert "On the phone suggested" in seen(app)
        await press(app, "Space", "1")
        assert ticks(connection, "calls") == {"name": ("done", "", "")}


def test_the_funnel_is_told_by_team_channel_and_agent(
    workspace: Workspace, connection: Connection, engine: Engine, by: By, capsys: pytest.CaptureFixture[str]
) -> None:
    ticket = make_ticket(connection)
    with deed_session(engine) as session:
        tick(session, by, ticket, "heard", "hear")
    with deed_session(engine) as session:
        skip(session, by, ticket, "heard", "empathize", "they were in a hurry")
    for status in (Status.SOLVED, Status.OPEN, Status.SOLVED):
        with deed_session(engine) as session:
            change(session, By(by.agent_id, by.at + int(status) + 1), [ticket], Change(status=status))
    words = ["--workspace", str(workspace.folder), "report", "checklists", "--since", "2026-03-01", "--json"]
    assert main(words) == 0
    tables = json.loads(capsys.readouterr().out)["tables"]
    assert [(row["step"], row["reached"]) for row in tables["steps"]["rows"][:3]] == [
        ("(no step)", 1), ("Hear", 1), ("Empathize", 1),
    ]  # fmt: skip
    (back,) = tables["reopened"]["rows"]
    assert (back["step"], back["skipped"], back["skipped_reopened"]) == ("Empathize", 1, 1.0)
    assert back["difference"] is None, "of few cases nothing is claimed"
    assert tables["by_team"]["rows"][0]["team"] == "no team"
    assert tables["by_channel"]["rows"][0]["channel"] == "Email"
    assert tables["by_agent"]["rows"][0]["agent"] == "Ana Ruiz"
