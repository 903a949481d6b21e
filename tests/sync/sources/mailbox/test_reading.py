"""Reading a real mailbox: all of it, the newest first, whatever breaks on the way, and nothing there is changed."""

import random
import re
from pathlib import Path

import pytest

from benchmarks.mail_accuracy import mbox
from sync.errors import Unreachable
from sync.protocol import MailRecord, Role
from sync.sources.mailbox import reading
from sync.sources.mailbox.server import Look, Server
from tests.servers.line import Line
from tests.servers.mail import Account, MailServer
from tests.shared import shared_data
from tests.sync.sources.mailbox.reader import LONG_AGO, Kept, agrees, inbox, mail, mails, opened, truth

# Every way of learning what changed. Dovecot can do all that it doesn't say; Heard only uses what is said.
RUNGS = {
    "qresync": "",
    "condstore": "IMAP4rev1 UIDPLUS ENABLE CONDSTORE ESEARCH IDLE",
    "condstore-without-enable": "IMAP4rev1 CONDSTORE",
    "plain": "IMAP4rev1 UIDPLUS",
}


@pytest.fixture(params=list(RUNGS.values()), ids=list(RUNGS))
def on_each_rung(request: pytest.FixtureRequest, mail_server: MailServer) -> Account:
    mail_server.advertise(request.param)
    mail_server.start()
    return mail_server.account()


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_MAILS", 4)
    monkeypatch.setattr(reading, "MOST_CHANGES", 25)
    monkeypatch.setattr(reading, "SIZES_AHEAD", 6)
    monkeypatch.setattr(reading, "WEIGHED_AHEAD", 9)


def test_everything_comes_the_newest_first(account: Account, small_pages: None) -> None:
    account.put(*mails(11))
    with opened(account) as mailbox:
        kept = inbox(mailbox)
        pages = kept.read(mailbox)
    assert agrees(kept, account)
    assert kept.order == list(range(11, 0, -1))
    assert [page.remaining for page in pages] == [7, 3, 0, 0]
    assert [page.more for page in pages] == [True, True, True, False]


def test_a_mail_tells_when_it_came_and_how_it_is_marked(account: Account) -> None:
    account.put(mail(1), flags=r"(\Seen $Known)", at=LONG_AGO)
    with opened(account) as mailbox:
        record = inbox(mailbox).page(mailbox).records[0]
    assert isinstance(record, MailRecord)
    assert (record.stream, record.uid, set(record.flags)) == ("INBOX", 1, {"\\Seen", "$Known"})
    assert record.arrived_at == int(LONG_AGO.timestamp()) * 1_000_000


def test_what_changes_afterwards_is_followed(on_each_rung: Account, small_pages: None) -> None:
    account = on_each_rung
    account.put(*mails(20))
    with opened(account) as mailbox:
        kept = inbox(mailbox)
        kept.read(mailbox)
        assert agrees(kept, account)
        account.delete("3:5,20")
        account.do("INBOX", "STORE", "7:14", "+FLAGS", r"(\Flagged $Mine)")
        account.put(*mails(3, first=21))
        kept.read(mailbox)
        assert agrees(kept, account)
        account.do("INBOX", "STORE", "10:22", "-FLAGS", r"($Mine)")
        kept.read(mailbox)
        assert agrees(kept, account)
        account.delete("1:*")
        kept.read(mailbox)
        assert kept.mails == {}
        assert sorted(kept.order) == list(range(1, 24))


def test_changes_that_happened_while_nobody_read_are_found(on_each_rung: Account, small_pages: None) -> None:
    account = on_each_rung
    account.put(*mails(15))
    with opened(account) as mailbox:
        kept = inbox(mailbox)
        kept.read(mailbox)
    account.delete("1,4,15")
    account.do("INBOX", "STORE", "2:3", "+FLAGS", r"(\Answered)")
    account.put(*mails(6, first=16))
    account.delete("16")
    with opened(account) as mailbox:
        kept.read(mailbox)
    assert agrees(kept, account)


def test_reading_goes_on_wherever_it_broke_off(on_each_rung: Account, small_pages: None) -> None:
    account = on_each_rung
    account.put(*mails(30))
    with opened(account) as mailbox:
        kept = inbox(mailbox)
    chance = random.Random(4)
    number = 31
    for _ in range(200):
        with opened(account) as mailbox:
            lost = Kept(kept.stream, kept.cursor)
            lost.page(mailbox)  # a page that the engine never saved
            more = all(kept.page(mailbox).more for _ in range(chance.randrange(1, 9)))
        if not more:
            break
        if number < 60:
            account.put(*mails(2, first=number))
            account.delete(str(chance.randrange(1, number)))
            account.do("INBOX", "STORE", str(chance.randrange(1, number)), "+FLAGS", r"(\Flagged)")
            number += 2
    else:
        pytest.fail("reading came to no end")
    assert agrees(kept, account)


def test_any_order_of_deeds_ends_in_the_same_mailbox(on_each_rung: Account, small_pages: None) -> None:
    account = on_each_rung
    chance = random.Random(20)
    number = 1
    with opened(account) as mailbox:
        kept = inbox(mailbox)
        for _ in range(150):
            match chance.choice(("put", "put", "delete", "mark", "page", "page", "page", "lose", "reconnect")):
                case "put":
                    count = chance.randrange(1, 6)
                    account.put(*mails(count, first=number))
                    number += count
                case "delete":
                    account.delete(f"{chance.randrange(1, number + 1)}:{chance.randrange(1, number + 1)}"
                                   if chance.random() < 0.2 else str(chance.randrange(1, number + 1)))  # fmt: skip
                case "mark":
                    change = chance.choice(("+FLAGS", "-FLAGS"))
                    account.do("INBOX", "STORE", f"{chance.randrange(1, number + 1)}:*", change, r"(\Seen)")
                case "page":
                    kept.page(mailbox)
                case "lose":
                    mailbox.pull(kept.stream, kept.cursor)
                case "reconnect":
                    mailbox.close()
        kept.finish(mailbox)
        assert agrees(kept, account)
    assert kept.resets == 0


def test_new_mail_comes_before_the_rest_of_the_past(
    account: Account, small_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LOOK_AGAIN", 0.0)
    account.put(*mails(12))
    with opened(account) as mailbox:
        kept = inbox(mailbox)
        kept.page(mailbox)
        account.put(mail(13), mail(14))
        account.do("INBOX", "STORE", "12", "+FLAGS", r"(\Seen)")
        kept.read(mailbox)
    assert kept.order == [12, 11, 10, 9, 14, 13, *range(8, 0, -1)][: len(kept.order)]
    assert agrees(kept, account)


@pytest.mark.parametrize(
    ("command", "times"),
    [((), 1), (("STORE", "3", "+FLAGS", r"(\Flagged)"), 2), (("STORE", "12", "+FLAGS", r"(\Flagged)"), 2)],
    ids=["nothing", "a mark on the past", "a mark on what was read"],
)
def test_a_folder_is_opened_again_only_where_something_has_happened_in_it(
    account: Account, small_pages: None, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], times: int
) -> None:
    names: list[str] = []
    examine = Server.examine

    def counted(server: Server, folder: str) -> Look:
        names.append(folder)
        return examine(server, folder)

    monkeypatch.setattr(reading, "LOOK_AGAIN", 0.0)
    monkeypatch.setattr(Server, "examine", counted)
    account.put(*mails(12))
    with opened(account) as mailbox:
        kept = inbox(mailbox)
        kept.page(mailbox)
        if command:
            account.do("INBOX", *command)
        kept.read(mailbox)
        assert names == ["INBOX"] * times
    assert agrees(kept, account)


def test_a_page_is_bounded_by_bytes_and_a_huge_mail_comes_alone(account: Account) -> None:
    huge = b"Subject: huge\r\n\r\n" + random.Random(1).randbytes(20 << 20).hex().encode().replace(b"00", b"\r\n")
    assert len(huge) > 25 << 20
    account.put(mail(1), mail(2, "x" * (5 << 20)), mail(3, "y" * (5 << 20)), huge, mail(5))
    with opened(account) as mailbox:
        kept = inbox(mailbox)
        pages = kept.read(mailbox)
    assert [len(page.records) for page in pages[:-1]] == [1, 1, 1, 2]
    assert kept.mails[4] == huge
    assert agrees(kept, account)


def test_nothing_on_the_server_changes_by_reading(on_each_rung: Account) -> None:
    account = on_each_rung
    account.put(*mails(5))
    with account.imap() as connection:
        before = connection.status("INBOX", "(MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN)")
    with opened(account) as mailbox:
        kept = inbox(mailbox)
        kept.read(mailbox)
        mailbox.check()
        mailbox.wait(0.01)
    with account.imap() as connection:
        assert connection.status("INBOX", "(MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN)") == before
    assert all(flags == frozenset() for _, flags in truth(account).values())


def test_numbers_with_huge_gaps_cost_nothing(on_each_rung: Account) -> None:
    account = on_each_rung
    account.put(*mails(3))
    server = account.server
    server.imap.stop()
    folder = server.folder / "mail" / account.user
    listed = folder / "dovecot-uidlist"
    listed.write_text(re.sub(r" N\d+", " N4000000000", listed.read_text(), count=1))
    for index in folder.glob("dovecot.index*"):
        index.unlink()
    server.start()
    account.put(mail(4), mail(5))
    with opened(account) as mailbox:
        kept = inbox(mailbox)
        kept.read(mailbox)
        assert max(kept.mails) >= 4_000_000_000
        assert agrees(kept, account)
        account.delete("2,4000000000")
        kept.read(mailbox)
        assert agrees(kept, account)
    # A stranger to what was read before has to be told of the gaps, as spans.
    with opened(account) as mailbox:
        account.delete("3")
        kept.read(mailbox)
    assert agrees(kept, account)
    assert sorted(kept.mails) == [1, 4_000_000_001]


def test_mails_that_are_deleted_between_two_pages_are_simply_not_there(
    on_each_rung: Account, small_pages: None
) -> None:
    account = on_each_rung
    account.put(*mails(16))
    with opened(account) as mailbox:
        kept = inbox(mailbox)
        kept.page(mailbox)
        account.delete("1:3,7:12,14")
        kept.finish(mailbox)
    assert agrees(kept, account)
    assert kept.unreadable == []


def test_a_folder_that_was_numbered_anew_is_read_anew(on_each_rung: Account) -> None:
    account = on_each_rung
    with account.imap() as connection:
        connection.create("Orders")
    account.put(*mails(3), folder="Orders")
    with opened(account) as mailbox:
        kept = Kept(type(mailbox.streams()[0])("Orders", "Orders", Role.OTHER))
        kept.read(mailbox)
        account.renumber("Orders")
        account.put(*mails(2, first=8), folder="Orders")
        kept.read(mailbox)
    assert kept.resets == 1
    assert agrees(kept, account, "Orders")


def test_a_wiped_server_is_read_anew(account: Account) -> None:
    account.put(*mails(5))
    with opened(account) as mailbox:
        kept = inbox(mailbox)
        kept.read(mailbox)
        account.server.wipe(account.user)
        account.put(mail(77))
        with pytest.raises(Unreachable):
            kept.read(mailbox)
        kept.read(mailbox)
    assert kept.resets == 1
    assert agrees(kept, account)


def test_a_server_that_is_killed_loses_no_mail_and_brings_none_twice(account: Account, small_pages: None) -> None:
    account.put(*mails(14))
    with opened(account) as mailbox:
        kept = inbox(mailbox)
        kept.page(mailbox)
        account.server.kill()
        with pytest.raises(Unreachable):
            kept.page(mailbox)
        with pytest.raises(Unreachable, match="Nobody listens"):
            kept.page(mailbox)
        account.server.start()
        kept.read(mailbox)
    assert agrees(kept, account)
    assert sorted(kept.order) == list(range(1, 15))


def test_a_line_that_breaks_anywhere_in_a_page_loses_nothing(account: Account, small_pages: None) -> None:
    account.put(*(mail(number, "line\r\n" * 300) for number in range(1, 13)))
    broke = 0
    with Line(account.server.imap_port) as line, opened(account, line.port) as mailbox:
        kept = Kept(inbox(mailbox).stream)
        more = True
        while more:
            line.cut_after = 600 * (broke + 1)
            try:
                more = kept.page(mailbox).more
            except Unreachable:
                broke += 1
    assert broke > 10
    assert agrees(kept, account)
    assert sorted(kept.order) == list(range(1, 13))


def test_a_slow_line_is_not_given_up(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.sources.mailbox.wire.PATIENCE", 1.0)
    account.put(mail(1, "slow\r\n" * 60_000))
    with Line(account.server.imap_port) as line, opened(account, line.port) as mailbox:
        kept = inbox(mailbox)
        line.pause = 0.1  # 16 KB each time: more than two seconds for the mail
        kept.read(mailbox)
    assert agrees(kept, account)


def test_a_silent_line_is_given_up(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.sources.mailbox.wire.PATIENCE", 0.3)
    account.put(mail(1))
    with Line(account.server.imap_port) as line, opened(account, line.port) as mailbox:
        kept = inbox(mailbox)
        line.stop()
        with pytest.raises(Unreachable, match="did not answer in time"):
            kept.page(mailbox)
        line.go_on()
        kept.read(mailbox)
    assert agrees(kept, account)


def test_at_most_one_connection_is_open(account: Account) -> None:
    account.put(mail(1))
    with Line(account.server.imap_port) as line, opened(account, line.port) as mailbox:
        kept = inbox(mailbox)
        kept.read(mailbox)
        mailbox.wait(0.05)
        kept.read(mailbox)
        mailbox.check()
        assert line.connections == 1


def _nasty() -> list[bytes]:
    folder = shared_data("mail")
    places = ("zammad/*.box", "rt-emails/**/*", "email_reply_trimmer/emails/*")
    paths: list[Path] = [path for place in places for path in sorted(folder.glob(place)) if path.is_file()]
    found = []
    for path in paths:
        raw = path.read_bytes()
        if raw.startswith(b"From "):
            raw = raw.partition(b"\n")[2]
        # A mail has no NUL in it (RFC 3501); Dovecot takes none.
        found.append(raw.replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    return found + [raw.replace(b"\0", b"") for raw in mbox(shared_data("mail/easy-ham.mbox.gz"))]


@pytest.mark.shared_data
def test_every_real_mail_arrives_whole(account: Account) -> None:
    given = _nasty()
    assert len(given) > 1000
    account.put(*given)
    with opened(account) as mailbox:
        kept = inbox(mailbox)
        kept.read(mailbox)
    assert [_lines(kept.mails[uid]) for uid in sorted(kept.mails)] == [_lines(raw) for raw in given]


def _lines(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
