"""Keeping answers and making tasks from the workspace, and the two pages that show what came of it."""

from pathlib import Path

import pytest

from desk.ids import new_uid
from desk.records import DraftRow
from desk.snippets import Snippet
from desk.times import HOUR, now
from screens.ask import AskPanel
from screens.confirm import ConfirmScreen
from screens.desk_screen import DeskScreen
from screens.form import FormScreen
from screens.known import KnownScreen
from screens.known_lines import DRIFT
from screens.snippets import SnippetPicker
from screens.tasks import TasksScreen, Under
from screens.workspace import WorkspaceScreen
from storage import drafts, library
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.tasks import TaskText, make
from storage.deeds.write import Outgoing, write
from storage.drafts import Inserted, remember
from storage.engine import deed_session, engine_over
from storage.knowledge.tasks import open_tasks
from storage.workspace import Workspace
from tests.factories import NOW, make_agent, make_message, make_ticket
from tests.hostile import HOSTILE
from tests.rest import seen, settled
from tests.screens.room import console, desk, fill, notice, press
from tests.screens.stage import Stage, harmless_on_screen, storable
from widgets.fields import TextField

ANSWER = (
    "Hi Rosa,\n\nyour refund left today and will be with you, Rosa, within three working days, as your bank takes that "
    "long. You don't have to do anything.\n\nKind regards\nAna Bell"
)


def _answered(connection: Connection, ticket: int) -> int:
    return make_message(connection, ticket, kind="outbound", body=ANSWER, at=NOW + HOUR)


async def test_two_keys_keep_a_question_and_its_answer_and_undo_takes_it_back(
    connection: Connection, workspace: Workspace
) -> None:
    ticket = fill(connection)[0]
    _answered(connection, ticket)
    async with console(workspace) as app:
        await press(app, "K", "Ctrl+S")
        assert notice(app) == "Kept “Refund for order 8841” as a known answer.  u undoes"
        (kept,) = [each for each in library.snippets(connection) if each.question]
        assert (kept.folder, kept.question) == ("Answers", "Where is it?")
        assert kept.body == (
            "your refund left today and will be with you, {{customer.first_name}}, within three working days, as your "
            "bank takes that long. You don't have to do anything."
        )
        assert connection.execute("SELECT ticket_id FROM known_answer").fetchall() == [(ticket,)]
        await press(app, "u")
        assert not [each for each in library.snippets(connection) if each.question]


async def test_one_that_is_alike_is_shown_first_and_can_be_improved(
    connection: Connection, workspace: Workspace
) -> None:
    ticket = fill(connection)[0]
    _answered(connection, ticket)
    async with console(workspace) as app:
        await press(app, "K", "Ctrl+S", "K")
        assert "Improve “Refund for order 8841”" in seen(app)
        desk(app).query_one(AskPanel).answer()
        await settled(app)
        await press(app, "Ctrl+S")
        assert notice(app).startswith("Improved the answer")
    assert len([each for each in library.snippets(connection) if each.question]) == 1


async def test_a_ticket_without_an_answer_says_so(connection: Connection, workspace: Workspace) -> None:
    fill(connection)
    async with console(workspace) as app:
        await press(app, "K")
        assert "has no answer yet" in notice(app)


async def test_a_task_is_made_with_a_cause_that_completes_itself(connection: Connection, workspace: Workspace) -> None:
    ids = fill(connection)
    by = By(1, NOW)
    with deed_session(engine_over(connection)) as session:
        make(session, by, TaskText("Old", "label printed twice"), ids[1])
    async with console(workspace) as app:
        await press(app, "L")
        form = app.screen
        assert isinstance(form, FormScreen)
        cause = _field(form, "cause")
        cause.focus()
        for key, value in (("title", "Fix the label"), ("due", "3d"), ("cause", "label pr")):
            _field(form, key).value = value
        await settled(app)
        # What was typed before is offered as it was typed, and Right takes it.
        cause.action_end()
        cause.action_cursor_right()
        await settled(app)
        assert cause.value == "label printed twice"
        assert "this cause: 1 ticket so far" in form.reading
        await press(app, "Ctrl+S")
        assert notice(app) == "Made the task “Fix the label”.  u undoes"
    made = open_tasks(connection)[0]
    assert (made.title, made.cause, [each.id for each in made.tickets]) == (
        "Fix the label", "label printed twice", [desk(app).current_id],
    )  # fmt: skip


def _field(form: FormScreen, key: str) -> TextField:
    field = form._inputs[key]
    assert isinstance(field, TextField)
    return field


async def test_the_page_of_tasks_ticks_links_and_gives(
    connection: Connection, workspace: Workspace, tmp_path: Path
) -> None:
    ids = fill(connection)
    by = By(1, NOW)
    with deed_session(engine_over(connection)) as session:
        make(session, by, TaskText("Fix the label", "label", None, NOW), ids[0])
        make(session, by, TaskText("Tell the bank", "slow bank"), ids[1])
    first, second = open_tasks(connection)
    assert (first.title, second.title) == ("Fix the label", "Tell the bank")
    async with console(workspace) as app:
        await press(app, "g", "t")
        page = app.screen
        assert isinstance(page, TasksScreen)
        assert page.titles[0] == "2 open · 1 late"
        await press(app, "a", "a")
        assert open_tasks(connection)[0].assignee == "Ana Bell"
        page.action_task_link("#1003")
        await settled(app)
        assert [each.id for each in open_tasks(connection)[0].tickets] == [ids[0], ids[2]]
        await press(app, "Enter", "j", "j")
        assert isinstance(page.lines.row, Under)
        assert page.lines.row.ticket.id == ids[2]
        await press(app, "d")
        assert [each.id for each in open_tasks(connection)[0].tickets] == [ids[0]]
        await press(app, "k", "x")
        assert [each.title for each in open_tasks(connection)] == ["Tell the bank"]
        await press(app, "Right")
        assert "label" in seen(app)
        assert "slow bank" in seen(app)
        page.action_task_export(str(tmp_path / "causes.md"))
        await settled(app)
        told = (tmp_path / "causes.md").read_text()
        assert "| label | 1 | 1 | 0 | " in told
        # What is there already is not written over without a question.
        page.action_task_export(str(tmp_path / "causes.md"))
        await settled(app)
        assert isinstance(app.screen, ConfirmScreen)
        await press(app, "Esc")
        await press(app, "Right")
        assert "Fix the label" in seen(app)
        await press(app, "u")
        assert len(open_tasks(connection)) == 2
        await press(app, "Left", "Left", "j", "Enter")
        assert desk(app).reading_id == ids[0]


async def test_the_page_of_answers_opens_the_tickets_behind_a_line_and_keeps_it(
    connection: Connection, workspace: Workspace, tmp_path: Path
) -> None:
    ids = fill(connection)
    present = now()
    for ticket in ids[:3]:
        make_message(connection, ticket, kind="outbound", body=ANSWER, at=present - HOUR)
    async with console(workspace) as app:
        await press(app, "g", "a")
        page = app.screen
        assert isinstance(page, KnownScreen)
        assert page.titles[0] == "3 of 3 replies were known"
        assert "assumed" in seen(app)
        assert "Your refund left today" in seen(app)
        await press(app, "Enter", "j")
        assert "#1003" in seen(app)
        page.action_known_export(str(tmp_path / "known.csv"))
        await settled(app)
        first, second = (tmp_path / "known.csv").read_text().splitlines()
        assert first.startswith("answer,given_by,times,each,cost,basis,tickets")
        assert ",hand,3,240,720.0,assumed," in second.replace("240.0", "240")
        page.action_known_since("2000-01-01")
        await settled(app)
        assert page.path == ("Known answers", "since 2000-01-01")
        await press(app, "g", "g", "K", "Ctrl+S")
        assert [each.folder for each in library.snippets(connection) if each.question] == ["Answers"]
        await press(app, "Enter", "j", "Enter")
        assert desk(app).reading_id == ids[2]


async def test_a_drifting_snippet_takes_the_change_over(connection: Connection, workspace: Workspace) -> None:
    ticket = fill(connection)[0]
    engine = engine_over(connection)
    body = "It takes five days, then your money is back."
    library.replace_or_add(connection, [Snippet("Money back", body)], NOW)
    (snippet,) = [each for each in library.snippets(connection) if each.title == "Money back"]
    for number in range(2):
        by = By(1, now() - HOUR + number)
        connection.execute("DELETE FROM draft")
        remember(connection, ticket, 1, "reply", by.at, Inserted(snippet.id, snippet.title, body))
        text = body.replace("five", "three")
        drafts.save(connection, DraftRow(ticket, 1, "reply", "", "", "", text, (), 0, None, by.at))
        with deed_session(engine) as session:
            write(session, by, ticket, Outgoing("reply", "Hi Rosa,\n\n" + text, "rosa@example.org"))
    async with console(workspace) as app:
        await press(app, "g", "a", "Right")
        page = app.screen
        assert isinstance(page, KnownScreen)
        assert page.part == DRIFT
        assert "“five” → “three”" in seen(app)
        assert "2 of 2 changed" in seen(app)
        await press(app, "Ctrl+E", "Ctrl+S")
        (better,) = [each for each in library.snippets(connection) if each.title == "Money back"]
        assert better.body == body.replace("five", "three")
        assert page.titles[0] == "0 snippets are changed"


async def test_answers_to_questions_like_this_stand_first_in_the_picker(
    connection: Connection, workspace: Workspace
) -> None:
    fill(connection)
    library.replace_or_add(connection, [Snippet("Zebra", "It left.", "zebra")], NOW)
    zebra = library.snippet_named(connection, "zebra").id
    connection.execute("INSERT INTO known_answer VALUES(?, 'Refund for order: where is it?', NULL, NULL, 0)", (zebra,))
    async with console(workspace) as app:
        await press(app, ";")
        picker = app.screen
        assert isinstance(picker, SnippetPicker)
        assert picker.lines.row is not None
        assert picker.lines.row.title == "Zebra"
        assert "≈ Zebra  1× like this" in seen(app)
        assert "answers: Refund for order" in picker.preview.text
        # Once words are searched for, they decide; the question's words count among them.
        picker.field.value = "password"
        await settled(app)
        assert picker.lines.row.title != "Zebra"
        picker.field.value = "where refund order"
        await settled(app)
        assert picker.lines.row.title == "Zebra"
        picker.dismiss(None)
        await settled(app)
        # The snippet that goes in is remembered with the draft, and its use is written when the reply leaves.
        desk(app).write("reply")
        await settled(app)
        desk(app)._pick("zebra", macros=False)
        await settled(app)
        picker = app.screen
        assert isinstance(picker, SnippetPicker)
        picker._picked()
        await settled(app)
        await press(app, "Ctrl+S")
        await settled(app)
        assert isinstance(app.screen, WorkspaceScreen), seen(app)
        assert connection.execute("SELECT snippet_id, changed, text FROM snippet_use").fetchall() == [
            (zebra, 0, "It left.")
        ]


async def test_a_task_that_is_late_is_told_of_once_and_replies_are_read_in_between(
    connection: Connection, workspace: Workspace
) -> None:
    ids = fill(connection)
    with deed_session(engine_over(connection)) as session:
        make(session, By(1, NOW), TaskText("Fix the label", "label", None, now() - HOUR), ids[0])
    make_message(connection, ids[0], kind="outbound", body=ANSWER)
    async with console(workspace) as app:
        work = desk(app)
        work._look_for_late()
        work._read_on()
        await settled(app)
        assert notice(app) == "Overdue: Fix the label.  g t shows the tasks"
        assert connection.execute("SELECT count(*) FROM answer_member").fetchone() == (1,)
        work.notices.clear()
        work._look_for_late()
        await settled(app)
        assert notice(app) == ""


@pytest.mark.parametrize("page", [TasksScreen, KnownScreen])
async def test_whatever_strangers_wrote_is_harmless_on_the_pages(
    connection: Connection, workspace: Workspace, page: type[DeskScreen[None]]
) -> None:
    make_agent(connection)
    for text in (storable(each) for _, each in HOSTILE):
        ticket = make_ticket(connection, subject=text)
        for _ in range(2):
            make_message(connection, ticket, kind="outbound", body=f"{text}\n{ANSWER}", at=now() - HOUR)
        connection.execute(
            "INSERT INTO task(uid, title, cause, state, created_at, due_at) VALUES(?, ?, ?, 'open', 0, 0)",
            (new_uid(), text, text),
        )
        connection.execute("INSERT INTO task_ticket VALUES((SELECT max(id) FROM task), ?)", (ticket,))
    app = Stage(workspace, page, clock=now)
    async with app.run_test(size=(120, 36)):
        await settled(app)
        screen = app.screen
        assert isinstance(screen, TasksScreen | KnownScreen)
        for _ in range(2):
            screen.open_here()
            await settled(app)
            screen.step(9)
            await settled(app)
            harmless_on_screen(app)
            screen.action_page_next()
            await settled(app)
        harmless_on_screen(app)
