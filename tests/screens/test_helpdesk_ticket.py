"""A helpdesk's ticket in the console: where it is from, its own words and page, and files that come on demand."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from screens.ask import AskPanel
from screens.workspace_copy import own_hosts
from storage import sources
from storage.attachments import keep
from storage.connect import Connection, writing
from storage.helpdesk import files
from storage.workspace import Workspace
from sync.lock import only_one
from tests.factories import NOW, make_standing
from tests.rest import seen, settled, until
from tests.screens.room import console, desk, fill, notice, press

URL = "https://rt.example.test"
PAGE = f"{URL}/Ticket/Display.html?id=42"
FILE = """
    INSERT INTO attachment(uid, message_id, name, type, size, digest, content_id, inline)
    VALUES(?, ?, ?, 'text/plain', ?, x'', '', 0)"""


@pytest.fixture(autouse=True)
def synced_elsewhere(workspace: Workspace) -> Iterator[None]:
    """Somebody syncs already, so that a console starts nothing."""
    with only_one(workspace):
        yield


def helpdesk(connection: Connection, *, url: str = PAGE, takes: str = "reply note status") -> int:
    """A mailbox and an RT, of which the first ticket is; its id."""
    tickets = fill(connection)
    with writing(connection):
        mailbox = sources.add(connection, "mailbox", "support", {"address": "support@example.test"}, NOW)
        rt = sources.add(connection, "rt", "rt", {"url": URL, "takes": takes}, NOW)
        connection.execute("UPDATE ticket SET source_id = ? WHERE id = ?", (mailbox, tickets[1]))
        connection.execute("UPDATE ticket SET details = ? WHERE id = ?", (json.dumps({"Order": "8841-X"}), tickets[0]))
        make_standing(connection, tickets[0], rt, url)
    return tickets[0]


def file_there(connection: Connection, ticket_id: int, name: str = "log.txt", size: int = 2_000_000) -> int:
    """A file of the ticket's first message whose bytes lie at its helpdesk; its id."""
    message = connection.execute("SELECT min(id) FROM message WHERE ticket_id = ?", (ticket_id,)).fetchone()[0]
    source = connection.execute("SELECT source_id FROM ticket WHERE id = ?", (ticket_id,)).fetchone()[0]
    with writing(connection):
        attachment = connection.execute(FILE, (name.encode().ljust(16, b"0"), message, name, size)).lastrowid
        assert attachment is not None
        connection.execute(
            "INSERT INTO remote_file(attachment_id, source_id, external_id, done, said) VALUES(?, ?, '7', 0, '')",
            (attachment, source),
        )
    return attachment


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_where_a_ticket_is_from_stands_in_the_list_and_over_it(
    workspace: Workspace, connection: Connection, size: tuple[int, int]
) -> None:
    ticket = helpdesk(connection)
    async with console(workspace, size=size) as app:
        lines = [line for line in seen(app).splitlines() if "Refund for" in line or "Tablet" in line]
        assert [" rt " in lines[0], " su " in lines[1]] == [True, True]
        await press(app, "Enter")
        await until(app, lambda: "· rt #42" in seen(app))
        assert "Open (stalled)" in seen(app)
        assert "Order 8841-X" in seen(app)
        assert desk(app).current_id == ticket
        await press(app, "]")
        await until(app, lambda: "· su support" in seen(app))
        assert "stalled" not in seen(app)


async def test_with_one_source_no_row_has_a_mark(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    with writing(connection):
        rt = sources.add(connection, "rt", "rt", {"url": URL, "takes": "reply"}, NOW)
        connection.execute("UPDATE ticket SET source_id = ?", (rt,))
    async with console(workspace) as app:
        assert " rt " not in seen(app)
        # The second one that is connected while the console is open shows at once.
        with writing(connection):
            sources.add(connection, "mailbox", "support", {"address": "support@example.test"}, NOW)
        await until(app, lambda: " rt " in seen(app))


async def test_its_own_page_is_opened_or_its_address_copied(workspace: Workspace, connection: Connection) -> None:
    helpdesk(connection)
    async with console(workspace) as app:
        shown: list[str] = []

        def browse(address: str) -> str:
            shown.append(address)
            return "opened in the browser"

        app.seat.browse = browse
        await until(app, lambda: bool(app.seat.sources) and desk(app).here is not None)
        await press(app, "O")
        await until(app, lambda: notice(app) == PAGE + " opened in the browser")
        app.seat.browser = True
        app.seat.copy = lambda text: "copied " + str(len(text))
        await press(app, "O")
        await until(app, lambda: notice(app) == PAGE + " copied " + str(len(PAGE)))
        assert shown == [PAGE]


async def test_a_page_elsewhere_is_never_opened(workspace: Workspace, connection: Connection) -> None:
    helpdesk(connection, url="https://evil.example/42")
    async with console(workspace) as app:
        app.seat.browse = pytest.fail
        await until(app, lambda: bool(app.seat.sources) and desk(app).here is not None)
        await press(app, "O")
        assert "lies at another address" in notice(app)
        await press(app, "j")
        await until(app, lambda: desk(app).here is not None)
        await press(app, "O")
        assert "its page is nowhere else" in notice(app)


def test_the_hosts_of_a_source_are_its_address_and_those_of_its_kind() -> None:
    assert own_hosts({"url": "https://a.example/rt", "pages": "b.example https://c.example"}) == {
        "a.example", "b.example", "c.example",
    }  # fmt: skip
    assert own_hosts({}) == frozenset()


async def test_a_file_is_fetched_when_it_is_asked_for_and_then_saved(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    ticket = helpdesk(connection)
    file = file_there(connection, ticket)
    async with console(workspace) as app:
        await press(app, "Enter")
        await until(app, lambda: "log.txt  2.0 MB · not fetched yet, D fetches it" in seen(app))
        await press(app, "D")
        await until(app, lambda: "2.0 MB · on its way" in seen(app))
        assert notice(app).startswith("Fetching log.txt")
        assert files.is_wanted(connection, file)
        with writing(connection):
            files.progress(connection, file, 500_000)
        await until(app, lambda: "on its way, 25 %" in seen(app))
        with writing(connection):
            files.failed(connection, file, "It is too large")
        await until(app, lambda: "didn't come: It is too large" in seen(app))
        await press(app, "D")
        await until(app, lambda: "2.0 MB · on its way" in seen(app))
        with writing(connection):
            files.arrived(connection, file, keep(workspace, b"all of it"), 9)
        await until(app, lambda: "log.txt  9 bytes" in seen(app))
        desk(app).action_read_save_files(str(tmp_path))
        await until(app, lambda: "Saved" in notice(app))
    assert (tmp_path / "log.txt").read_bytes() == b"all of it"


async def test_a_file_on_its_way_can_be_let_be(workspace: Workspace, connection: Connection) -> None:
    file = file_there(connection, helpdesk(connection))
    async with console(workspace) as app:
        await press(app, "Enter", "D")
        await until(app, lambda: "on its way" in seen(app))
        await press(app, "D")
        await until(app, lambda: "Let it be" in seen(app))
        panel = app.screen.query_one(AskPanel)
        panel.input.value = "let"
        await settled(app)
        panel.answer()
        await until(app, lambda: "not fetched yet" in seen(app))
        assert not files.is_wanted(connection, file)


async def test_what_a_helpdesk_does_not_take_is_refused_before_it_is_written(
    workspace: Workspace, connection: Connection
) -> None:
    helpdesk(connection, takes="note")
    async with console(workspace) as app:
        await until(app, lambda: bool(app.seat.sources) and desk(app).here is not None)
        for key, word in (("f", "forward"), ("r", "reply")):
            await press(app, key)
            assert notice(app).startswith(f"rt can't {word} for Heard")
        await press(app, "n")
        await settled(app)
        assert desk(app).writing
