"""A mailbox of years into tickets, on a real server."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from desk.filters import Filter
from storage import sources
from storage.connect import writing
from storage.customers import card
from storage.ingest.recency import SETTING
from storage.queue import Scope, count, first_page, snapshot
from storage.tickets import ticket
from storage.workspace import open_to_read
from sync.sources.mailbox import reading
from tests.sync.office import Office, mail

LONG_AGO = datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)


def recent(hours: int) -> str:
    """A Date some hours ago, without its zone."""
    return format_datetime(datetime.now(UTC) - timedelta(hours=hours)).removesuffix(" +0000")


def copies(office: Office) -> int:
    """How many places of mails are known."""
    return int(str(office.rows("SELECT count(*) FROM mail_copy")[0][0]))


def test_a_mailbox_becomes_tickets_with_its_people_and_our_answers(office: Office) -> None:
    us = office.account.user
    office.account.put(
        mail("Broken pump", name="a1", at=recent(9)),
        mail("Re: Broken pump", name="a3", before="a2", at=recent(7), words="still broken"),
        mail("Invoice", name="b1", sender="Bo Lind <bo@example.org>", at=recent(5)),
    )
    answer = mail("Re: Broken pump", name="a2", before="a1", at=recent(8), sender=f"Support <{us}>",
                  to="Ana <ana@example.org>", words="we look into it")  # fmt: skip
    office.account.put(answer, folder="Sent", flags=r"(\Seen)")
    office.connect()
    assert office.sync().pulled == 4
    thread = next(subject for subject in office.tickets() if "pump" in str(subject))
    assert office.messages(str(thread)) == [
        ("inbound", "hello"), ("outbound", "we look into it"), ("inbound", "still broken"),
    ]  # fmt: skip
    people = office.rows(
        "SELECT c.name FROM ticket t JOIN customer c ON c.id = t.customer_id "
        "WHERE t.merged_into_id IS NULL ORDER BY c.name"
    )
    assert people == [("Ana",), ("Bo Lind",)]


def test_what_was_read_or_answered_elsewhere_is_no_news(office: Office) -> None:
    us = office.account.user
    office.account.put(mail("Read", name="a", at=recent(5)), flags=r"(\Seen)")
    office.account.put(mail("New", name="b", at=recent(5)), mail("Answered", name="c", at=recent(5)))
    office.account.put(
        mail("Re: Answered", name="d", before="c", at=recent(4), sender=us, to="ana@example.org"), folder="Sent"
    )
    office.connect()
    office.sync()
    assert office.ticket("Read", "unread, status") == (0, 0)
    assert office.ticket("New", "unread, status") == (1, 0)
    thread = next(str(subject) for subject in office.tickets() if "Answered" in str(subject))
    assert office.ticket(thread, "unread, status") == (0, 1)


def test_the_newest_message_says_whether_a_ticket_is_unread(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its past comes in later pages, and was read long ago."""
    monkeypatch.setattr(reading, "MOST_MAILS", 1)
    office.account.put(mail("Pump", name="a", at=recent(5)), flags=r"(\Seen)")
    office.account.put(mail("Re: Pump", name="b", before="a", at=recent(4)))
    office.connect()
    office.sync()
    assert [unread for (unread,) in office.rows("SELECT unread FROM ticket WHERE merged_into_id IS NULL")] == [1]


@pytest.mark.parametrize("page", [1, 500])
def test_a_thread_whose_halves_join_late_is_one_ticket_and_leaves_nothing_over(
    office: Office, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """The newest mails are read first: the end of the thread, its beginning, and at last what lies between them."""
    monkeypatch.setattr(reading, "MOST_MAILS", page)
    joining = mail("Re: Pump", name="c", before="b", at=recent(6))
    first, second = mail("Pump", name="a", at=recent(8)), mail("Re: Pump", name="b", before="a", at=recent(7))
    office.account.put(joining, second, first, mail("Re: Pump", name="d", before="c", at=recent(5)))
    office.connect()
    assert office.sync().pulled == 4
    with closing(open_to_read(office.workspace)) as connection:
        everything = Scope(Filter(), "updated", None, office.clock(), UTC)
        (stands,) = snapshot(connection, everything)
        assert count(connection, everything) == 1
        (shown,) = first_page(connection, everything)
        assert (shown.message_count, shown.status, shown.unread) == (4, 0, True)
        theirs = card(connection, shown.customer_id or 0, office.clock(), UTC)
        assert (theirs.all_tickets, theirs.open_tickets, len(theirs.recent)) == (1, 1, 1)
        assert ticket(connection, stands).suggested == ()
        # Whoever had the other half open is told where it went; of one page's halves nobody saw two.
        others = [row[0] for row in connection.execute("SELECT id FROM ticket WHERE id <> ?", (stands,))]
        assert [ticket(connection, other).merged_into for other in others] == [shown.number] * (page == 1)


def test_what_is_read_elsewhere_later_is_read_here(office: Office) -> None:
    office.account.put(mail("Pump"))
    office.connect()
    office.sync()
    assert office.ticket("Pump", "unread") == (1,)
    office.account.do("INBOX", "STORE", "1", "+FLAGS", r"(\Seen)")
    office.sync()
    assert office.ticket("Pump", "unread") == (0,)


def test_old_matters_are_solved_but_only_those_of_before(office: Office) -> None:
    old = "29 Feb 2024 23:59:58"
    office.account.put(mail("Old", name="a", at=old), at=LONG_AGO)
    office.account.put(mail("Recent", name="b", at=recent(5)))
    office.connect()
    office.sync()
    assert office.ticket("Old", "status, unread") == (3, 0)
    assert office.ticket("Recent", "status, unread") == (0, 1)
    # A customer whose clock is years behind has written just now.
    office.account.put(mail("Clock", name="c", at=old), at=datetime.now(UTC) + timedelta(seconds=2))
    office.sync()
    assert office.ticket("Clock", "status, unread") == (0, 1)


def test_an_old_mail_of_an_old_thread_does_not_change_what_agents_did(office: Office) -> None:
    office.account.put(mail("Pump", name="a", at=recent(5)))
    office.connect()
    office.sync()
    office.reply(office.tickets()["Pump"])
    office.sync()
    with writing(office.connection):
        office.connection.execute("UPDATE ticket SET status = 0")
    office.account.put(mail("Pump", name="b", before="a", at="29 Feb 2024 23:59:58"))
    office.sync()
    assert office.ticket("Pump", "status") == (0,)


def test_a_second_round_adds_nothing(office: Office) -> None:
    office.account.put(*(mail(f"Order {number}", name=f"m{number}") for number in range(30)))
    office.connect()
    assert office.sync().pulled == 30
    before = office.rows("SELECT * FROM message ORDER BY id")
    assert office.sync().pulled == 0
    with writing(office.connection):
        office.connection.execute("DELETE FROM cursor")
    assert office.sync().pulled == 0, "all of it came again"
    assert office.rows("SELECT * FROM message ORDER BY id") == before
    assert copies(office) == 30


def test_a_renumbered_folder_doubles_nothing(office: Office) -> None:
    mails = [mail(f"Order {number}", name=f"m{number}") for number in range(5)]
    office.account.put(*mails, folder="Archive")
    office.connect(folders="Archive")
    assert office.sync().pulled == 5
    office.account.renumber("Archive")
    office.account.put(*mails[2:], mail("News", name="news"), folder="Archive")
    assert office.sync().pulled == 1
    assert len(office.tickets()) == 6
    assert copies(office) == 4, "what isn't there any more has no place"
    assert office.rows("SELECT count(DISTINCT validity) FROM mail_copy") == [(1,)]


def test_what_is_deleted_there_stays_here(office: Office) -> None:
    office.account.put(mail("Kept", name="a"), mail("Gone", name="b"))
    office.connect()
    office.sync()
    office.account.delete("2")
    office.sync()
    assert set(office.tickets()) == {"Kept", "Gone"}
    assert office.messages("Gone") == [("inbound", "hello")]
    assert copies(office) == 1


def test_the_newest_come_first_and_who_wrote_last_stands_first(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_MAILS", 10)
    count = 60
    office.account.put(
        *(
            mail(f"Order {n}", name=f"m{n}", sender=f"Ana {n} <ana{n}@example.org>", at=recent(count - n))
            for n in range(count)
        )
    )
    office.connect()
    office.sync()
    first = [subject for (subject,) in office.rows("SELECT subject FROM ticket ORDER BY id LIMIT 10")]
    assert set(first) == {f"Order {n}" for n in range(count - 10, count)}
    names = office.rows("SELECT name FROM customer WHERE contacted_at IS NOT NULL ORDER BY recency")
    assert [name for (name,) in names] == [f"Ana {n}" for n in range(count)]
    assert office.rows("SELECT 1 FROM setting WHERE key = ?", SETTING) == []


def test_copies_in_two_folders_are_one_message_in_two_places(office: Office) -> None:
    office.account.put(mail("Pump"))
    office.account.put(b"Received: from elsewhere\r\n" + mail("Pump"), folder="Archive")
    office.connect(folders="Archive")
    assert office.sync().pulled == 1
    assert copies(office) == 2


def test_hostile_bytes_are_kept_and_hold_nothing_up(office: Office) -> None:
    office.account.put(b"\r\n\r\n", b"From: <\r\nSubject: =?x?q?=ff?=\r\n\r\n\xff\xfe", mail("Fine"), b"no mail at all")
    office.connect()
    office.sync()
    assert ("Fine",) in office.rows("SELECT subject FROM ticket")
    assert copies(office) == 4


def test_two_sources_of_which_one_is_away(office: Office) -> None:
    office.account.put(mail("Pump"))
    office.connect()
    with writing(office.connection):
        sources.add(office.connection, "mailbox", "away", office.settings(imap="imap://127.0.0.1:1"), office.clock())
    assert office.fails().pulled == 1
    told = office.rows("SELECT s.name, t.state, t.said FROM source s JOIN source_state t ON t.source_id = s.id")
    assert [(name, said) for name, _, said in told if not said] == [("support", "")]
    assert "Pump" in office.tickets()
