"""What left and did not arrive: refused for some of its recipients at once, or come back from them later.

The invariants: who has got a mail never gets it again; whoever did not is named, with the reason, until a person has
dealt with it. What was only put off for some goes to those alone, as an operation of its own (`resend`), under the
Message-ID of the mail that the others have. Every function works in the caller's transaction.
"""

import json
from collections.abc import Mapping, Sequence

from desk.ids import new_uid
from desk.mail.addresses import addresses
from desk.mail.bounces import Failure
from desk.text import clean
from storage.acknowledging import KIND as ACKNOWLEDGEMENT
from storage.connect import Connection
from storage.delivery import RESEND, Job

_LEFT = """
    SELECT o.id, o.kind, o.payload, m.recipients, m.copies FROM message m JOIN outbox o ON o.message_id = m.id
     WHERE m.message_id = ? AND m.kind = 'outbound' AND o.state IN ('handed','sent','bounced') ORDER BY o.id DESC"""
_MISSED = "SELECT ifnull(payload ->> '$.missed', '{}') FROM outbox WHERE id = ?"
_BOUNCED = (
    "UPDATE outbox SET state = 'bounced', error = ?, payload = json_set(payload, '$.missed', json(?)) WHERE id = ?"
)
_SAID = "UPDATE outbox SET error = ? WHERE id = ?"
_RESEND = """
    INSERT INTO outbox(uid, deed, ticket_id, message_id, source_id, kind, payload, state, created_at, ready_at, tries,
                       error)
    SELECT ?, deed, ticket_id, message_id, source_id, ?, ?, 'waiting', ?, ?, 0, ? FROM outbox WHERE id = ?"""


def came_back(connection: Connection, message_id: str, failures: Sequence[Failure]) -> None:
    """A server has reported these failures of the mail of that Message-ID; nothing where it isn't one of ours."""
    rows = connection.execute(_LEFT, (message_id,)).fetchall()
    for failure in failures:
        fitting = [(row, recipient) for row in rows if (recipient := _recipient(failure, _envelope(*row[2:])))]
        if not rows:
            return
        (row_id, kind, *_), recipient = fitting[0] if fitting else (rows[0], "")
        why = {
            failure.recipient or recipient or "its recipient": failure.why or failure.status or "no reason was given"
        }
        if kind == ACKNOWLEDGEMENT:
            # Nobody's work; but who reads the ticket should know that the address is dead.
            connection.execute(_SAID, (said(why), row_id))
        else:
            _bounce(connection, row_id, why, known=recipient)


def not_taken(
    connection: Connection, job: Job, never: Mapping[str, str], later: Mapping[str, tuple[str, int]], now: int
) -> None:
    """The mail of that job has left, but not to these recipients: refused for good, or to be tried again at a time."""
    for recipient, why in never.items():
        _bounce(connection, job.id, {recipient: why}, known=recipient)
    if not later:
        return
    payload = resend_payload(job.letter, job.written_as, list(later))
    begun = job.created_at if job.kind == RESEND else now
    words = "; ".join(f"{recipient}: {clean(why, lines=False)}" for recipient, (why, _) in later.items())
    at = max(at for _, at in later.values())
    connection.execute(
        _RESEND, (new_uid(), RESEND, json.dumps(payload), begun, at, f"Not taken yet by {words}", job.id)
    )


def resend_payload(letter: bytes, written_as: str, only: Sequence[str]) -> dict[str, object]:
    """What an operation holds that sends a mail again, to these of its recipients alone."""
    return {"of": letter.hex(), "as": written_as, "only": list(only)}


def said(missed: Mapping[str, str]) -> str:
    """Who did not get it, and why, as a sentence."""
    named = "; nor at ".join(f"{clean(who, lines=False)}: {clean(why, lines=False)}" for who, why in missed.items())
    return f"It did not arrive at {named}"


def _bounce(connection: Connection, row_id: int, why: Mapping[str, str], known: str) -> None:
    """Keep the failure beside those that are known already. Only who is known can be sent to again."""
    (text,) = connection.execute(_MISSED, (row_id,)).fetchone()
    missed: dict[str, dict[str, str]] = json.loads(text)
    for who, reason in why.items():
        missed[who.casefold()] = {"who": who, "why": reason, "known": known}
    words = said({each["who"]: each["why"] for each in missed.values()})
    connection.execute(_BOUNCED, (words, json.dumps(missed, ensure_ascii=False), row_id))


def _envelope(payload: str, recipients: str, copies: str) -> tuple[str, ...]:
    """To whom that operation went."""
    only: list[str] = json.loads(payload).get("only", [])
    written = addresses(f"{recipients}, {copies}".encode("utf-8", "replace"), "utf-8")
    return tuple(only) or tuple(each.address for each in written if "@" in each.address)


def _recipient(failure: Failure, envelope: Sequence[str]) -> str:
    """Which of these it was; where it was forwarded, the address that failed is another than the one written to."""
    for each in envelope:
        if each.casefold() == failure.recipient.casefold():
            return each
    return envelope[0] if len(envelope) == 1 else ""
