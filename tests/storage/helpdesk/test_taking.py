"""What a helpdesk tells comes in once, readable, with its people and files, however often it is told."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.lookup import IdentityKind
from desk.statuses import Priority, Status
from desk.times import HOUR, MINUTE
from storage.helpdesk.records import AgentNews, FileNews, HelpdeskRecord, Passed
from storage.helpdesk.standing import numbered, standing
from storage.ingest.records import IdentityRecord
from storage.search.index import index_customers
from storage.search.query import Finder
from storage.tickets import conversation, find_ticket
from tests.factories import NOW, make_agent, make_ticket
from tests.storage.helpdesk.far import BO, LI, Far, said, ticket


def test_a_ticket_comes_in_with_all_that_is_told_of_it(far: Far) -> None:
    news = ticket(
        assignee="7", tags=("VIP", "Late parcel"), priority=Priority.HIGH, status=Status.HOLD, label="stalled"
    )
    assert far.tell(BO, news, said("m1"), said("m2", "On its way.", kind="outbound", agent="7", at=NOW)) == 3
    assert far.one(
        """SELECT t.subject, t.status, t.priority, q.name, a.handle, c.name, t.details ->> '$.Order', t.message_count,
                  t.created_at, t.first_response_at, t.unread
             FROM ticket t JOIN queue q ON q.id = t.queue_id JOIN agent a ON a.id = t.assignee_id
             JOIN customer c ON c.id = t.customer_id"""
    ) == ("Where is my parcel?", 2, 2, "General", "bo", "Li Wei", "A-17", 2, NOW - HOUR, NOW, 0)
    assert far.tags() == {"vip", "late-parcel"}
    assert far.all("SELECT kind, customer_id IS NOT NULL, agent_id IS NOT NULL FROM message ORDER BY id") == [
        ("inbound", 1, 0),
        ("outbound", 0, 1),
    ]
    there = standing(far.connection, far.ticket_id())
    assert there is not None
    assert there[:7] == ("acme", "rt", "101", "stalled", "P2", "https://desk.example.org/1", False)
    assert far.changes() == []


def test_a_ticket_is_found_by_what_it_is_called_there(far: Far) -> None:
    make_ticket(far.connection)
    far.tell(ticket("1"), ticket("2"))
    for text in ("101", "#101", "acme#101", "ACME#101", "rt#101"):
        assert find_ticket(far.connection, text) == far.ticket_id(), text
    assert numbered(far.connection, "102", "zendesk") == ()


def test_a_customer_is_found_by_what_their_ticket_is_called_there(far: Far) -> None:
    far.tell(ticket("1"), ticket("2"))
    index_customers(far.connection, [int(str(far.stands("customer_id")[0]))])
    (hit,) = Finder(far.connection).find("#101")
    assert (hit.name, hit.identity_value) == ("Li Wei", "acme#101")


def test_what_was_told_before_changes_nothing(far: Far) -> None:
    records = (BO, ticket(assignee="7"), said("m1"), said("m2", "Sent.", kind="outbound", agent="7", at=NOW))
    far.tell(*records)
    before = far.connection.total_changes
    assert far.tell(*records) == 0
    assert far.connection.total_changes - before == 0


def test_html_is_text_and_quotes_are_folded(far: Far) -> None:
    body = "<p>Not <b>yet</b>.</p><blockquote>On Monday Bo wrote:<br>Has it come?</blockquote>"
    far.tell(ticket(), said("m1", body, html=True), said("m2", "Yes.\n\n> Has it come?\n", at=NOW))
    first, second = conversation(far.connection, far.ticket_id())
    assert not first.html, "at a helpdesk nearly all of it is: not worth a line on each"
    assert first.body.startswith("Not yet.")
    assert "<" not in first.body
    assert [fold.kind for fold in second.folds] == ["quote"]


def test_texts_from_there_are_harmless(far: Far) -> None:
    far.tell(
        AgentNews("9", "Eve\x1b[31m", "eve@example.org"),
        replace(ticket(queue="Gen\x1beral", tags=("a\x1bb",), label="op\x1b[0men"), subject="Hi\x1b]0;x\x07"),
        said("m1", "\x1b[2Jgone\u202e"),
    )
    rows = far.all("SELECT subject, details FROM ticket") + far.all("SELECT body FROM message")
    rows += far.all("SELECT label, url FROM remote_ticket") + far.all("SELECT name FROM agent")
    rows += far.all("SELECT name FROM queue") + far.all("SELECT name FROM tag")
    assert not any(sign in str(cell) for row in rows for cell in row for sign in ("\x1b", "\u202e", "\x07"))


def test_files_are_listed_without_their_bytes(far: Far) -> None:
    files = (FileNews("f1", "../photo.jpg", "image/jpeg", 120_000), FileNews("f2", "plan.pdf", "", 0, inline=True))
    far.tell(ticket(), said("m1", files=files))
    (entry,) = conversation(far.connection, far.ticket_id())
    shown = [(file.name, file.type, file.size, file.digest, file.away, file.asked) for file in entry.attachments]
    assert shown == [
        ("photo.jpg", "image/jpeg", 120_000, b"", True, False),
        ("plan.pdf", "application/octet-stream", 0, b"", True, False),
    ]
    assert far.all("SELECT external_id, asked_at FROM remote_file") == [("f1", None), ("f2", None)]


def test_an_edited_message_says_what_it_says_now(far: Far) -> None:
    far.tell(ticket(), said("m1", "Where is it"))
    far.tell(said("m1", "Where is it, please?"))
    assert far.all("SELECT body FROM message") == [("Where is it, please?",)]
    assert far.one("SELECT count(*) FROM message_text WHERE message_text MATCH 'please'") == (1,)


def test_a_message_of_a_ticket_that_was_never_told_is_left_out(far: Far) -> None:
    assert far.tell(ticket(), said("m1", of="99"), Passed("ticket 3", "no subject")) == 1
    assert far.all("SELECT * FROM message") == []


def test_a_customer_is_one_person_however_they_are_known(far: Far) -> None:
    """By their id there, and by an account number in a custom field."""
    account = replace(LI, identities=(IdentityRecord(IdentityKind.ACCOUNT, "K-4711"),))
    far.tell(ticket("1"), ticket("2", customer=account))
    assert far.all("SELECT name FROM customer") == [("Li Wei",)]
    kinds = {kind for (kind,) in far.all("SELECT kind FROM identity")}
    assert kinds == {IdentityKind.NAME, IdentityKind.EMAIL, IdentityKind.ACCOUNT}


def test_agents_are_matched_by_address_then_handle_then_name(far: Far) -> None:
    by_address = make_agent(far.connection, handle="b.lind", name="B. L.")
    far.connection.execute("UPDATE agent SET email = 'bo@example.org' WHERE id = ?", (by_address,))
    by_handle, by_name = make_agent(far.connection, handle="kim"), make_agent(far.connection, handle="x", name="Cy Ray")
    far.tell(BO, AgentNews("8", "Kim Stein", handle="Kim"), AgentNews("9", "Cy Ray"), AgentNews("10", "Cy Ray"))
    rows = far.all("SELECT external_id, agent_id FROM remote_agent ORDER BY external_id + 0")
    assert rows[:3] == [("7", by_address), ("8", by_handle), ("9", by_name)]
    assert rows[3][1] not in (by_address, by_handle, by_name)
    far.tell(AgentNews("7", "Renamed", "else@example.org"))
    assert far.all("SELECT external_id, agent_id FROM remote_agent ORDER BY external_id + 0") == rows


def test_who_has_another_address_is_somebody_else(far: Far) -> None:
    mine = make_agent(far.connection, handle="bo", name="Bo Lind")
    far.connection.execute("UPDATE agent SET email = 'other@example.org' WHERE id = ?", (mine,))
    far.tell(BO)
    assert far.one("SELECT agent_id <> ?, handle FROM remote_agent r JOIN agent a ON a.id = r.agent_id", mine) == (
        1,
        "bo2",
    )


def test_old_tickets_that_were_answered_are_no_news(far: Far) -> None:
    far.tell(
        ticket("1"), said("m1", at=NOW - 9 * HOUR), said("m2", "Sent.", kind="outbound", at=NOW - 8 * HOUR),
        ticket("2"), said("m3", of="2", at=NOW - 9 * HOUR),
        ticket("3", status=Status.SOLVED, label="resolved"), said("m4", of="3", at=NOW - 9 * HOUR),
    )  # fmt: skip
    assert [far.stands("unread", ticket=each) for each in "123"] == [(0,), (1,), (0,)]
    assert far.stands("solved_at IS NOT NULL", ticket="3") == (1,)


RECORDS: tuple[HelpdeskRecord, ...] = (
    BO,
    ticket("1"), said("m1", at=NOW - 50 * MINUTE), said("m2", "A", kind="outbound", agent="7", at=NOW - 40 * MINUTE),
    ticket("2", status=Status.PENDING, label="pending", assignee="7", tags=("vip",)),
    said("m3", of="2", at=NOW - 2 * HOUR),
    said("m4", "Noted.", kind="note", of="1", agent="7", at=NOW - 10 * MINUTE),
    ticket("1", status=Status.SOLVED, label="resolved", at=NOW - MINUTE, queue="Parcels", tags=("vip", "late")),
)  # fmt: skip
TOLD = (
    """SELECT t.external_id, t.subject, t.status, t.priority, t.unread, t.message_count, t.updated_at, t.solved_at,
              q.name, a.handle, t.inbound_at, t.first_response_at, r.label, r.status, r.version, r.base
         FROM ticket t JOIN remote_ticket r ON r.ticket_id = t.id LEFT JOIN queue q ON q.id = t.queue_id
         LEFT JOIN agent a ON a.id = t.assignee_id ORDER BY 1""",
    """SELECT t.external_id, m.external_id, m.kind, m.body, m.agent_id
         FROM message m JOIN ticket t ON t.id = m.ticket_id ORDER BY m.external_id""",
    """SELECT t.external_id, g.name
         FROM ticket_tag k JOIN tag g ON g.id = k.tag_id JOIN ticket t ON t.id = k.ticket_id ORDER BY 1, 2""",
    "SELECT handle, name, email FROM agent ORDER BY handle",
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, len(RECORDS)), max_size=4), again=st.lists(st.integers(0, len(RECORDS) - 1)))
def test_in_pages_of_any_size_and_with_repeats_it_comes_to_the_same(
    far: Far, cuts: list[int], again: list[int]
) -> None:
    places = [0, *sorted(cuts), len(RECORDS)]
    whole = _told(far, [RECORDS])
    pages = [RECORDS[start:end] for start, end in pairwise(places)]
    pages += [tuple(RECORDS[place] for place in sorted(again)), RECORDS[-1:]]
    assert _told(far, pages) == whole


def _told(far: Far, pages: list[tuple[HelpdeskRecord, ...]]) -> list[list[tuple[object, ...]]]:
    """What the workspace says after these pages; it is empty again then."""
    for page in pages:
        far.tell(*page)
    found = [far.all(statement) for statement in TOLD]
    for table in ("ticket_tag", "remote_ticket", "message", "event", "remote_agent", "ticket", "tag"):
        far.connection.execute(f"DELETE FROM {table}")
    far.connection.execute("DELETE FROM agent WHERE email <> ''")
    return found
