"""What leaves next, and what became of it: the outbox as the sync process works it.

States go waiting → sending → handed → sent, failed, held, or waiting again; what was sent may have `bounced`
(storage.returns). The invariants: a row is `handed`, committed, before the other side can take it, so that whoever
finds it so after a crash knows that its end is unclear, and that one still `sending` has surely not left; what a ticket
has waiting leaves in its order; a reply that its customer has overtaken is held; what a person has dropped stays so.
Every function works in the caller's transaction.
"""

import json
from dataclasses import dataclass

from desk.times import HOUR, MINUTE
from storage.connect import Connection

RESEND = "resend"
# In a row's payload: since when what it asks for crosses with what others do.
CROSSED = "crossed_at"

# A ticket that was merged has left its messages to the other one.
_JOBS = """
    SELECT o.id, o.uid, coalesce(m.ticket_id, o.ticket_id), o.message_id, o.kind, o.payload, o.created_at, o.ready_at,
           o.tries
      FROM outbox o LEFT JOIN message m ON m.id = o.message_id"""
# A failed one waits for a person and holds nobody up; a held one does, since the agent is to read before more leaves.
# What goes by itself holds nobody up either, nor what most have got already.
_FIRST = """NOT EXISTS(SELECT 1 FROM outbox p WHERE p.ticket_id = o.ticket_id AND p.id < o.id
                      AND p.kind NOT IN ('acknowledgement','resend')
                      AND p.state IN ('undoable','waiting','sending','handed','held')
                      AND p.state NOT IN ('sent','dropped'))"""
_NEXT = f"""{_JOBS}
     WHERE o.source_id = ? AND o.state = 'waiting' AND o.state NOT IN ('sent','dropped') AND o.ready_at <= ?
       AND {_FIRST} ORDER BY o.id LIMIT 1"""
_UNCLEAR = f"{_JOBS} WHERE o.source_id = ? AND o.state = 'handed' AND o.state NOT IN ('sent','dropped') ORDER BY o.id"
_BEGUN = """
    UPDATE outbox SET state = 'waiting'
     WHERE source_id = ? AND state = 'sending' AND state NOT IN ('sent','dropped')"""
_SOONEST = f"""
    SELECT min(o.ready_at), min(o.created_at) FROM outbox o
     WHERE o.source_id = ? AND o.state IN ('undoable','waiting') AND o.state NOT IN ('sent','dropped') AND {_FIRST}"""  # noqa: S608
_IN_DOUBT = """
    SELECT 1 FROM outbox WHERE source_id = ? AND state IN ('sending','handed') AND state NOT IN ('sent','dropped')"""
# A machine's answer is no word of the customer's, and who had a call knows of it; what comes in late from years ago, as
# in a first sync, is no news.
_OVERTAKEN = """
    SELECT 1 FROM message
     WHERE ticket_id = :ticket AND kind = 'inbound' AND automatic = '' AND bounce = '' AND id > :seen
       AND at >= (SELECT min(:begun, coalesce(max(at), 0)) FROM message
                  WHERE ticket_id = :ticket AND kind = 'inbound' AND id <= :seen) LIMIT 1"""
# What a colleague wrote elsewhere, and wasn't known here when the reply was written. Older words that a first sync
# brings in late are no news; those of the same second may be, since services tell whole seconds.
_ANSWERED = """
    SELECT 1 FROM message m
     WHERE m.ticket_id = :ticket AND m.kind = 'outbound' AND m.automatic = '' AND m.external_id IS NOT NULL
       AND m.id > :seen AND NOT EXISTS(SELECT 1 FROM outbox o WHERE o.message_id = m.id)
       AND m.at >= (SELECT coalesce(max(at), 0) FROM message
                    WHERE ticket_id = :ticket AND kind IN ('inbound','outbound') AND id < :written) LIMIT 1"""
# It lies in the mailbox, or somebody has answered it.
_SEEN = """
    SELECT 1 FROM mail_copy WHERE message_id = :id UNION ALL
    SELECT 1 FROM message m JOIN message_reference r ON r.message_id = m.message_id WHERE m.id = :id LIMIT 1"""
# Written, or put off by more than the hour that servers may ask for, by a clock that was ahead of ours.
_FROM_THE_FUTURE = """
    UPDATE outbox SET ready_at = :now
     WHERE state IN ('undoable','waiting','handed') AND ready_at > :now
       AND (created_at > :soon OR ready_at > :late OR state = 'handed')"""
_ON_ITS_WAY = "state IN ('waiting','sending','handed')"
_ARRIVED = f"""
    UPDATE outbox SET state = 'sent', sent_at = ?, error = ?, payload = json_remove(payload, '$.{CROSSED}')
     WHERE id = ? AND {_ON_ITS_WAY}"""  # noqa: S608
# A pair, as all is that a change's payload holds.
_CROSSED = f"""
    UPDATE outbox SET payload = json_insert(payload, '$.{CROSSED}', json_array(?1, ?1))
     WHERE id = ?2 RETURNING payload ->> '$.{CROSSED}[0]'"""  # noqa: S608
# Words that were handed over may have arrived; any others that are held have surely not. What sets a field can be asked
# for again, whether it arrived or not.
_HOLD = f"""
    UPDATE outbox SET payload = json_remove(CASE WHEN kind IN ('change','merge','tick') THEN payload ELSE
                          json_set(payload, '$.doubtful', json(iif(state = 'handed', 'true', 'false'))) END,
                          '$.{CROSSED}'),
                      state = 'held', error = ?
     WHERE id = ? AND {_ON_ITS_WAY}"""  # noqa: S608
_MOVE = f"UPDATE outbox SET state = ?, ready_at = ?, error = ? WHERE id = ? AND {_ON_ITS_WAY}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Job:
    """A row of the outbox on its way.

    `seen_inbound_id`: the customer's newest message when it was begun, if known; `seen_id`: the newest of anybody's
    when it was let go after it had been held. `tries`: so often it was begun before. `ready_at`: since when it may
    leave, and for one that was handed over, when that was. `letter` and `written_as` are uid and kind of what is
    sent: its own, or those of what it sends again to `only` some of its recipients.
    """

    id: int
    uid: bytes
    ticket_id: int
    message_id: int | None
    kind: str
    seen_inbound_id: int | None
    created_at: int
    ready_at: int
    letter: bytes
    written_as: str
    only: tuple[str, ...]
    seen_id: int | None
    tries: int


_Row = tuple[int, bytes, int, int | None, str, str, int, int, int]


def set_times_right(connection: Connection, now: int) -> None:
    """Bring what waits for a time beyond all that is waited for to the present: the clock was set back since."""
    connection.execute(_FROM_THE_FUTURE, {"now": now, "soon": now + MINUTE, "late": now + HOUR + MINUTE})


def release(connection: Connection, now: int) -> None:
    """Let go what waits for a source and can't be taken back any more."""
    connection.execute(
        "UPDATE outbox SET state = 'waiting' WHERE state = 'undoable' AND ready_at <= ? AND source_id IS NOT NULL",
        (now,),
    )


def next_job(connection: Connection, source_id: int, now: int) -> Job | None:
    """What leaves next for a source; None where nothing may leave now."""
    row = connection.execute(_NEXT, (source_id, now)).fetchone()
    return None if row is None else _job(row)


def unclear_jobs(connection: Connection, source_id: int) -> tuple[Job, ...]:
    """What was handed over, and nobody knows whether it was taken."""
    return tuple(_job(row) for row in connection.execute(_UNCLEAR, (source_id,)))


def soonest(connection: Connection, source_id: int) -> int | None:
    """When the next one may leave; None where nothing waits, or only what a person has to look at first."""
    at: int | None = connection.execute(_SOONEST, (source_id,)).fetchone()[0]
    return at


def oldest(connection: Connection, source_id: int) -> int | None:
    """When the oldest of what may leave was written; None where nothing waits."""
    at: int | None = connection.execute(_SOONEST, (source_id,)).fetchone()[1]
    return at


def in_doubt(connection: Connection, source_id: int) -> bool:
    """Whether something had begun to leave when its process ended, or its line broke."""
    return connection.execute(_IN_DOUBT, (source_id,)).fetchone() is not None


def seen_outside(connection: Connection, job: Job) -> bool:
    """Whether it was met again, so that it must have left."""
    return connection.execute(_SEEN, {"id": job.message_id}).fetchone() is not None


def overtaken(connection: Connection, job: Job) -> bool:
    """Whether the customer has written since this reply was begun."""
    if job.kind != "reply" or job.message_id is None:
        return False
    # Message ids only ever grow: what came in after the reply was written has a higher one than the reply.
    seen = job.seen_inbound_id if job.seen_inbound_id is not None else job.message_id
    asked = {"ticket": job.ticket_id, "seen": seen, "begun": job.created_at}
    return connection.execute(_OVERTAKEN, asked).fetchone() is not None


def answered_elsewhere(connection: Connection, job: Job) -> bool:
    """Whether a colleague's answer came in, from where the ticket is kept, after this reply was written."""
    if job.kind != "reply" or job.message_id is None:
        return False
    seen = job.message_id if job.seen_id is None else job.seen_id
    asked = {"ticket": job.ticket_id, "seen": seen, "written": job.message_id}
    return connection.execute(_ANSWERED, asked).fetchone() is not None


def begin(connection: Connection, job: Job, message_id: str = "") -> bool:
    """Mark it as being sent, a mail under that Message-ID; False where somebody has dropped it in the meantime."""
    moved = connection.execute(
        "UPDATE outbox SET state = 'sending', tries = tries + 1, error = '' WHERE id = ? AND state = 'waiting'",
        (job.id,),
    )
    if message_id:
        # By it the copy in the sent folder, answers and bounces find their way back.
        connection.execute("UPDATE message SET message_id = ? WHERE id = ?", (message_id, job.message_id))
    return moved.rowcount == 1


def hand_over(connection: Connection, job: Job, now: int) -> None:
    """From here on the other side may have it."""
    connection.execute("UPDATE outbox SET state = 'handed', ready_at = ? WHERE id = ?", (now, job.id))


def take_back_begun(connection: Connection, source_id: int) -> None:
    """What was being sent when its process ended, and can't have left: it waits again."""
    connection.execute(_BEGUN, (source_id,))


def arrived(connection: Connection, job: Job, now: int, said: str = "") -> None:
    """It has left for good; `said` is what is worth knowing all the same."""
    connection.execute(_ARRIVED, (now, said, job.id))


def put_off(connection: Connection, job: Job, until: int, why: str) -> None:
    """Try it again at `until`."""
    connection.execute(_MOVE, ("waiting", until, why, job.id))


def crossed_since(connection: Connection, job: Job, now: int) -> int:
    """It has crossed with what somebody else did; since when it does, which a process that begins later knows too."""
    since: int = connection.execute(_CROSSED, (now, job.id)).fetchone()[0]
    return since


def fail(connection: Connection, job: Job, why: str) -> None:
    """It can't leave as it is; a person decides."""
    connection.execute(_MOVE, ("failed", job.ready_at, why, job.id))


def drop(connection: Connection, job: Job, why: str) -> None:
    """It never leaves, and no person has to look."""
    connection.execute(_MOVE, ("dropped", job.ready_at, why, job.id))


def hold(connection: Connection, job: Job, why: str) -> None:
    """It may not leave before a person has looked. Where it was handed over, it may have arrived already."""
    connection.execute(_HOLD, (why, job.id))


def is_doubtful(payload: str) -> bool:
    """Whether what is held with that payload may have arrived."""
    return bool(json.loads(payload).get("doubtful"))


def _job(row: _Row) -> Job:
    row_id, uid, ticket_id, message_id, kind, payload, created_at, ready_at, tries = row
    facts = json.loads(payload)
    letter = bytes.fromhex(facts["of"]) if kind == RESEND else uid
    return Job(
        row_id, uid, ticket_id, message_id, kind, facts.get("seen_inbound_id"), created_at, ready_at, letter,
        facts.get("as", kind), tuple(facts.get("only", ())), facts.get("seen_id"), tries,
    )  # fmt: skip
