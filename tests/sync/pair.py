"""Two offices on one mailbox, and no server between them: who takes what, and who is seen to have it."""

from contextlib import closing
from datetime import UTC
from typing import NamedTuple

from desk.times import HOUR, now, to_datetime
from storage.deeds.change import Change, change
from storage.engine import deed_session, engine_over
from storage.queue.lists import counts, views
from storage.tickets import events, ticket
from storage.workspace import open_to_read
from tests.sync.office import Office
from tests.sync.sources.mailbox.reader import truth

NOBODY = ""


class Pair(NamedTuple):
    """Ana's office and Ben's."""

    ana: Office
    ben: Office


def ago(hours: int) -> str:
    """A mail's date of so many hours ago; one of long ago would count as done with."""
    return f"{to_datetime(now() - hours * HOUR):%d %b %Y %H:%M:%S}"


def assign(office: Office, agent: int | None, subject: str = "Pump", status: int | None = None) -> None:
    with deed_session(engine_over(office.connection)) as session:
        change(session, office.by(), [office.tickets()[subject]], Change(assignee=agent, status=status))


def take_it(office: Office, subject: str = "Pump") -> None:
    assign(office, office.agent, subject)


def who(office: Office, subject: str = "Pump") -> str:
    """Who has a ticket, as its line in the queue says."""
    with closing(open_to_read(office.workspace)) as connection:
        return ticket(connection, office.tickets()[subject]).row.assignee


def history(office: Office, subject: str = "Pump") -> list[str]:
    """What was done on a ticket, as its line of time says, the mailbox's address left out."""
    with closing(open_to_read(office.workspace)) as connection:
        told = events(connection, office.tickets()[subject])
    return [event.body.replace(office.account.user, "…") for event in told]


def marks(office: Office) -> list[str]:
    """What the mails in the inbox say on the server."""
    return [flag for _, flags in truth(office.account).values() for flag in flags if flag.startswith("heard-")]


def unassigned(office: Office) -> int:
    """What the view of unassigned tickets counts."""
    with closing(open_to_read(office.workspace)) as connection:
        shown = views(connection)
        (number,) = (view.id for view in shown if view.name == "Unassigned")
        return counts(connection, shown, office.agent, office.clock(), UTC)[number]
