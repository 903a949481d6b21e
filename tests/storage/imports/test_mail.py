"""Mails become tickets: threads by their headers, nothing twice, nothing dropped, a subject alone only suggests."""

import gzip
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.filters import Filter
from desk.identifiers import address_of
from desk.records import DraftRow
from desk.statuses import Status
from desk.times import DAY, HOUR
from storage import drafts, queue
from storage.connect import Connection
from storage.customers import card
from storage.imports.reading import MailRules
from storage.imports.report import Report
from storage.imports.run import Wish, import_files
from storage.imports.threads import base_subject, is_reply, topic
from storage.search.query import Finder
from storage.tickets import conversation, find_ticket, ticket
from storage.workspace import Workspace, open_to_read, open_to_write
from tests.factories import NOW, make_agent
from tests.shared import shared_data
from tests.storage.ingest.recount import full_text


def _raw(number: int, subject: str = "Lamp", *, answers: str = "", sender: str = "Ana Ruiz <ana@example.org>",
         body: str = "Hello", extra: str = "", day: int = 2) -> bytes:  # fmt: skip
    references = f"References: {answers}\nIn-Reply-To: {answers.split()[-1]}\n" if answers else ""
    return (
        f"From: {sender}\nTo: help@shop.example\nSubject: {subject}\nMessage-ID: <{number}@example.org>\n"
        f"Date: Mon, {day:02} Mar 2026 09:{number:02}:00 +0000\n{references}{extra}\n{body}\n"
    ).encode()


def _import(workspace: Workspace, connection: Connection, folder: Path, *mails: bytes,
            rules: MailRules | None = None) -> Report:  # fmt: skip
    folder.mkdir(exist_ok=True)
    for place, raw in enumerate(mails):
        (folder / f"{place:03}.eml").write_bytes(raw)
    return import_files(workspace, connection, Wish((folder,), rules=rules or MailRules()), NOW)


def _threads(connection: Connection) -> list[list[str]]:
    """The Message-IDs of each ticket that has any, both in order."""
    found: dict[int, list[str]] = {}
    for ticket_id, message_id in connection.execute("SELECT ticket_id, message_id FROM message ORDER BY ticket_id, at"):
        found.setdefault(ticket_id, []).append(message_id.partition("@")[0].strip("<"))
    return list(found.values())


def test_answers_join_the_ticket_of_what_they_answer(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    _import(
        workspace,
        connection,
        tmp_path / "in",
        _raw(1),
        _raw(2, "Re: Lamp", answers="<1@example.org>"),
        _raw(3, "Other"),
    )
    assert _threads(connection) == [["1", "2"], ["3"]]


def test_the_order_of_arrival_does_not_matter(workspace: Workspace, connection: Connection, tmp_path: Path) -> None:
    last = _raw(3, "Re: Lamp", answers="<1@example.org> <2@example.org>")
    middle = _raw(2, "Re: Lamp", answers="<1@example.org>")
    _import(workspace, connection, tmp_path / "in", last, middle, _raw(1))
    assert _threads(connection) == [["1", "2", "3"]]


def test_a_late_link_joins_two_tickets(workspace: Workspace, connection: Connection, tmp_path: Path) -> None:
    # 4 answers 3, which isn't there yet; 2 answers 1; 3, which answers 2, comes last and ties them together.
    mails = [_raw(1), _raw(2, "Re: Lamp", answers="<1@example.org>"), _raw(4, "Re: Lamp", answers="<3@example.org>"),
             _raw(3, "Re: Lamp", answers="<2@example.org>")]  # fmt: skip
    _import(workspace, connection, tmp_path / "in", *mails)
    assert _threads(connection) == [["1", "2", "3", "4"]]
    counts = connection.execute("SELECT message_count FROM ticket WHERE merged_into_id IS NULL").fetchall()
    assert counts == [(4,)]


def test_a_new_subject_on_an_old_mail_is_a_new_ticket_with_a_suggestion(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    _import(workspace, connection, tmp_path / "in", _raw(1), _raw(2, "Invoice wanted", answers="<1@example.org>"))
    assert _threads(connection) == [["1"], ["2"]]
    assert connection.execute("SELECT ticket_id, other_ticket_id FROM suggestion").fetchall() == [(2, 1)]


def test_a_subject_alone_only_suggests(workspace: Workspace, connection: Connection, tmp_path: Path) -> None:
    _import(workspace, connection, tmp_path / "in", _raw(1), _raw(2, "AW: Lamp"),
            _raw(3, "Re: Lamp", sender="Bo <bo@example.com>"))  # fmt: skip
    assert _threads(connection) == [["1"], ["2"], ["3"]]
    assert connection.execute("SELECT ticket_id, other_ticket_id FROM suggestion").fetchall() == [(2, 1)]


def test_a_second_run_adds_nothing(workspace: Workspace, connection: Connection, tmp_path: Path) -> None:
    mails = [_raw(1), _raw(2, "Re: Lamp", answers="<1@example.org>"), b"garbage without any header"]
    _import(workspace, connection, tmp_path / "in", *mails)
    before = [
        connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("message", "ticket", "customer")
    ]
    again = _import(workspace, connection, tmp_path / "in", *mails)
    assert (again.read, again.added, again.skipped, again.unparsed) == (3, 0, 3, 0)
    after = [
        connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("message", "ticket", "customer")
    ]
    assert after == before


def test_the_same_mail_by_another_way_is_not_taken_twice(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    copy = b"Received: by another.example\n" + _raw(1)
    report = _import(workspace, connection, tmp_path / "in", _raw(1), copy)
    assert (report.added, report.skipped) == (1, 1)


def test_mails_that_share_a_message_id_are_all_kept(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    mails = [_raw(1), _raw(1, "Something else"), _raw(1, body="Other words")]
    assert _import(workspace, connection, tmp_path / "in", *mails).added == 3


def test_what_is_no_mail_is_kept_with_its_bytes_and_named(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    raw = b"\x00\xff no header here at all"
    report = _import(workspace, connection, tmp_path / "in", _raw(1), raw)
    assert (report.read, report.added, report.unparsed) == (2, 1, 1)
    assert "001.eml" in report.problems[0].where
    (digest,) = connection.execute("SELECT raw FROM message WHERE unparsed").fetchone()
    kept = [file for file in workspace.attachments.rglob("*") if file.is_file() and file.read_bytes() == raw]
    assert [file.name.endswith(bytes(digest).hex()[-20:]) for file in kept] == [True]


@pytest.mark.parametrize(("status", "day", "expected"), [(1, 2, 0), (3, 2, 0), (2, 2, 2), (3, 1, 3), (0, 2, 0)])
def test_a_customer_who_writes_again_brings_the_ticket_back(
    workspace: Workspace, connection: Connection, tmp_path: Path, status: int, day: int, expected: int
) -> None:
    _import(workspace, connection, tmp_path / "one", _raw(1, day=1))
    noon = NOW - DAY + 3 * HOUR
    connection.execute("UPDATE ticket SET status = ?, updated_at = ?, unread = 0", (status, noon))
    _import(workspace, connection, tmp_path / "two", _raw(2, "Re: Lamp", answers="<1@example.org>", day=day))
    assert connection.execute("SELECT status, unread FROM ticket").fetchall() == [(expected, day == 2)]


def test_an_answer_to_a_closed_ticket_is_a_new_one(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    _import(workspace, connection, tmp_path / "one", _raw(1, day=1))
    connection.execute("UPDATE ticket SET status = 4")
    _import(workspace, connection, tmp_path / "two", _raw(2, "Re: Lamp", answers="<1@example.org>"))
    assert connection.execute("SELECT status FROM ticket ORDER BY id").fetchall() == [(4,), (0,)]
    assert connection.execute("SELECT ticket_id, other_ticket_id FROM suggestion").fetchall() == [(2, 1)]


def test_our_own_answer_belongs_to_the_customer(workspace: Workspace, connection: Connection, tmp_path: Path) -> None:
    ours = _raw(1, sender="Help <help@shop.example>").replace(b"To: help@shop.example", b"To: Li Wei <li@example.com>")
    _import(
        workspace, connection, tmp_path / "in", ours, rules=MailRules(frozenset({"help@shop.example"}), Status.SOLVED)
    )
    found = connection.execute(
        "SELECT m.kind, c.name, t.status FROM message m JOIN ticket t ON t.id = m.ticket_id "
        "JOIN customer c ON c.id = t.customer_id"
    ).fetchall()
    assert found == [("outbound", "Li Wei", 3)]


def test_a_sender_is_one_customer_whatever_the_header_calls_them(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    _import(workspace, connection, tmp_path / "in", _raw(1, sender="ana@example.org"), _raw(2, "x"),
            _raw(3, "y", sender='"A. Ruiz" <ANA@Example.org>'))  # fmt: skip
    assert connection.execute("SELECT name FROM customer").fetchall() == [("Ana Ruiz",)]
    names = connection.execute("SELECT value, known FROM identity WHERE kind = 1 ORDER BY value").fetchall()
    assert ("A. Ruiz", 0) in names


def test_automatic_mail_is_marked_and_a_bounce_finds_its_ticket(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    bounce = (
        b"From: MAILER-DAEMON@mx.example\nTo: help@shop.example\nSubject: Undelivered\nMessage-ID: <9@mx.example>\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\nMIME-Version: 1.0\n\n'
        b"--b\nContent-Type: text/plain\n\nIt failed.\n--b\nContent-Type: message/delivery-status\n\n"
        b"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ana@example.org\nAction: failed\nStatus: 5.1.1\n\n"
        b"--b\nContent-Type: message/rfc822\n\nMessage-ID: <1@example.org>\nSubject: Lamp\n\nHello\n--b--\n"
    )
    _import(
        workspace, connection, tmp_path / "in", _raw(1), bounce, _raw(3, "Away", extra="Auto-Submitted: auto-replied\n")
    )
    found = connection.execute("SELECT ticket_id, bounce, automatic <> '' FROM message ORDER BY id").fetchall()
    assert found[0] == (1, "", 0)
    assert found[1][0] == 1
    assert "5.1.1" in found[1][1]
    assert found[2] == (2, "", 1)


def test_attachments_are_kept_once_by_their_hash(workspace: Workspace, connection: Connection, tmp_path: Path) -> None:
    part = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n'
    body = (
        '--b\nContent-Type: text/plain\n\nSee the file\n--b\nContent-Type: text/csv; name="a.csv"\n'
        'Content-Disposition: attachment; filename="../../a.csv"\n\n1,2\n--b--\n'
    )
    _import(
        workspace, connection, tmp_path / "in", _raw(1, extra=part, body=body), _raw(2, "Two", extra=part, body=body)
    )
    rows = connection.execute("SELECT name, size, digest FROM attachment").fetchall()
    assert len(rows) == 2
    assert rows[0] == rows[1]
    assert "/" not in rows[0][0]
    assert len([file for file in workspace.attachments.rglob("*") if file.is_file()]) == 1


def test_a_killed_import_goes_on_where_it_stopped(workspace: Workspace, tmp_path: Path) -> None:
    box = tmp_path / "box.mbox"
    separator = b"From ana@example.org Mon Mar  2 09:00:00 2026\n"
    box.write_bytes(b"\n".join(separator + _raw(number % 60, f"Subject {number}", extra=f"X-Number: {number}\n")
                               for number in range(2_000)))  # fmt: skip
    command = [sys.executable, "-m", "console", "--workspace", str(workspace.folder), "import", "--json", str(box)]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    with _reading(workspace) as reader:
        while not reader.execute("SELECT 1 FROM message LIMIT 1").fetchone() and first.poll() is None:
            pass
    first.kill()
    first.wait()
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    assert '"unparsed": 0' in done.stdout
    with _reading(workspace) as reader:
        assert reader.execute("SELECT count(*), count(DISTINCT digest) FROM message").fetchone() == (2_000, 2_000)
        assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        # What was in the tables when it was killed was in the indexes too.
        assert len(full_text(reader, "Hello")) == 2_000
        assert [hit.name for hit in Finder(reader).fast("ana@example.org")] == ["Ana Ruiz"]


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("Re: Lamp", "lamp"),
        ("AW: WG: Lamp", "lamp"),
        ("Re[2]: [shop] Lamp", "lamp"),
        ("Lamp", "lamp"),
        ("Reply", "reply"),
    ],
)
def test_reply_marks_are_taken_off(subject: str, base: str) -> None:
    assert base_subject(subject) == base
    assert is_reply(subject) is (subject not in ("Lamp", "Reply"))


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("Re: Lamp", "Lamp"),
        ("AW: Re[2]: Lamp", "Lamp"),
        ("回复：Lamp", "Lamp"),
        ("Fwd: Lamp", "Fwd: Lamp"),
        ("Re: [shop] Re: Lamp", "[shop] Re: Lamp"),
        ("Refund", "Refund"),
        ("Re:", "Re:"),
    ],
)
def test_a_ticket_that_begins_with_an_answer_is_called_by_its_topic(
    workspace: Workspace, connection: Connection, tmp_path: Path, subject: str, shown: str
) -> None:
    assert topic(subject) == shown
    _import(workspace, connection, tmp_path / "in", _raw(1, subject))
    assert connection.execute("SELECT t.subject, m.subject FROM ticket t, message m").fetchall() == [(shown, subject)]


@given(st.text(max_size=60))
def test_a_base_subject_has_no_reply_mark_left(subject: str) -> None:
    assert base_subject(base_subject(subject)) == base_subject(subject)


# Two conversations, whose mails answer the one before or an earlier one, and a mail of its own.
_MAILS = (
    [_raw(1)] + [_raw(n, "Re: Lamp", answers=f"<{n - 1}@example.org>") for n in range(2, 6)]
    + [_raw(6, "Kettle")] + [_raw(n, "Re: Kettle", answers="<6@example.org>") for n in (7, 8)] + [_raw(9, "Invoice")]
)  # fmt: skip
_EVERYTHING = queue.Scope(Filter(), "newest", None, NOW, UTC)
_CONVERSATIONS = [["1", "2", "3", "4", "5"], ["6", "7", "8"], ["9"]]


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(9)), parts=st.integers(1, 4))
def test_any_order_makes_the_same_tickets_and_leaves_nothing_over(
    workspace_template: Workspace, tmp_path_factory: pytest.TempPathFactory, order: list[int], parts: int
) -> None:
    """Whether a late mail comes in the same batch or a later one."""
    folder = tmp_path_factory.mktemp("order")
    shutil.copytree(workspace_template.folder, folder / "workspace")
    with closing(open_to_write(Workspace(folder / "workspace"))) as connection:
        for part in range(parts):
            mails = [_MAILS[place] for place in order[part::parts]]
            _import(Workspace(folder / "workspace"), connection, folder / str(part), *mails)
        assert sorted(_threads(connection)) == _CONVERSATIONS
        listed = queue.snapshot(connection, _EVERYTHING)
        said = [connection.execute("SELECT message_count FROM ticket WHERE id = ?", (each,)) for each in listed]
        assert sorted(found.fetchone()[0] for found in said) == [1, 3, 5]
        assert queue.count(connection, _EVERYTHING) == 3
        (customer,) = connection.execute("SELECT id FROM customer").fetchone()
        shown = card(connection, customer, NOW, UTC)
        assert (shown.all_tickets, shown.open_tickets, len(shown.recent)) == (3, 3, 3)
        numbers = {row.number for row in shown.recent}
        for ticket_id in listed:
            assert set(ticket(connection, ticket_id).suggested) <= numbers
        made = connection.execute("SELECT count(*), count(merged_into_id) FROM ticket").fetchone()
        assert made[0] - made[1] == 3
        assert parts > 1 or made[1] == 0, "nobody has seen what one batch joins"


def test_who_had_a_joined_ticket_open_is_led_to_what_it_became(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    _import(workspace, connection, tmp_path / "one", _raw(1))
    _import(workspace, connection, tmp_path / "two", _raw(3, "Re: Lamp", answers="<2@example.org>"))
    _import(workspace, connection, tmp_path / "three", _raw(2, "Re: Lamp", answers="<1@example.org>"))
    assert ticket(connection, find_ticket(connection, "#1002")).merged_into == 1001
    assert conversation(connection, find_ticket(connection, "#1002")) == ()
    assert len(conversation(connection, find_ticket(connection, "#1001"))) == 3


@pytest.mark.parametrize("worked_on", [1, 2])
def test_the_ticket_that_an_agent_works_on_stays(
    workspace: Workspace, connection: Connection, tmp_path: Path, worked_on: int
) -> None:
    _import(workspace, connection, tmp_path / "one", _raw(1))
    _import(workspace, connection, tmp_path / "two", _raw(3, "Re: Lamp", answers="<2@example.org>"))
    agent = make_agent(connection)
    drafts.save(connection, DraftRow(worked_on, agent, "reply", "", "", "", "Half a reply", (), 0, None, NOW))
    _import(workspace, connection, tmp_path / "three", _raw(2, "Re: Lamp", answers="<1@example.org>"))
    assert list(queue.snapshot(connection, _EVERYTHING)) == [worked_on]
    assert connection.execute("SELECT message_count FROM ticket WHERE id = ?", (worked_on,)).fetchone() == (3,)


def test_a_ticket_that_was_seen_stays_rather_than_a_new_one(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    _import(workspace, connection, tmp_path / "one", _raw(4, "Re: Lamp", answers="<3@example.org>"))
    chain = (_raw(1), _raw(2, "Re: Lamp", answers="<1@example.org>"), _raw(3, "Re: Lamp", answers="<2@example.org>"))
    _import(workspace, connection, tmp_path / "two", *chain)
    assert _threads(connection) == [["1", "2", "3", "4"]]
    assert connection.execute("SELECT id, message_count FROM ticket").fetchall() == [(1, 4)]


def test_what_still_waits_is_not_lost_in_a_solved_ticket(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    _import(workspace, connection, tmp_path / "one", _raw(1, day=1))
    connection.execute("UPDATE ticket SET status = 3, unread = 0")
    _import(workspace, connection, tmp_path / "two", _raw(3, "Re: Lamp", answers="<2@example.org>", day=3))
    # Ours, which asks nothing of anyone, shows that they are one.
    ours = _raw(2, "Re: Lamp", answers="<1@example.org>", sender="Help <help@shop.example>").replace(
        b"To: help@shop.example", b"To: Ana Ruiz <ana@example.org>"
    )
    _import(workspace, connection, tmp_path / "three", ours, rules=MailRules(frozenset({"help@shop.example"})))
    assert _threads(connection) == [["1", "2", "3"]]
    assert connection.execute("SELECT status, unread FROM ticket WHERE merged_into_id IS NULL").fetchall() == [(0, 1)]


@pytest.mark.shared_data
def test_every_shared_mail_comes_in(workspace: Workspace, connection: Connection) -> None:
    for name, count in (("mail/zammad", 52), ("mail/rt-emails", 18), ("mail/easy-ham.mbox.gz", 1_500)):
        report = import_files(workspace, connection, Wish((shared_data(name),)), NOW)
        assert report.read == count
        assert report.added + report.skipped + report.unparsed == count
    with gzip.open(shared_data("mail/easy-ham.mbox.gz")) as stream:
        first_sender = next(line for line in stream if line.lower().startswith(b"from:")).decode()
    addresses = {row[0] for row in connection.execute("SELECT normal FROM identity WHERE kind = 2")}
    assert address_of(first_sender.partition(":")[2]) in addresses


def _reading(workspace: Workspace) -> "closing[Connection]":
    return closing(open_to_read(workspace))
