"""What a board keeps between two readings: never longer than it holds, whoever changed something, over any connection.

The numbers of the craft are kept until anybody commits anything; here one board reads now over this connection and now
over that one, while either of them, or a third one, writes.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC
from random import Random

import pytest

from desk.ids import new_uid
from desk.times import DAY, HOUR, MINUTE
from storage import rules
from storage.connect import Connection
from storage.statistics.asked import Kept
from storage.statistics.reading import read, tickets_behind
from storage.statistics.settling import settle
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_agent, make_message, make_ticket
from tests.storage.statistics.stories import TARGETS

METRICS = (
    "checklists", "promises_kept", "known_answers", "calls_in_time", "calls_missed", "call_waiting", "call_talk",
    "load", "waiting", "first_level", "first_missed", "late", "repeated", "angry", "promises_due",
)  # fmt: skip
_CALL = """
    INSERT INTO call(uid, direction, state, way, external_id, number, caller, ticket_id, rang_at, answered_at,
        held_seconds, ended_at, goal, notes, outcome, follow_up)
    VALUES(?, 'in', 'done', 'pop', '', '', '', ?, ?, ?, 0, ?, '', '', '', '')"""
_PROMISE = """
    INSERT INTO promise(uid, ticket_id, words, made_at, due_at, target_at, state) VALUES(?, ?, '', ?, ?, ?, 'open')"""
_RUN = """
    INSERT OR IGNORE INTO checklist_run(uid, ticket_id, checklist_key, started_at)
    SELECT ?, ?, key, ? FROM checklist ORDER BY position LIMIT 1"""
_ANSWER = "INSERT OR IGNORE INTO answer_member(message_id, group_id, at) SELECT id, 1, at FROM message WHERE id = ?"

Deed = Callable[[Connection, Random, int, int], object]


def _said(connection: Connection, chance: Random, ticket: int, at: int) -> None:
    message = make_message(connection, ticket, at=at, kind=chance.choice(["inbound", "outbound"]))
    connection.execute("INSERT OR IGNORE INTO answer_group(id, sketch) VALUES(1, x'00')")
    connection.execute(_ANSWER, (message,))


DEEDS: tuple[Deed, ...] = (
    _said,
    lambda c, chance, ticket, at: c.execute(_CALL, (new_uid(), ticket, at, at + chance.randrange(40), at + MINUTE)),
    lambda c, _, ticket, at: c.execute(_PROMISE, (new_uid(), ticket, at, at + HOUR, at + HOUR)),
    lambda c, chance, *_: c.execute("UPDATE promise SET state = ?", (chance.choice(["kept", "broken", "open"]),)),
    lambda c, _, ticket, at: c.execute(_RUN, (new_uid(), ticket, at)),
    lambda c, chance, ticket, _: c.execute(
        "UPDATE ticket SET status = ? WHERE id = ?", (chance.choice([0, 3]), ticket)
    ),
    lambda c, chance, ticket, at: c.execute(
        "UPDATE ticket SET assignee_id = 1, mood = ?, contacts = ?, due_at = ?, promised_at = ? WHERE id = ?",
        (chance.randrange(4), chance.randrange(4), at, at + HOUR, ticket),
    ),
    lambda c, _, ticket, __: c.execute("UPDATE ticket SET merged_into_id = 1 WHERE id = ? AND id > 1", (ticket,)),
    lambda c, _, ticket, __: c.execute("UPDATE ticket SET merged_into_id = NULL WHERE id = ?", (ticket,)),
    lambda c, _, ticket, __: c.execute("DELETE FROM call WHERE ticket_id = ?", (ticket,)),
    lambda c, *_: c.execute("UPDATE agent SET name = name || 'a'"),
)


@contextmanager
def several(workspace: Workspace) -> Iterator[tuple[Connection, ...]]:
    with (
        closing(open_to_write(workspace)) as one,
        closing(open_to_write(workspace)) as other,
        closing(open_to_write(workspace)) as third,
    ):
        yield one, other, third


@pytest.mark.parametrize("seed", range(3))
def test_what_was_kept_is_what_is_read_anew(connection: Connection, workspace: Workspace, seed: int) -> None:
    chance, kept, now = Random(seed), Kept(), NOW
    make_agent(connection)
    rules.write(connection, "targets", TARGETS)
    tickets = [make_ticket(connection, created_at=NOW - HOUR) for _ in range(6)]
    with several(workspace) as all_of_them:
        for _ in range(120):
            writer, reader = chance.choice(all_of_them), chance.choice(all_of_them[:2])
            now += chance.choice([0, 1, MINUTE, 10 * MINUTE, 7 * HOUR])
            if chance.random() < 0.8:
                chance.choice(DEEDS)(writer, chance, chance.choice(tickets), now - chance.randrange(DAY))
                settle(writer, now)
            # Then nothing is written, and still some promises and answers come too late.
            for later in (0, 40 * MINUTE):
                now += later
                assert read(reader, now, UTC, kept, METRICS).figures == read(reader, now, UTC, None, METRICS).figures
            metric = chance.choice(METRICS)
            assert tickets_behind(reader, metric, "", now, UTC, kept) == tickets_behind(reader, metric, "", now, UTC)


def test_a_connection_that_was_closed_lends_its_version_to_no_other(
    connection: Connection, workspace: Workspace
) -> None:
    """A new one may begin to count where an old one stood, and may lie where that one lay."""
    kept, ticket = Kept(), make_ticket(connection)
    for calls in range(1, 20):
        connection.execute(_CALL, (new_uid(), ticket, NOW - HOUR, NOW - HOUR, NOW))
        with closing(open_to_write(workspace)) as other:
            assert read(other, NOW, UTC, kept, ["call_talk"]).figures["call_talk"].n == calls
