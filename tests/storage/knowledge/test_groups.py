"""Replies that say the same come together, one by one, with bounded work for each."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from desk.knowledge import similar
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.undo import redo, undo
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session
from storage.knowledge import groups
from storage.knowledge.groups import PASSED, catch_up, progress
from tests.factories import NOW, make_agent, make_customer, make_message, make_ticket

REFUND = (
    "Hi {name},\n\nyour refund left today and is with you in {days} days, since your bank takes so long.\n\nBest\nBo"
)
LOGIN = "Hello {name},\n\nplease open the page again and choose a new password, the old one has expired by now."


def _say(connection: Connection, ticket: int, body: str, at: int = NOW, **columns: object) -> int:
    return make_message(connection, ticket, kind="outbound", body=body, at=at, **columns)


def _columns(connection: Connection) -> list[str]:
    return [str(row[1]) for row in connection.execute("PRAGMA table_info(message)")]


def _groups(connection: Connection) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for message, group in connection.execute("SELECT message_id, group_id FROM answer_member ORDER BY message_id"):
        found.setdefault(group, []).append(message)
    return list(found.values())


def test_names_and_figures_make_no_difference_and_other_answers_stay_apart(connection: Connection) -> None:
    bo = make_agent(connection)
    ids = []
    for name, days in (("Ana", 3), ("Li", 14)):
        ticket = make_ticket(connection, customer_id=make_customer(connection, name))
        make_message(connection, ticket, body=REFUND)
        ids.append(_say(connection, ticket, REFUND.format(name=name, days=days), agent_id=bo))
    other = _say(connection, ticket, LOGIN.format(name="Li"))
    _say(connection, ticket, "Done, thanks!")
    _say(connection, ticket, REFUND.format(name="Li", days=3), automatic="auto")
    assert catch_up(connection) == (7, 7)
    assert _groups(connection) == [ids, [other]]
    assert not progress(connection).more


def test_each_reply_is_read_once_and_new_ones_join(connection: Connection) -> None:
    ticket = make_ticket(connection)
    first = _say(connection, ticket, REFUND.format(name="Ana", days=3))
    other = _say(connection, ticket, LOGIN.format(name="Ana"))
    assert catch_up(connection, 1) == (1, 2)
    _say(connection, ticket, "Done, thanks!")
    # However little time there is, it goes on, by one.
    assert catch_up(connection, seconds=0) == (2, 3)
    assert catch_up(connection, seconds=0) == (3, 3)
    assert not catch_up(connection, 1).more
    second = _say(connection, ticket, REFUND.format(name="Ana", days=5))
    assert progress(connection) == (3, 4)
    catch_up(connection)
    catch_up(connection)
    assert _groups(connection) == [[first, second], [other]]


def test_no_number_of_other_messages_is_read_at_once(connection: Connection) -> None:
    ticket = make_ticket(connection)
    said = [_say(connection, ticket, REFUND.format(name="Ana", days=3))]
    connection.executemany(
        "INSERT INTO message SELECT ?, randomblob(16), ticket_id, 'inbound', "
        + ", ".join(_columns(connection)[4:])
        + " FROM message WHERE id = ?",
        [(number, said[0]) for number in range(2, PASSED + 52)],
    )
    said.append(_say(connection, ticket, REFUND.format(name="Ana", days=5)))
    assert catch_up(connection) == (PASSED, PASSED + 52)
    assert progress(connection).share == PASSED / (PASSED + 52)
    assert catch_up(connection) == (PASSED + 52, PASSED + 52)
    assert progress(connection).share == 1
    assert _groups(connection) == [said]


def test_what_another_console_reads_at_the_same_moment_is_joined_once(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = make_ticket(connection)
    said = [_say(connection, ticket, REFUND.format(name="Ana", days=days)) for days in (1, 2, 3)]
    whole = groups._next

    def overtaken(*values: object) -> object:
        monkeypatch.setattr(groups, "_next", whole)
        found = whole(*values)  # type: ignore[arg-type]  # handed on
        catch_up(connection)
        return found

    monkeypatch.setattr(groups, "_next", overtaken)
    assert catch_up(connection, 1) == (3, 3)
    assert _groups(connection) == [said]
    assert connection.execute("SELECT count(*) FROM answer_group").fetchone() == (1,)


def test_what_counts_down_waits_until_it_can_not_be_taken_back(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection)

    def send(session: Session) -> None:
        write(session, by, ticket, Outgoing("reply", REFUND.format(name="Ana", days=3), "a@example.org"))

    with deed_session(engine) as session:
        send(session)
    after = _say(connection, ticket, LOGIN.format(name="Ana"))
    assert not progress(connection).more
    assert catch_up(connection) == progress(connection)
    assert _groups(connection) == []
    connection.execute("UPDATE outbox SET state = 'sent'")
    catch_up(connection)
    assert [after] in _groups(connection)
    assert len(_groups(connection)) == 2


def test_a_reply_that_was_taken_back_and_is_sent_again_is_read_whatever_came_meanwhile(
    connection: Connection, engine: Engine, by: By
) -> None:
    ticket = make_ticket(connection)
    # Nothing is alike enough to be found again: what was read already must not begin a second group.
    first = _say(connection, ticket, REFUND.format(name="Ana", days=3))
    with deed_session(engine) as session:
        write(session, by, ticket, Outgoing("reply", REFUND.format(name="Li", days=5), "li@wei.example"))
    with deed_session(engine) as session:
        undo(session, by)
    other = _say(connection, ticket, LOGIN.format(name="Ana"))
    catch_up(connection)
    assert _groups(connection) == [[first], [other]]
    with deed_session(engine) as session:
        redo(session, by)
    (again,) = connection.execute("SELECT max(message_id) FROM outbox WHERE state = 'undoable'").fetchone()
    assert first < again < other
    # It counts down, so it isn't read yet.
    catch_up(connection)
    assert _groups(connection) == [[first], [other]]
    connection.execute("UPDATE outbox SET state = 'waiting' WHERE state = 'undoable'")
    connection.execute("DELETE FROM answer_key")
    catch_up(connection)
    assert connection.execute("SELECT message_id FROM answer_member ORDER BY 1").fetchall() == [
        (first,), (again,), (other,)
    ]  # fmt: skip
    assert connection.execute("SELECT count(*) FROM answer_group").fetchone() == (3,)


def test_the_work_for_one_reply_is_bounded(connection: Connection) -> None:
    """However many groups share its keys, so many rows are fetched and so many sketches compared."""
    ticket = make_ticket(connection)
    keys = similar.keys(similar.sketch(similar.words_of_answer(LOGIN)))
    connection.executemany("INSERT INTO answer_group(id, sketch) VALUES(?, x'')", [(n,) for n in range(1, 501)])
    connection.executemany("INSERT INTO answer_key VALUES(?,?)", [(key, n) for key in keys for n in range(1, 501)])
    _say(connection, ticket, LOGIN)
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    catch_up(connection)
    connection.set_trace_callback(None)
    sketches = [each for each in asked if "SELECT sketch" in each]
    lookups = [each for each in asked if "FROM answer_key" in each]
    assert len(sketches) == groups.COMPARED
    assert len(lookups) == len(keys)
    assert all(f"LIMIT {groups.NEWEST}" in each for each in lookups)


def test_no_step_of_reading_on_walks_a_table(connection: Connection) -> None:
    for query, values in (
        (groups._NEXT, (0, 9, 9)),
        (groups._OF_KEY, (1, 9)),
        (groups._UP_TO, ()),
        (groups._SKETCH, (1,)),
    ):
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", values)]
        assert plan
        assert not [step for step in plan if step.startswith("SCAN") and step != "SCAN CONSTANT ROW"], plan


def test_a_message_of_long_ago_and_hostile_text_end_well(connection: Connection) -> None:
    ticket = make_ticket(connection)
    _say(connection, ticket, "ab " * 100_000, at=-NOW)
    _say(connection, ticket, "> quoted\n" * 1000)
    _say(connection, ticket, "")
    _say(connection, ticket, "我们今天已经退款了，请您三天之内查看您的银行账户。")
    _say(connection, ticket, "我们今天已经退款了，请您五天之内查看您的银行账户。")
    catch_up(connection)
    assert any(len(each) == 2 for each in _groups(connection))
