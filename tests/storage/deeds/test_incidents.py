"""Incidents: tickets linked and suggested, and one update that reaches each customer once, or none at all."""

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC

import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from desk.lookup import IdentityKind
from desk.times import DAY, HOUR, SECOND
from storage import content, delivery, rules, tickets
from storage.audience import Audience, Update, audience
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.incident_updates import tell_all
from storage.deeds.incidents import Described, begin, describe, link, set_state, unlink
from storage.deeds.merge import merge
from storage.deeds.undo import redo, undo
from storage.engine import deed_session
from storage.incidents import alarms, alike, around, incident, incidents, linked
from storage.ratings import asking_lines
from storage.workspace import Workspace
from tests.factories import NOW, make_customer, make_identity, make_message, make_source, make_ticket

TEXT = "Hello {{customer.first_name|there}}, cards work again. #{{ticket.number}} {{agent.first_name}}"
CARDS = Described("Checkout rejects cards", notice="Paying by card fails at the checkout.", next_update_at=NOW + HOUR)
SENT = """
    SELECT t.number, m.body, o.state FROM outbox o JOIN message m ON m.id = o.message_id
    JOIN ticket t ON t.id = o.ticket_id ORDER BY 1"""


def make_case(
    connection: Connection, name: str, body: str = "my card is refused at the checkout", **columns: object
) -> int:
    """A ticket of a mailbox with a customer and their question."""
    address = name.lower() + "@example.org"
    customer = make_customer(connection, name, email=address)
    source = connection.execute("SELECT id FROM source").fetchone()
    source_id = source[0] if source else make_source(connection)
    ticket = make_ticket(connection, subject="Paying", customer_id=customer, source_id=source_id, **columns)  # type: ignore[arg-type]  # any column
    make_message(connection, ticket, body=body, customer_id=customer, sender=address, at=NOW)
    connection.commit()
    return ticket


@pytest.fixture
def cases(connection: Connection) -> list[int]:
    """Three of them."""
    return [make_case(connection, name) for name in ("Rosa", "Li", "Sam")]


def begun(engine: Engine, by: By, ids: list[int], described: Described = CARDS) -> int:
    with deed_session(engine) as session:
        begin(session, by, described, ids)
    return 1


def update(text: str = TEXT, next_at: int | None = None) -> Update:
    return Update(1, text, next_at, UTC)


def shown(connection: Connection, by: By, text: str = TEXT, among: list[int] | None = None) -> Audience:
    """What the preview says."""
    return audience(connection, update(text), by.agent_id, NOW, among)


def tell(engine: Engine, by: By, seen: Audience, text: str = TEXT, next_at: int | None = None) -> str:
    with deed_session(engine) as session:
        return tell_all(session, by, update(text, next_at), seen).title


def told(connection: Connection, engine: Engine, by: By, ids: list[int], text: str = TEXT) -> str:
    return tell(engine, by, shown(connection, by, text, ids), text)


def test_it_begins_with_its_tickets_and_each_says_so(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases[:2])
    (row,) = incidents(connection)
    assert (row.title, row.state, row.tickets, row.customers, row.agent) == (CARDS.title, "looking", 2, 2, "Ana Ruiz")
    assert [alarm.at for alarm in alarms(connection)] == [NOW + HOUR]
    assert [event.body for event in tickets.events(connection, cases[0])] == [
        "Ana Ruiz linked it to the incident “Checkout rejects cards”"
    ]
    assert around(connection, cases[0]).linked == ((1, CARDS.title, "looking"),)
    with deed_session(engine) as session:
        undo(session, by)
    assert incidents(connection) == ()


def test_what_looks_like_it_is_suggested_with_its_reason_until_somebody_says_no(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    other = make_case(connection, "Kim", "the kettle leaks")
    old = make_case(connection, "Old", created_at=NOW - 3 * DAY)
    begun(engine, by, cases[:1])
    row = incident(connection, 1)
    assert row is not None
    found = alike(connection, row)
    assert {each.ticket_id for each in found} == set(cases[1:])
    assert "checkout" in found[0].why
    suggested = around(connection, cases[1]).suggested
    assert suggested is not None
    assert (suggested.id, "checkout" in suggested.why) == (1, True)
    assert around(connection, other).suggested is None
    assert around(connection, old).suggested is None
    with deed_session(engine) as session:
        unlink(session, by, 1, [cases[1]])
    with deed_session(engine) as session:
        link(session, by, 1, [cases[2]])
    assert alike(connection, row) == ()
    assert around(connection, cases[1]).suggested is None
    assert {each.ticket_id for each in linked(connection, 1)} == {cases[0], cases[2]}
    with deed_session(engine) as session:
        undo(session, by)
    with deed_session(engine) as session:
        undo(session, by)
    assert len(alike(connection, row)) == 2


def test_an_update_reaches_each_customer_once_with_their_own_words(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases)
    connection.execute("UPDATE ticket SET unread = (id = ?)", (cases[1],))
    connection.commit()
    assert told(connection, engine, by, cases) == "Told 3 customers of “Checkout rejects cards”"
    assert connection.execute(SENT).fetchall() == [
        (1001, "Hello Rosa, cards work again. #1001 Ana", "undoable"),
        (1002, "Hello Li, cards work again. #1002 Ana", "undoable"),
        (1003, "Hello Sam, cards work again. #1003 Ana", "undoable"),
    ]
    row = connection.execute("SELECT first_response_at, message_count, preview, outbound_at FROM ticket").fetchone()
    assert row == (NOW, 2, "Hello Rosa, cards work again. #1001 Ana", NOW)
    # Nobody has read what Li wrote.
    assert connection.execute("SELECT unread FROM ticket ORDER BY id").fetchall() == [(0,), (1,), (0,)]
    source = connection.execute("SELECT id FROM source").fetchone()[0]
    delivery.release(connection, NOW + 60 * SECOND)
    job = delivery.next_job(connection, source, NOW + 60 * SECOND)
    assert job is not None
    assert job.kind == "reply"
    assert not delivery.overtaken(connection, job)
    (found,) = incidents(connection)
    assert (found.told_at, found.next_update_at) == (NOW, None)


def test_an_update_asks_for_no_rating(connection: Connection, engine: Engine, by: By, cases: list[int]) -> None:
    rules.write(connection, "ratings", content.read("ratings.toml").replace("on = false", "on = true"))
    begun(engine, by, cases[:1])
    told(connection, engine, by, cases[:1])
    (sent,) = connection.execute("SELECT id FROM message WHERE kind = 'outbound'").fetchone()
    assert asking_lines(connection, sent, "help@shop.example", "en") == ("", ())
    reply = make_message(connection, cases[0], kind="outbound", agent_id=by.agent_id)
    assert asking_lines(connection, reply, "help@shop.example", "en") != ("", ())


def test_who_is_left_out_is_named_with_the_reason(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    again = make_ticket(
        connection, customer_id=connection.execute("SELECT customer_id FROM ticket").fetchone()[0], updated_at=NOW - 1
    )
    shared = make_case(connection, "Twin")
    connection.execute("UPDATE message SET sender = 'Sam <SAM@example.org>' WHERE ticket_id = ?", (shared,))
    connection.execute("UPDATE ticket SET updated_at = ? WHERE id = ?", (NOW - 2, shared))
    nobody = make_ticket(connection, customer_id=make_customer(connection, "No Address"))
    closed = make_case(connection, "Closed", status=4)
    # Who was answered hears of it all the same.
    solved = make_case(connection, "Solved", status=3)
    merged = make_case(connection, "Merged")
    everyone = [*cases, again, shared, nobody, closed, solved, merged]
    begun(engine, by, everyone)
    with deed_session(engine) as session:
        merge(session, by, [merged], cases[0])
    found = audience(connection, update(), by.agent_id, NOW)
    assert {letter.number for letter in found.letters} == {1001, 1002, 1003, 1008}
    assert {(each.number, each.why) for each in found.left_out} == {
        (1004, "is told on #1001"), (1005, "is told on #1003"), (1006, "no address"), (1007, "closed"),
    }  # fmt: skip
    told(connection, engine, by, everyone)
    assert len(connection.execute(SENT).fetchall()) == 4


def test_a_merged_ticket_is_told_of_on_the_one_that_it_became(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases[:1])
    with deed_session(engine) as session:
        merge(session, by, [cases[0]], cases[1])
    assert [letter.number for letter in audience(connection, update(), by.agent_id, NOW).letters] == [1002]
    assert [row.number for row in linked(connection, 1)] == [1002], "the link goes along, and is counted once"
    assert around(connection, cases[1]).linked == ((1, CARDS.title, "looking"),)
    with deed_session(engine) as session:
        undo(session, by)
    assert [row.number for row in linked(connection, 1)] == [1001]
    with deed_session(engine) as session:
        redo(session, by)
    assert [row.number for row in linked(connection, 1)] == [1002]


@pytest.mark.parametrize("dismissed", [False, True])
def test_a_ticket_that_takes_one_in_has_its_place_and_gets_its_own_back(
    connection: Connection, engine: Engine, by: By, cases: list[int], *, dismissed: bool
) -> None:
    begun(engine, by, cases[:2])
    if dismissed:
        with deed_session(engine) as session:
            unlink(session, by, 1, [cases[1]])
    before = connection.execute("SELECT * FROM incident_ticket ORDER BY ticket_id").fetchall()
    with deed_session(engine) as session:
        merge(session, by, [cases[0], cases[2]], cases[1])
    assert [row.number for row in linked(connection, 1)] == [1002]
    with deed_session(engine) as session:
        undo(session, by)
    assert connection.execute("SELECT * FROM incident_ticket ORDER BY ticket_id").fetchall() == before


def test_a_customer_without_a_mail_is_written_to_at_an_address_that_is_known(
    connection: Connection, engine: Engine, by: By
) -> None:
    customer = make_customer(connection, "Phil")
    make_identity(connection, customer, IdentityKind.EMAIL, "maybe@example.org", known=False)
    make_identity(connection, customer, IdentityKind.EMAIL, "phil@example.org")
    begun(engine, by, [make_ticket(connection, customer_id=customer, channel="phone")])
    (letter,) = audience(connection, update(), by.agent_id, NOW).letters
    assert (letter.recipient, letter.by_mail) == ("phil@example.org", False)


def test_who_was_not_in_the_preview_is_not_written_to(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases)
    told(connection, engine, by, cases[:2])
    assert [number for number, *_ in connection.execute(SENT)] == [1001, 1002]


def test_what_leaves_is_what_was_shown_to_whom_it_was_shown(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases)
    text = "{{incident.title}}, {{customer.name}}"
    seen = shown(connection, by, text)
    rosa = connection.execute("SELECT customer_id FROM ticket WHERE id = ?", (cases[0],)).fetchone()[0]
    # Another ticket of hers is linked and written on last; one customer is renamed, so is the incident.
    other = make_ticket(connection, subject="Again", customer_id=rosa, updated_at=NOW + 5)
    connection.execute("UPDATE customer SET name = 'Li Wei' WHERE name = 'Li'")
    connection.commit()
    with deed_session(engine) as session:
        link(session, by, 1, [other])
    with deed_session(engine) as session:
        describe(session, by, 1, replace(CARDS, title="Cards"), CARDS)
    assert tell(engine, by, seen, text) == "Told 3 customers of “Cards”"
    assert [row[:2] for row in connection.execute(SENT)] == [
        (1001, "Checkout rejects cards, Rosa"), (1002, "Checkout rejects cards, Li"),
        (1003, "Checkout rejects cards, Sam"),
    ]  # fmt: skip


def test_who_writes_from_another_address_or_is_out_of_it_meanwhile_is_not_told(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases)
    seen = shown(connection, by)
    make_message(connection, cases[0], body="?", sender="boss@example.com", at=NOW + 1)
    connection.commit()
    with deed_session(engine) as session:
        unlink(session, by, 1, [cases[1]])
    assert tell(engine, by, seen) == "Told 1 customer of “Checkout rejects cards”, 2 fewer than was shown"
    assert [number for number, *_ in connection.execute(SENT)] == [1003]


def test_what_the_customer_wrote_since_the_preview_holds_the_reply(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases[:1])
    seen = shown(connection, by)
    make_message(connection, cases[0], body="It works again", sender="rosa@example.org", at=NOW + 1)
    connection.commit()
    tell(engine, by, seen)
    source = connection.execute("SELECT id FROM source").fetchone()[0]
    delivery.release(connection, NOW + 60 * SECOND)
    job = delivery.next_job(connection, source, NOW + 60 * SECOND)
    assert job is not None
    assert job.ticket_id == cases[0]
    assert delivery.overtaken(connection, job)


def test_two_agents_who_do_not_know_of_each_other_do_not_both_tell(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases)
    seen = shown(connection, by)
    tell(engine, by, seen)
    with pytest.raises(Refused, match=r"Ana Ruiz has just written an update of “Checkout rejects cards”"):
        tell(engine, by, seen)
    assert len(connection.execute(SENT).fetchall()) == 3
    # Whoever has seen that one may send another.
    tell(engine, by, shown(connection, by))
    assert len(connection.execute(SENT).fetchall()) == 6


def test_the_time_of_the_next_update_lies_ahead_and_nobody_waits_once_it_is_over(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases)
    with pytest.raises(BadInput, match="has passed"):
        tell(engine, by, shown(connection, by), next_at=NOW)
    tell(engine, by, shown(connection, by), next_at=NOW + 1)
    assert [alarm.at for alarm in alarms(connection)] == [NOW + 1]
    with deed_session(engine) as session:
        set_state(session, by, 1, "over")
    tell(engine, by, shown(connection, by), next_at=NOW + HOUR)
    with deed_session(engine) as session:
        set_state(session, by, 1, "found")
    assert alarms(connection) == ()


def test_it_is_taken_back_whole_and_leaves_no_draft(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases)
    figures = "SELECT message_count, outbound_at, preview, due_at, warns_at, updated_at, unread FROM ticket ORDER BY id"
    before = connection.execute(figures).fetchall()
    told(connection, engine, by, cases)
    with deed_session(engine) as session:
        undo(session, by)
    assert connection.execute(figures).fetchall() == before
    assert connection.execute("SELECT count(*) FROM message WHERE kind = 'outbound'").fetchone()[0] == 0
    assert connection.execute("SELECT count(*) FROM draft").fetchone()[0] == 0
    assert connection.execute("SELECT count(*) FROM outbox WHERE state <> 'dropped'").fetchone()[0] == 0
    with deed_session(engine) as session:
        redo(session, by)
    sent = connection.execute(
        "SELECT t.number, m.body FROM outbox o JOIN message m ON m.id = o.message_id AND m.ticket_id = o.ticket_id"
        " JOIN ticket t ON t.id = m.ticket_id WHERE o.state = 'undoable' ORDER BY 1"
    ).fetchall()
    assert [number for number, _ in sent] == [1001, 1002, 1003]
    assert sent[0][1].startswith("Hello Rosa")


def test_after_the_undo_time_nothing_is_taken_back(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases)
    told(connection, engine, by, cases)
    with pytest.raises(Refused, match="already sent"), deed_session(engine) as session:
        undo(session, By(by.agent_id, NOW + 60 * SECOND))


KILLED = """
import os, signal, sys
from contextlib import closing
from datetime import UTC
from pathlib import Path
from storage.audience import Update, audience
from storage.deeds.by import By
from storage.deeds.incident_updates import tell_all
from storage.engine import deed_session, engine_over
from storage.workspace import Workspace, open_to_write

with closing(open_to_write(Workspace(Path(sys.argv[1])))) as connection:
    with deed_session(engine_over(connection)) as session:
        update = Update(1, "Cards work again.", None, UTC)
        seen = audience(connection, update, 1, int(sys.argv[2]))
        tell_all(session, By(1, int(sys.argv[2])), update, seen)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_in_the_middle_nobody_was_told_and_then_everybody_once(
    workspace: Workspace, connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases)
    ended = subprocess.run([sys.executable, "-c", KILLED, workspace.folder, str(NOW)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert connection.execute(SENT).fetchall() == []
    assert connection.execute("SELECT count(*) FROM incident_update").fetchone()[0] == 0
    told(connection, engine, by, cases)
    assert len(connection.execute(SENT).fetchall()) == 3


def test_an_open_field_keeps_all_of_it_from_leaving(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases)
    connection.execute("UPDATE customer SET name = '' WHERE name = 'Sam'")
    with pytest.raises(BadInput, match="isn't filled in"):
        told(connection, engine, by, cases, "Hello {{customer.first_name}}")
    assert connection.execute(SENT).fetchall() == []


def test_over_may_solve_what_is_linked_in_the_same_deed(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases[:2])
    connection.execute("UPDATE ticket SET status = 2 WHERE id = ?", (cases[1],))
    connection.commit()
    with deed_session(engine) as session:
        done = set_state(session, by, 1, "over", solve=True)
    assert done.title == "“Checkout rejects cards”: it is over, and 2 solved"
    assert connection.execute("SELECT status FROM ticket ORDER BY id").fetchall() == [(3,), (3,), (0,)]
    assert alarms(connection) == ()
    with pytest.raises(Refused, match="is over"), deed_session(engine) as session:
        link(session, by, 1, [cases[2]])
    with deed_session(engine) as session:
        undo(session, by)
    assert connection.execute("SELECT status FROM ticket ORDER BY id").fetchall() == [(0,), (2,), (0,)]
    assert [alarm.at for alarm in alarms(connection)] == [NOW + HOUR]


def test_its_text_state_and_time_can_be_said_otherwise(connection: Connection, engine: Engine, by: By) -> None:
    begun(engine, by, [])
    with deed_session(engine) as session:
        describe(session, by, 1, Described("Cards", "found", "We know why.", NOW + 2 * HOUR), CARDS)
    (row,) = incidents(connection)
    assert (row.title, row.state, row.notice, row.next_update_at) == ("Cards", "found", "We know why.", NOW + 2 * HOUR)
    for wrong in (Described(" "), Described("Cards", next_update_at=NOW - 1), Described("Cards", "gone")):
        with pytest.raises(BadInput), deed_session(engine) as session:
            describe(session, by, 1, wrong, CARDS)


def test_what_a_colleague_said_of_it_meanwhile_stays(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases)
    told(connection, engine, by, cases)
    with deed_session(engine) as session:
        set_state(session, by, 1, "found")
    with deed_session(engine) as session:
        describe(session, by, 1, replace(CARDS, notice="We know why."), CARDS)
    (row,) = incidents(connection)
    assert (row.state, row.notice, row.next_update_at) == ("found", "We know why.", None)
    with pytest.raises(Refused, match="stands already"), deed_session(engine) as session:
        describe(session, by, 1, CARDS, CARDS)


def test_several_are_said_to_be_none_of_it_at_once(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases[:1])
    with deed_session(engine) as session:
        assert unlink(session, by, 1, cases).title == "3 tickets are none of “Checkout rejects cards”"
    row = incident(connection, 1)
    assert row is not None
    assert (linked(connection, 1), alike(connection, row)) == ((), ())
    with pytest.raises(Refused, match="isn't part"), deed_session(engine) as session:
        unlink(session, by, 1, cases)
    with deed_session(engine) as session:
        undo(session, by)
    assert [each.ticket_id for each in linked(connection, 1)] == cases[:1]
    assert len(alike(connection, row)) == 2


def test_the_tickets_of_a_suggestion_are_read_from_an_index(connection: Connection) -> None:
    from storage import incidents as module

    for statement, values in ((module._CANDIDATES, (0, 1)), (module._USUAL, (0,)), (module._TICKET, (1,))):
        plan = str(connection.execute("EXPLAIN QUERY PLAN " + statement, values).fetchall())
        assert "SCAN ticket" not in plan
        assert "SCAN t'" not in plan
        assert "TEMP B-TREE" not in plan
