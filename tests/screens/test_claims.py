"""Who has a ticket on a shared mailbox, as the console of another agent shows it, without a key."""

from collections.abc import Iterator

import pytest

from storage import mailbox, sources
from storage.connect import Connection, writing
from storage.mailbox import Mailbox
from storage.workspace import Workspace
from sync.lock import only_one
from tests.rest import seen, until
from tests.screens.room import SUBJECTS, console, desk, fill, notice, press
from tests.screens.stage import written

PLACE = ("INBOX", 1, 1)
ADDRESS = "support@example.test"


@pytest.fixture
def synced_elsewhere(workspace: Workspace) -> Iterator[None]:
    """Somebody syncs already, so that a console starts nothing."""
    with only_one(workspace):
        yield


@pytest.fixture
def box(workspace: Workspace, connection: Connection, synced_elsewhere: None) -> Mailbox:
    """A mailbox that holds the mail of the second of Ana's tickets, which nobody has."""
    ticket = fill(connection)[1]
    with writing(connection):
        source_id = sources.add(connection, "mailbox", "support", {"address": ADDRESS}, 1)
        sources.tell(connection, source_id, synced_at=1)
        connection.execute("UPDATE ticket SET source_id = ?, assignee_id = NULL WHERE id = ?", (source_id, ticket))
        connection.execute(
            "INSERT INTO mail_copy SELECT ?, ?, ?, ?, id, '' FROM message WHERE ticket_id = ?",
            (source_id, *PLACE, ticket),
        )
    return Mailbox(workspace, sources.source_named(connection, "support"), frozenset(), ())


def say(connection: Connection, box: Mailbox, now: int, *flags: str) -> None:
    """The server says that the mail has these flags."""
    with writing(connection):
        mailbox.mark(connection, box, PLACE, flags, now)


async def test_who_has_it_is_seen_in_the_list_and_over_the_ticket(connection: Connection, box: Mailbox) -> None:
    ticket = connection.execute("SELECT id FROM ticket WHERE subject = ?", (SUBJECTS[1],)).fetchone()[0]
    async with console(box.workspace) as app:
        desk(app).open_ticket(ticket)
        await until(app, lambda: "nobody has it" in seen(app))
        say(connection, box, app.seat.clock(), "\\Seen", "heard-claim-ben")
        await until(app, lambda: "Ben has it now, says the mailbox " + ADDRESS in " ".join(seen(app).split()))
        assert "nobody has it" not in seen(app)
        assert "Open  Ben" in seen(app)
        say(connection, box, app.seat.clock(), "\\Seen")
        await until(app, lambda: "nobody has it" in seen(app))
        assert notice(app) == "", "nothing of Ana's gave way"
        say(connection, box, app.seat.clock(), "heard-claim-ben")
        await press(app, "q")
        desk(app).show_filter("status:active assignee:ben")
        await until(app, lambda: desk(app).queue.count == 1)
        assert SUBJECTS[1] in seen(app)


async def test_who_took_what_another_had_first_is_told_so(connection: Connection, box: Mailbox) -> None:
    ticket, number = connection.execute(
        "SELECT id, number FROM ticket WHERE subject = ?", (SUBJECTS[1],)
    ).fetchone()  # fmt: skip
    async with console(box.workspace) as app:
        await until(app, lambda: bool(app.seat.sources))
        desk(app).open_ticket(ticket)
        await press(app, "a", "a")
        await until(app, lambda: written(connection, "SELECT state FROM outbox") == "waiting")
        assert "Ana Bell took it" in seen(app)
        say(connection, box, app.seat.clock(), "heard-claim-ben")
        await until(app, lambda: notice(app) == "#" + str(number) + " is with Ben: somebody else was first")
        await until(app, lambda: "Open  Ben" in seen(app))
        assert "Ana Bell changed the assignee too, and came second" in seen(app)
        assert written(connection, "SELECT state FROM outbox") == "dropped"
        desk(app).notices.clear()
        say(connection, box, app.seat.clock(), "\\Seen")
        await until(app, lambda: "nobody has it" in seen(app))
        assert notice(app) == "", "it is told once"
