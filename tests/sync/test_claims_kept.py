"""Who has a ticket stays known: killed, with mails gone, in a new workspace, beside servers that can tell less."""

import random
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from desk.statuses import Status
from storage import sources
from storage.workspace import Workspace, open_to_write
from sync.protocol import MarkMail, Operation, Outcome
from sync.sources.mailbox.source import Mailbox
from tests.servers.mail import MailServer
from tests.servers.processes import until
from tests.sync.commands import until_told, watching
from tests.sync.office import Office, mail
from tests.sync.pair import NOBODY, Pair, ago, assign, history, marks, take_it, who
from tests.sync.test_killed import kill_at_some_time


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
