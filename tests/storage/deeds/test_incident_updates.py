"""One update of an incident reaches each customer once, with their own words, or none at all."""

import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from desk.lookup import IdentityKind
from desk.times import HOUR, SECOND
from storage import content, delivery, rules
from storage.audience import audience
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.incidents import describe, link, set_state, unlink
from storage.deeds.merge import merge
from storage.deeds.undo import redo, undo
from storage.engine import deed_session
from storage.incidents import alarms, around, incidents, linked
from storage.ratings import asking_lines
from storage.workspace import Workspace
from tests.factories import NOW, make_customer, make_identity, make_message, make_ticket
from tests.storage.deeds.incidents import CARDS, SENT, begun, make_case, shown, tell, told, update


@pytest.fixture
def cases(connection: Connection) -> list[int]:
    """Three of them."""
    return [make_case(connection, name) for name in ("Rosa", "Li", "Sam")]


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
