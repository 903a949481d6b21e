"""Snippets on the screen: the library, the form in which they are written, the picker over a reply."""

from pathlib import Path

import pytest

from desk.errors import BadInput
from desk.snippets import Snippet, parse_actions, parse_snippets
from screens.ask import Question
from screens.export import write_file
from screens.form import FormScreen
from screens.library import LibraryScreen
from screens.snippet_form import meaning
from screens.snippet_lines import action_words, preview, snippet_line
from screens.snippets import Chosen, SnippetPicker
from storage import library
from storage.connect import Connection
from storage.workspace import Workspace
from tests.factories import NOW, make_agent, make_customer, make_ticket
from tests.hostile import HOSTILE
from tests.rest import seen, settled
from tests.screens.stage import Stage, harmless_on_screen, storable, written
from widgets.inks import fit_pieces, pieces_width

REFUND = Snippet(
    "Refund on its way", "Hi {{customer.first_name|there}},\n{{ask: order number}}", trigger="myref", folder="Refund",
    keywords=("money back",), actions=parse_actions("status=pending +refund snooze=3d"), uses=3,
)  # fmt: skip


@pytest.fixture
def shelf(connection: Connection) -> None:
    """Two snippets in two folders, and none of the starter's."""
    connection.execute("DELETE FROM snippet")
    library.replace_or_add(connection, (REFUND, Snippet("Hello", "Good day!", folder="Greetings")), NOW)


def test_a_line_tells_title_trigger_and_use() -> None:
    line = "".join(text for text, _ in snippet_line(REFUND, 80, folder="shown"))
    assert line.split() == ["Refund", "±", "Refund", "on", "its", "way", ";myref", "3×"]
    for _, text in HOSTILE:
        snippet = Snippet(text, text, trigger=text, folder=text)
        assert pieces_width(snippet_line(snippet, 60, folder="shown")) == 60


@pytest.mark.parametrize(
    ("snippet", "name"),
    [
        (Snippet("", "Good day!", trigger="hi"), ";hi"),
        (Snippet(" ", "Your parcel is on its way to\nyou now", trigger=""), "Your parcel is on its way"),
        (Snippet("", "", trigger=""), "empty snippet"),
    ],
)
def test_without_a_title_the_trigger_or_the_first_words_stand_in_for_it(snippet: Snippet, name: str) -> None:
    line = "".join(text for text, _ in snippet_line(snippet, 80))
    assert line.strip().startswith(name)
    assert preview(snippet, {}, 70)[0][0][0] == name
    assert "no title" not in line


@pytest.mark.parametrize(("macros", "title"), [(False, "Snippets for #1042"), (True, "Macros for #1042")])
async def test_the_picker_says_what_it_picks_for_which_ticket(
    workspace: Workspace, connection: Connection, shelf: None, macros: bool, title: str
) -> None:
    ticket = make_ticket(connection, number=1042, customer_id=make_customer(connection, "Ana Ruiz"))
    app = Stage(workspace, LibraryScreen)
    async with app.run_test(size=(80, 24)):
        await settled(app)
        app.push_screen(SnippetPicker(app.seat, ticket, "", macros))
        await settled(app)
        assert title in seen(app)


def test_a_macro_says_what_it_changes() -> None:
    actions = parse_actions('status=solved assignee=me priority=high snooze="tue 9am" +late -new')
    assert action_words(actions) == (
        "status → solved", "assignee → me", "priority → high", "snoozed → tue 9am", "tags on: late", "tags off: new",
    )  # fmt: skip


def test_the_preview_is_filled_in_and_tells_what_is_open() -> None:
    text = ["".join(words for words, _ in line) for line in preview(REFUND, {"customer.first_name": "Ana"}, 70)]
    assert "Hi Ana," in text
    assert "± status → pending" in text
    assert "→ to fill in: order number" in text
    assert "Hi there," in ["".join(words for words, _ in line) for line in preview(REFUND, {}, 70)]
    for _, hostile in HOSTILE:
        for line in preview(Snippet(hostile, hostile, keywords=(hostile,)), {}, 40):
            assert pieces_width(fit_pieces(line, 40)) <= 40


def test_what_is_wrong_in_a_snippet_is_said_with_the_field() -> None:
    assert meaning(REFUND).startswith("typed as ;myref · filled in where known: ")
    with pytest.raises(BadInput, match=r"Text: “custmer\.name” is no variable"):
        meaning(Snippet("x", "{{custmer.name}}"))
    with pytest.raises(BadInput, match="Title: is empty"):
        meaning(Snippet("", "text"))


def test_a_file_is_not_written_over_unasked(tmp_path: Path) -> None:
    path = tmp_path / "snippets.toml"
    assert write_file(path, "one", over=False)
    assert not write_file(path, "two", over=False)
    assert path.read_text() == "one"
    assert write_file(path, "two", over=True)
    with pytest.raises(BadInput, match="can't be written"):
        write_file(tmp_path / "none" / "x", "one", over=False)


async def test_folders_search_and_export(workspace: Workspace, shelf: None, tmp_path: Path) -> None:
    app = Stage(workspace, LibraryScreen)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = app.screen
        assert isinstance(screen, LibraryScreen)
        await settled(app)
        assert "2 snippets" in seen(app)
        await pilot.press("right", "right")
        assert screen.folder == "Refund"
        assert "1 of 2 snippets" in seen(app)
        await pilot.press("escape", "/", "m", "o", "n", "e", "y", "enter")
        assert screen.lines.row is not None
        assert screen.lines.row.title == "Refund on its way"
        assert "± status → pending" in seen(app)
        file = tmp_path / "out.toml"
        screen.do("library.export", str(file))
        await settled(app)
        assert [snippet.title for snippet in parse_snippets(file.read_text(), "out")] == ["Refund on its way"]


async def test_a_snippet_is_written_with_its_mistakes_told_live(
    workspace: Workspace, connection: Connection, shelf: None
) -> None:
    app = Stage(workspace, LibraryScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(app)
        await pilot.press("+")
        form = app.screen
        assert isinstance(form, FormScreen)
        await pilot.press("T", "y", *["tab"] * 5, *"Hi {{nam}}")
        assert "is no variable" in form.reading
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, FormScreen)
        await pilot.press(*["backspace"] * 7, "ctrl+s")
        assert written(connection, "SELECT body FROM snippet WHERE title = 'Ty'") == "Hi"
        assert "Saved the snippet “Ty”" in seen(app)


async def test_a_form_that_is_left_comes_back_as_it_was_written(
    workspace: Workspace, connection: Connection, shelf: None
) -> None:
    app = Stage(workspace, LibraryScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(app)
        await pilot.press("enter", "escape")
        assert isinstance(app.screen, LibraryScreen)
        await pilot.press("enter", "x", "escape")
        assert isinstance(app.screen, LibraryScreen)
        assert "What you wrote is kept" in seen(app)
        await settled(app)
        await pilot.press("+")
        await settled(app)
        # Another snippet's form.
        assert form_of(app).values["title"] == ""
        await pilot.press("escape", "enter")
        await settled(app)
        assert form_of(app).values["title"] == "Hellox"
        assert "What you had written is back" in seen(app)
        await pilot.press("ctrl+g", "y")
        assert form_of(app).values["title"] == "Hello"
        await settled(app)
        assert connection.execute("SELECT count(*) FROM form_draft").fetchone() == (0,)
        await pilot.press("!", "escape")
        await settled(app)
        await pilot.press("enter")
        await settled(app)
        await pilot.press("ctrl+s")
        await settled(app)
        assert connection.execute("SELECT title FROM snippet WHERE title = 'Hello!'").fetchone()
        assert connection.execute("SELECT count(*) FROM form_draft").fetchone() == (0,)


def form_of(app: Stage) -> FormScreen:
    """The form in front."""
    assert isinstance(app.screen, FormScreen)
    return app.screen


async def test_a_question_over_a_form_gives_the_keys_back(workspace: Workspace, shelf: None) -> None:
    app = Stage(workspace, LibraryScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(app)
        await pilot.press("enter")
        form = app.screen
        assert isinstance(form, FormScreen)
        form.ask(Question("Test", lambda _: None))
        await pilot.press("x", "escape", "!")
        assert form.values["title"] == "Hello!"


async def test_delete_asks_and_is_undone(workspace: Workspace, connection: Connection, shelf: None) -> None:
    agent = make_agent(connection)
    app = Stage(workspace, LibraryScreen, agent_id=agent)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(app)
        await pilot.press("d", "y")
        assert written(connection, "SELECT count(*) FROM snippet") == 1
        await pilot.press("u")
        assert written(connection, "SELECT count(*) FROM snippet") == 2


@pytest.mark.parametrize("macros", [False, True])
async def test_the_picker_gives_what_its_preview_showed(
    workspace: Workspace, connection: Connection, shelf: None, macros: bool
) -> None:
    ticket = make_ticket(connection, customer_id=make_customer(connection, "Ana Ruiz"))
    app = Stage(workspace, LibraryScreen)
    chosen: list[Chosen | None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(app)
        app.push_screen(SnippetPicker(app.seat, ticket, "ref", macros), chosen.append)
        await settled(app)
        assert "Hi Ana," in seen(app)
        await pilot.press("enter")
        app.push_screen(SnippetPicker(app.seat, None, "good day", macros), chosen.append)
        await settled(app)
        await pilot.press("enter", "escape")
    assert chosen[0] is not None
    assert chosen[0].text == "Hi Ana,\n{{ask: order number}}"
    assert [field.prompt for field in chosen[0].fields] == ["order number"]
    assert [each.snippet.title if each else None for each in chosen[1:]] == [None if macros else "Hello"]


async def test_hostile_snippets_do_no_harm(workspace: Workspace, connection: Connection) -> None:
    for number, (_, text) in enumerate(HOSTILE):
        kept = storable(text)
        connection.execute(
            "INSERT INTO snippet(uid, title, folder, keywords, body, trigger, actions, uses, created_at, updated_at)"
            " VALUES(?,?,?,?,?,?,'',0,0,0)",
            (number.to_bytes(16), kept, kept[:50], kept, kept, " ".join((kept, str(number)))),
        )
    app = Stage(workspace, LibraryScreen)
    async with app.run_test(size=(100, 140)):
        screen = app.screen
        assert isinstance(screen, LibraryScreen)
        await settled(app)
        harmless_on_screen(app)
        for _ in HOSTILE[::4]:
            screen.step(4)
            await settled(app)
            harmless_on_screen(app)
    assert not app.failed
