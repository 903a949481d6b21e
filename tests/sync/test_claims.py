"""Two agents, each with a workspace of their own, on one mailbox and without a server between them: who has what."""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC
from pathlib import Path
from typing import NamedTuple

import pytest

from desk.statuses import Status
from desk.times import HOUR, now, to_datetime
from storage import claims, sources
from storage.deeds.change import Change, change
from storage.deeds.undo import undo
from storage.engine import deed_session, engine_over
from storage.queue.lists import counts, views
from storage.tickets import events, ticket
from storage.workspace import Workspace, open_to_read, open_to_write
from sync.protocol import MarkMail, Operation, Outcome
from sync.sources.mailbox.source import Mailbox
from tests.factories import make_agent
from tests.servers.mail import MailServer
from tests.servers.processes import until
from tests.sync.commands import until_told, watching
from tests.sync.office import Office, mail
from tests.sync.sources.mailbox.reader import truth
from tests.sync.test_killed import kill_at_some_time

NOBODY = ""


class Pair(NamedTuple):
    """Ana's office and Ben's."""

    ana: Office
    ben: Office


def ago(hours: int) -> str:
    """A mail's date of so many hours ago; one of long ago would count as done with."""
    return f"{to_datetime(now() - hours * HOUR):%d %b %Y %H:%M:%S}"


@pytest.fixture
def pair(office: Office, workspace_template: Workspace, tmp_path: Path) -> Iterator[Pair]:
    """Two workspaces on one mailbox that holds one mail, which both have read."""
    folder = tmp_path / "ben"
    shutil.copytree(workspace_template.folder, folder)
    office.account.put(mail("Pump", at=ago(3)))
    with closing(open_to_write(Workspace(folder))) as connection:
        both = Pair(office, Office(Workspace(folder), connection, office.account))
        for each, handle, name in ((both.ana, "ana", "Ana Ruiz"), (both.ben, "ben", "Ben Öz")):
            each.agent = make_agent(each.connection, handle=handle, name=name)
            each.connect()
            each.sync()
        yield both


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


def test_who_takes_a_ticket_has_it_everywhere(pair: Pair) -> None:
    ana, ben = pair
    take_it(ana)
    assert ana.sync().pushed == 1
    assert marks(ana) == ["heard-claim-ana"]
    assert (who(ben), unassigned(ben)) == (NOBODY, 1)
    ben.sync()
    assert (who(ben), unassigned(ben)) == ("Ana", 0)
    assert history(ben) == ["Ana has it now, says the mailbox …"]
    for each in (ana, ben, ana, ben):
        assert each.sync().pushed == 0
    assert history(ana) == ["Ana Ruiz took it"]
    assert history(ben) == ["Ana has it now, says the mailbox …"]


def test_who_lets_go_of_it_lets_go_everywhere(pair: Pair) -> None:
    ana, ben = pair
    take_it(ana)
    ana.sync()
    ben.sync()
    assign(ana, None)
    ana.sync()
    assert marks(ana) == []
    ben.sync()
    assert (who(ben), unassigned(ben)) == (NOBODY, 1)
    assert history(ben)[1:] == ["Nobody has it now, says the mailbox …"]


def test_a_ticket_is_handed_on_and_taken_over(pair: Pair) -> None:
    """To an agent by another's hand, and by an agent from another: each sees what the other did."""
    ana, ben = pair
    take_it(ana)
    ana.sync()
    ben.sync()
    take_it(ben)
    ben.sync()
    ana.sync()
    assert marks(ana) == ["heard-claim-ben"]
    assert (who(ana), who(ben)) == ("Ben", "Ben Öz")
    cleo = make_agent(ana.connection, handle="cleo.ö", name="Cleo")
    assign(ana, cleo)
    ana.sync()
    ben.sync()
    assert (who(ana), who(ben)) == ("Cleo", "Cleo Ö")
    assert history(ben)[-1] == "Cleo Ö has it now, says the mailbox …"


def test_an_undone_taking_is_undone_on_the_server(pair: Pair) -> None:
    ana, ben = pair
    take_it(ana)
    ana.sync()
    with deed_session(engine_over(ana.connection)) as session:
        undo(session, ana.by())
    ana.sync()
    ben.sync()
    assert marks(ana) == []
    assert who(ben) == NOBODY


def test_of_two_who_take_it_before_they_know_the_first_on_the_server_has_it(pair: Pair) -> None:
    ana, ben = pair
    take_it(ana)
    take_it(ben)
    ben.sync()
    ana.sync()
    ben.sync()
    assert marks(ana) == ["heard-claim-ben"]
    assert (who(ana), who(ben)) == ("Ben", "Ben Öz")
    assert history(ana) == [
        "Ana Ruiz took it",
        "Ben has it now, says the mailbox …",
        "Ana Ruiz changed the assignee too, and came second",
    ]
    assert history(ben) == ["Ben Öz took it"]
    assert ana.outbox() == [("dropped", f"ben was first, says the mailbox {ana.account.user}.")]


def test_of_two_who_take_it_at_the_same_moment_the_server_decides(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ana reads, and finds it free; Ben takes it; Ana's mark comes too late (UNCHANGEDSINCE)."""
    ana, ben = pair
    take_it(ana)
    take_it(ben)
    push = Mailbox.push
    meanwhile = [ben]

    def later(mailbox: Mailbox, wish: Operation, hand_over: Callable[[], None]) -> Outcome:
        if meanwhile:
            meanwhile.pop().sync()
        return push(mailbox, wish, hand_over)

    monkeypatch.setattr(Mailbox, "push", later)
    ana.sync()
    assert (who(ana), who(ben)) == ("Ben", "Ben Öz"), "Ana's console knows at once"
    assert history(ana)[1] == "Ben has it now, says the mailbox …"
    ana.sync()
    ben.sync()
    assert marks(ana) == ["heard-claim-ben"]
    assert (who(ana), who(ben)) == ("Ben", "Ben Öz")
    assert len(history(ana)) == 3


def test_of_two_who_knew_of_different_mails_one_has_it(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between Ana's look and her mark the customer writes again and Ben takes it, by the newer mail."""
    ana, ben = pair
    take_it(ana)
    take_it(ben)
    push = Mailbox.push
    meanwhile = [ben]

    def later(mailbox: Mailbox, wish: Operation, hand_over: Callable[[], None]) -> Outcome:
        if meanwhile:
            ana.account.put(mail("Re: Pump", name="m2", before="m1", at=ago(2)))
            meanwhile.pop().sync()
        return push(mailbox, wish, hand_over)

    monkeypatch.setattr(Mailbox, "push", later)
    ana.sync()
    assert sorted(marks(ana)) == ["heard-claim-ana", "heard-claim-ben"]
    for each in (ana, ben, ana, ben):
        each.sync()
    assert (who(ana), who(ben)) == ("Ana Ruiz", "Ana")
    assign(ana, None)
    for each in (ana, ben):
        each.sync()
    assert marks(ana) == [], "nothing is left over"
    assert (who(ana), who(ben)) == (NOBODY, NOBODY)


def test_who_waits_to_take_what_is_let_go_gets_it(pair: Pair) -> None:
    ana, ben = pair
    take_it(ana)
    ana.sync()
    ben.sync()
    take_it(ben)
    assign(ana, None)
    ana.sync()
    ben.sync()
    ana.sync()
    assert marks(ana) == ["heard-claim-ben"]
    assert (who(ana), who(ben)) == ("Ben", "Ben Öz")


def test_what_else_was_changed_is_kept_where_the_taking_gives_way(pair: Pair) -> None:
    ana, ben = pair
    assign(ana, ana.agent, status=Status.PENDING)
    take_it(ben)
    ben.sync()
    ana.sync()
    assert who(ana) == "Ben"
    assert ana.ticket("Pump", "status") == (Status.PENDING,)
    assert ana.rows("SELECT state, payload FROM outbox") == [("sent", '{"status": [0, 1]}')]


def test_a_ticket_that_is_taken_offline_is_said_so_later_and_once(pair: Pair) -> None:
    ana, ben = pair
    ana.account.server.imap.kill()
    take_it(ana)
    ana.fails()
    assert who(ana) == "Ana Ruiz"
    assert ana.states() == ["waiting"]
    ana.account.server.start()
    assert ana.sync().pushed == 1
    assert ana.sync().pushed == 0
    ben.sync()
    assert who(ben) == "Ana"
    assert len(history(ben)) == 1


def test_a_mark_that_was_set_as_the_process_ended_is_no_news(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, ben = pair

    def end(*_: object) -> None:
        raise SystemExit

    take_it(ana)
    with monkeypatch.context() as killed:
        killed.setattr(claims, "keep", end)
        with pytest.raises(SystemExit):
            ana.engine().once()
    assert marks(ana) == ["heard-claim-ana"]
    assert ana.states() == ["waiting"]
    ana.sync()
    ben.sync()
    assert ana.states() == ["sent"]
    assert history(ana) == ["Ana Ruiz took it"]
    assert (who(ana), who(ben)) == ("Ana Ruiz", "Ana")


def test_a_sync_that_is_killed_again_and_again_loses_no_taking(pair: Pair) -> None:
    ana, ben = pair
    subjects = [f"Order {number}" for number in range(12)]
    ana.account.put(*(mail(subject, name=subject.replace(" ", ""), at=ago(3)) for subject in subjects))
    ana.sync()
    chance = random.Random(5)
    for number, subject in enumerate(subjects):
        take_it(ana, subject)
        if number % 3 == 0:
            assign(ana, None, subject)
        if number % 2:
            kill_at_some_time(ana, chance, 0.4)
    ana.sync()
    ben.sync()
    expected = {subject: NOBODY if number % 3 == 0 else "Ana" for number, subject in enumerate(subjects)}
    assert {subject: who(ben, subject) for subject in subjects} == expected
    assert len(marks(ana)) == 8
    assert all(len(history(ben, subject)) <= 1 for subject in subjects)


def test_a_mail_that_is_filed_away_lets_go_of_nothing(pair: Pair) -> None:
    ana, ben = pair
    take_it(ana)
    ana.sync()
    ben.sync()
    ana.account.delete("1")
    for each in (ana, ben):
        each.sync()
    assert (who(ana), who(ben)) == ("Ana Ruiz", "Ana")
    assign(ana, None)
    assert ana.sync().pushed == 0, "nothing is left there to be marked"
    assert ana.states() == ["sent", "sent"]


def test_the_newest_mail_is_marked_and_one_that_is_gone_is_passed_over(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    ana, ben = pair
    ana.account.put(mail("Re: Pump", name="m2", before="m1", at=ago(2)))
    ana.sync()
    take_it(ana)
    push = Mailbox.push

    def later(mailbox: Mailbox, wish: Operation, hand_over: Callable[[], None]) -> Outcome:
        if isinstance(wish, MarkMail) and wish.uid == 2:
            ana.account.delete("2")
        return push(mailbox, wish, hand_over)

    monkeypatch.setattr(Mailbox, "push", later)
    ana.sync()
    ben.sync()
    assert marks(ana) == ["heard-claim-ana"]
    assert (who(ana), who(ben)) == ("Ana Ruiz", "Ana")


def test_a_new_workspace_learns_who_has_what(pair: Pair, workspace_template: Workspace, tmp_path: Path) -> None:
    """With its first sync; a mark of years ago makes no work of what is over."""
    ana = pair.ana
    old = mail("Long ago", name="old", at="20 Nov 2020 10:00:00")
    ana.account.put(old, flags="(heard-claim-ben)")
    take_it(ana)
    ana.sync()
    shutil.copytree(workspace_template.folder, tmp_path / "cleo")
    with closing(open_to_write(Workspace(tmp_path / "cleo"))) as connection:
        cleo = Office(Workspace(tmp_path / "cleo"), connection, ana.account)
        cleo.connect()
        cleo.sync()
        assert (who(cleo), who(cleo, "Long ago")) == ("Ana", "Ben")
        assert cleo.ticket("Long ago", "status") == (Status.SOLVED,)


def test_a_server_that_cannot_tell_who_was_first_leaves_it_to_each(pair: Pair, mail_server: MailServer) -> None:
    ana, ben = pair
    assert [row.claims for row in sources.connected(ana.connection)] == [1]
    mail_server.advertise("IMAP4rev1 UIDPLUS SPECIAL-USE LIST-EXTENDED")
    take_it(ana)
    assert ana.sync().pushed == 0
    ben.sync()
    words = "The mail server can't tell which of two agents was first. Only this workspace knows who has it."
    assert ana.outbox() == [("sent", words)]
    assert (who(ana), who(ben)) == ("Ana Ruiz", NOBODY)
    for each in pair:
        assert [row.claims for row in sources.connected(each.connection)] == [0]
    mail_server.advertise("")
    assign(ana, None)
    take_it(ana)
    ana.sync()
    assert [row.claims for row in sources.connected(ana.connection)] == [1]


def test_another_s_taking_is_seen_while_the_console_listens(pair: Pair) -> None:
    ana, ben = pair
    synced = "SELECT synced_at FROM source_state WHERE state = 'idle'"
    before = ben.rows(synced)
    with watching(ben) as process:
        until(lambda: ben.rows(synced) not in (before, []), "the end of the first round")
        take_it(ana)
        ana.sync()
        until_told(process, "page")
        until(lambda: who(ben) == "Ana", "the news of who has it")


def test_two_workspaces_read_all_mails_and_send_each_reply_once(pair: Pair) -> None:
    ana, ben = pair
    numbers = range(6)
    ana.account.put(
        *(mail(f"Order {number}", name=f"o{number}", words=f"asked {number}", at=ago(3)) for number in numbers)
    )
    for each in pair:
        each.sync()
    for number in numbers:
        each = pair[number % 2]
        take_it(each, f"Order {number}")
        each.reply(each.tickets()[f"Order {number}"], f"answered {number}")
    for each in (ben, ana, ana, ben, ana):
        each.sync()
    assert sorted(ana.words()) == [f"answered {number}" for number in numbers]
    for each in pair:
        for number in numbers:
            expected = [("inbound", f"asked {number}"), ("outbound", f"answered {number}")]
            found = each.messages(f"Order {number}")
            assert [(kind, str(body).splitlines()[0]) for kind, body in found] == expected
        assert set(each.states()) == {"sent"}
    assert [who(ben, f"Order {number}").split()[0] for number in numbers] == ["Ana", "Ben"] * 3
