"""The reviewer at the composer: marks while the keys rest, one question before sending, rules muted for one agent."""

import pytest

from console.app import HeardApp
from desk.errors import Refused
from desk.review.marks import Context, Mark
from screens.action import Place
from screens.confirm import ConfirmScreen
from screens.review_lines import Reviewed, reviewed
from storage import rules
from storage.connect import Connection, writing
from storage.review import mute
from storage.workspace import Workspace
from tests.factories import make_agent
from tests.rest import seen, settled, until
from tests.screens.room import console, desk, fill, notice, place, press
from tests.screens.stage import written
from widgets.composer import Written
from widgets.editor import Editor

SENT = "SELECT count(*) FROM outbox"
NOTED = "SELECT count(*) FROM message WHERE kind = 'note'"


def rules_of(app: HeardApp) -> list[str]:
    return [mark.rule for mark in desk(app).composer.marks]


async def write(app: HeardApp, text: str, *marked: str) -> None:
    """Put text in, and wait until it is reviewed as it stands."""
    desk(app).composer.insert(text)
    await settled(app)
    await until(app, lambda: tuple(rules_of(app)) == marked)
    await settled(app)


def question(app: HeardApp) -> str:
    assert isinstance(app.screen, ConfirmScreen)
    return " ".join(line.strip() for line in app.screen.words)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_marks_come_when_the_keys_rest_and_are_explained(
    workspace: Workspace, connection: Connection, size: tuple[int, int]
) -> None:
    fill(connection)
    async with console(workspace, size=size) as app:
        await press(app, "Enter", "r")
        assert not desk(app).composer.review_line.display
        await write(app, "It should work now. Sorry for any inconvenience.", "certainty", "apology")
        assert "1/2 Sounds unsure about something that can be checked." in seen(app)
        assert "F8 fix" in seen(app)
        await press(app, "F7", "F7")
        assert "2/2 " in seen(app)
        assert "F8 fix" not in seen(app)
        assert app.query_one(Editor).size.height >= 3
        assert app.screen.focused is app.query_one(Editor)


async def test_f8_puts_the_proposal_in_and_one_undo_takes_it_back(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace, size=(80, 24)) as app:
        await press(app, "Enter", "r")
        await write(app, "It should work now.", "certainty")
        await press(app, "F8")
        assert desk(app).composer.written.body == "It works now."
        await until(app, lambda: not rules_of(app))
        desk(app).composer.undo()
        assert desk(app).composer.written.body == "It should work now."
        await until(app, lambda: rules_of(app) == ["certainty"])


async def test_a_muted_rule_is_silent_for_this_agent_until_it_is_heard_again(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    async with console(workspace, size=(80, 24)) as app:
        await press(app, "Enter", "r")
        await write(app, "It should work now. The backend is up.", "certainty", "jargon")
        await press(app, "F4")
        assert "Muted for you: Say what is" in notice(app)
        assert rules_of(app) == ["jargon"]
        await until(app, lambda: desk(app).situation().muted)
        assert rules_of(app) == ["jargon"]
        assert written(connection, "SELECT value FROM setting WHERE key LIKE 'review.muted.%'") == '["certainty"]'
        desk(app).action_composer_unmute("say what is")
        await until(app, lambda: rules_of(app) == ["certainty", "jargon"])
        with pytest.raises(Refused, match="isn't muted"):
            desk(app).action_composer_unmute("jargon")


async def test_what_asks_before_sending_cant_be_muted(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        await press(app, "Enter", "r")
        await write(app, "Hi Sam, it left.", "wrong-name")
        with pytest.raises(Refused, match="can't be muted"):
            desk(app).action_composer_mute()


@pytest.mark.parametrize(
    ("key", "text", "title", "said"),
    [
        ("r", "Hi Sam,\nit left.", "Send it as it is?", "“Sam”: This isn't the customer's name."),
        ("r", "The customer is angry, be kind.", "Send it as it is?", "would go to them"),
        ("r", "Your order [ORDER NUMBER] left.", "Send it with open fields?", "[ORDER NUMBER]"),
        ("n", "Hi Rosa,\nit left.", "Save it as a note?", "“Hi Rosa”"),
    ],
)
async def test_what_cant_be_meant_asks_once(
    workspace: Workspace, connection: Connection, key: str, text: str, title: str, said: str
) -> None:
    fill(connection)
    async with console(workspace, size=(80, 24)) as app:
        await press(app, "Enter", key)
        desk(app).composer.insert(text)
        await settled(app)
        await press(app, "Ctrl+S")
        assert title in question(app)
        assert said in question(app)
        await press(app, "Esc")
        assert place(app) is Place.COMPOSER
        assert desk(app).composer.written.body == text
        assert written(connection, SENT) == 0
        await press(app, "Ctrl+S", "Enter")
        assert written(connection, NOTED if key == "n" else SENT) == 1
        assert place(app) is Place.TICKET


async def test_one_question_names_everything(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace, size=(80, 24)) as app:
        await press(app, "Enter", "r")
        desk(app).composer.insert("Hi Sam,\n{{ask: amount}} left, {{nope}} too.")
        await settled(app)
        await press(app, "Ctrl+S")
        assert "Send it as it is?" in question(app)
        for part in ("amount, {{nope}}", "“Sam”"):
            assert part in question(app)


async def test_a_name_from_the_ticket_before_is_noticed(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        await press(app, "Enter")
        await press(app, "]")
        assert desk(app).here is not None
        await press(app, "r")
        await write(app, "Hi Li,\nthe parcel of Rosa Bianchi left us.", "wrong-name")


async def test_everything_else_is_sent_without_a_word(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        await press(app, "Enter", "r")
        await write(app, "I think it should work now. Sorry for any inconvenience.", "guess", "certainty", "apology")
        await press(app, "Ctrl+S")
        assert written(connection, SENT) == 1


async def test_the_teams_rules_are_those_of_the_composer(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    rules.write(connection, "review", '[[rule]]\nkey = "wrong-name"\nasks = false\n')
    async with console(workspace) as app:
        await press(app, "Enter", "r")
        await write(app, "Hi Sam, it left.", "wrong-name")
        await press(app, "Ctrl+S")
        assert written(connection, SENT) == 1


def test_what_asks_asks_though_it_was_muted(connection: Connection) -> None:
    agent = make_agent(connection, handle="cy")
    mute(connection, agent, "wrong-name")
    mute(connection, agent, "certainty")
    context = Context(language="en", names=("Rosa Bianchi",))
    found = reviewed(connection, "Hi Sam,\nit should work.", context, agent)
    assert [mark.rule for mark in found.marks] == ["wrong-name"]
    assert found.muted == {"wrong-name", "certainty"}


async def test_a_review_of_what_stood_there_before_is_forgotten(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        await press(app, "Enter", "r")
        desk(app).composer.insert("It left us.")
        mark = Mark("certainty", 0, 7, "It left", "Why.", "What.")
        desk(app)._take_review(Reviewed("It left", (mark,), frozenset(), {}))
        assert rules_of(app) == []
        desk(app)._take_review(Reviewed("It left us.", (mark,), frozenset(), {}))
        assert rules_of(app) == ["certainty"]


async def test_rules_that_cant_be_read_ask_and_keep_nothing_from_leaving(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    with writing(connection):
        broken = '[[rule]]\nkey = "jargon"\nwhat = "of another version"\n'
        connection.execute("INSERT INTO setting(key, value) VALUES('rules.review', ?)", (broken,))
    async with console(workspace, size=(80, 24)) as app:
        await press(app, "Enter", "r")
        desk(app).composer.insert("It left.")
        await settled(app)
        await press(app, "Ctrl+S")
        assert "Send it without a review?" in question(app)
        assert "what" in question(app)
        await press(app, "Esc")
        assert (place(app), written(connection, SENT)) == (Place.COMPOSER, 0)
        await press(app, "Ctrl+S", "Enter")
        assert written(connection, SENT) == 1


async def test_a_huge_draft_is_written_on(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        await press(app, "Enter", "r")
        desk(app).composer.open(Written("reply", body="I think it should work. " * 20_000), title="long")
        desk(app).review_now()
        await until(app, lambda: len(desk(app).composer.marks) > 50)
        desk(app).composer.insert("and on")
        assert desk(app).composer.written.body.startswith("and on")
