"""The mailbox as a whole: which folders it reads, what it keeps of what was sent, who has a mail."""

import time
from collections.abc import Iterable

import pytest

from desk.claims import mark_of
from sync.errors import SourceError
from sync.protocol import (
    Capability,
    Conflict,
    DeliverMail,
    FlagsChanged,
    Gone,
    Later,
    MailRecord,
    MarkMail,
    Receipt,
    Refused,
    Role,
)
from sync.secret import Secret
from sync.sources.mailbox import folders
from sync.sources.mailbox.replies import Folder
from sync.sources.mailbox.server import Server
from sync.sources.mailbox.source import Account as Settings
from sync.sources.mailbox.source import Mailbox
from tests.servers.line import Line
from tests.servers.mail import Account, MailServer
from tests.sync.sources.mailbox.reader import INBOX, NoWayOut, inbox, mail, mailbox_of, nothing, opened, plain, truth


def reply(number: int) -> DeliverMail:
    now = time.time_ns() // 1000
    return DeliverMail(
        f"k{number}", f"<{number}@example.org>", mail(number), "support@example.test", ("a@b.test",), now
    )


def claim(account: Account, agent: str, before: str = "", uid: int = 1) -> MarkMail:
    with opened(account) as mailbox:
        first = inbox(mailbox).page(mailbox).records[0]
    assert isinstance(first, MailRecord)
    return MarkMail(INBOX, first.validity, uid, before and mark_of(before), agent and mark_of(agent))


def test_the_inbox_and_the_sent_mail_are_read_and_what_else_is_wished(account: Account) -> None:
    with account.imap() as connection:
        connection.create('"Bestellungen &- R&APw-ckgaben"')
    wished = mailbox_of(account, folders=("bestellungen & rückgaben", "INBOX"))
    streams = wished.streams()
    wished.close()
    assert [(stream.name, stream.role) for stream in streams] == [
        ("INBOX", Role.INBOX), ("Sent", Role.SENT), ("Bestellungen & Rückgaben", Role.OTHER),
    ]  # fmt: skip
    assert streams[2].key == "Bestellungen &- R&APw-ckgaben"


def test_a_folder_in_another_alphabet_is_read(account: Account) -> None:
    with account.imap() as connection:
        connection.create('"&ZeVnLIqe-"')
    account.put(mail(1), folder="&ZeVnLIqe-")
    mailbox = mailbox_of(account, folders=("日本語",))
    stream = mailbox.streams()[2]
    page = mailbox.pull(stream, "")
    mailbox.close()
    assert [getattr(record, "raw", b"") for record in page.records] == [mail(1)]


LISTED = [Folder("INBOX", frozenset()), Folder("INBOX.Gesendet", frozenset()), Folder("Spam", frozenset({"\\junk"}))]
GMAIL = [
    Folder("INBOX", frozenset()), Folder("[Gmail]/Alle Nachrichten", frozenset({"\\all"})),
    Folder("[Gmail]/Gesendet", frozenset({"\\sent"})),
]  # fmt: skip


def test_sent_mail_is_known_by_its_name_where_it_has_no_mark() -> None:
    assert [stream.key for stream in folders.chosen(LISTED, (), gmail=False)] == ["INBOX", "INBOX.Gesendet"]


def test_on_gmail_one_folder_holds_every_mail_once() -> None:
    found = folders.chosen(GMAIL, (), gmail=True)
    assert [(stream.key, stream.role) for stream in found] == [("[Gmail]/Alle Nachrichten", Role.ALL)]
    # Where that folder is hidden from IMAP, the others have to do.
    assert [stream.role for stream in folders.chosen([GMAIL[0], GMAIL[2]], (), gmail=True)] == [Role.INBOX, Role.SENT]


def test_a_folder_that_is_not_there_is_named_with_the_nearest() -> None:
    found = folders.chosen(LISTED, ("Spma", "spam"), gmail=False)
    assert [stream.key for stream in found] == ["INBOX", "INBOX.Gesendet", "", "Spam"]
    assert "Spam" in folders.not_there("Spma", LISTED).mend


def test_what_was_sent_is_kept_among_the_sent_mail_once(account: Account) -> None:
    with opened(account) as mailbox:
        assert mailbox.find(reply(1)) is None
        assert isinstance(mailbox.push(reply(1), nothing), Receipt)
        mailbox.push(reply(1), nothing)
        assert isinstance(mailbox.find(reply(1)), Receipt)
        assert mailbox.find(reply(2)) is None
    kept = truth(account, "Sent")
    assert list(kept.values()) == [(mail(1), frozenset({"\\Seen"}))]


def test_a_provider_that_keeps_copies_gets_none_of_ours(account: Account) -> None:
    settings = Settings("Support", plain(account.server.imap_port), account.user, keeps_sent=True)
    mailbox = Mailbox(settings, lambda: Secret(account.password), NoWayOut())
    assert mailbox.push(reply(1), nothing) == Receipt("<1@example.org>")
    mailbox.close()
    assert truth(account, "Sent") == {}


def test_what_was_sent_stays_sent_though_no_copy_could_be_kept(account: Account) -> None:
    account.server.imap.kill()
    with opened(account) as mailbox:
        outcome = mailbox.push(reply(1), nothing)
    assert isinstance(outcome, Receipt)
    assert "without a copy" in outcome.said


def test_of_two_agents_one_gets_the_mail_and_the_other_learns_who(account: Account) -> None:
    account.put(mail(1), flags=r"(\Seen $Forwarded)")
    ana, ben = claim(account, "ana"), claim(account, "ben")
    with opened(account) as one, opened(account) as other:
        assert isinstance(one.push(ana, nothing), Receipt)
        outcome = other.push(ben, nothing)
        assert isinstance(outcome, Conflict)
        assert outcome.why == "ana was first"
        assert isinstance(outcome.found, FlagsChanged)
        assert {flag.lower() for flag in outcome.found.flags} == {"\\seen", "$forwarded", "heard-claim-ana"}
        assert isinstance(one.push(ana, nothing), Receipt)
        assert truth(account)[1][1] == {"\\Seen", "$Forwarded", "heard-claim-ana"}
        assert isinstance(other.push(claim(account, "ben", before="ana"), nothing), Receipt)
        assert truth(account)[1][1] == {"\\Seen", "$Forwarded", "heard-claim-ben"}
        assert isinstance(one.push(claim(account, "", before="ana"), nothing), Conflict), "it is Ben's by now"
        assert isinstance(one.push(claim(account, "", before="ben"), nothing), Receipt)
        assert isinstance(one.push(claim(account, "", before="ben"), nothing), Receipt)
        assert Capability.CLAIMS in one.capabilities
    assert truth(account)[1][1] == {"\\Seen", "$Forwarded"}


def test_who_comes_between_the_look_and_the_mark_is_seen(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program reads the mail first, then another agent takes it: the one is no hindrance, the other is."""
    account.put(mail(1))
    ana = claim(account, "ana")
    meanwhile = [r"(\Seen)", "(heard-claim-ben)"]
    set_flags = Server.set_flags

    def later(server: Server, uid: int, flags: Iterable[str], since: int) -> bool:
        if meanwhile:
            account.do(INBOX, "STORE", str(uid), "+FLAGS", meanwhile.pop(0))
        return set_flags(server, uid, flags, since)

    monkeypatch.setattr(Server, "set_flags", later)
    with opened(account) as mailbox:
        outcome = mailbox.push(ana, nothing)
    assert isinstance(outcome, Conflict)
    assert outcome.why == "ben was first"
    assert meanwhile == []
    assert truth(account)[1][1] == {"\\Seen", "heard-claim-ben"}


def test_a_mail_that_is_gone_or_has_another_number_is_nobodys(account: Account) -> None:
    account.put(mail(1))
    with opened(account) as mailbox:
        wish = claim(account, "ana")
        gone = mailbox.push(claim(account, "ana", uid=9), nothing)
        assert isinstance(gone, Conflict)
        assert gone.found == Gone(INBOX, wish.validity, 9, 9)
        other = MarkMail(INBOX, wish.validity + 1, 1, "", wish.mark)
        assert isinstance(mailbox.push(other, nothing), Later)
    assert truth(account)[1][1] == frozenset()


def test_a_server_that_cannot_tell_who_was_first_takes_no_claims(account: Account, mail_server: MailServer) -> None:
    account.put(mail(1))
    wish = claim(account, "ana")
    mail_server.advertise("IMAP4rev1")
    with opened(account) as mailbox:
        outcome = mailbox.push(wish, nothing)
        assert Capability.CLAIMS not in mailbox.capabilities
    assert isinstance(outcome, Refused)
    assert outcome.why == "The mail server can't tell which of two agents was first."


def test_a_folder_that_nobody_may_mark_takes_no_claims(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account.put(mail(1))
    wish = claim(account, "ana")
    # As a mailbox that is shared for reading alone answers.
    monkeypatch.setattr(Server, "select", Server.examine)
    with opened(account) as mailbox:
        outcome = mailbox.push(wish, nothing)
        assert Capability.CLAIMS not in mailbox.capabilities
        assert truth(account)[1][1] == frozenset()
        assert len(inbox(mailbox).page(mailbox).records) == 1, "reading goes on"
    assert outcome == Refused("The mail server keeps no marks of agents on mails.")


def test_a_claim_can_be_asked_for_again_where_the_line_is_cut(account: Account) -> None:
    account.put(mail(1))
    wish = claim(account, "ana")
    with Line(account.server.imap_port) as line, opened(account, line.port) as mailbox:
        mailbox.streams()
        line.cut()
        with pytest.raises(SourceError):
            mailbox.push(wish, nothing)
        assert isinstance(mailbox.push(wish, nothing), Receipt)
