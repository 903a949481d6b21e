"""Ratings in the mails that come in: found by a link's token or by the one word, and kept beside the answer they rate.

The invariants: a mail that is a rating and nothing else moves nothing on its ticket (no status, no clock, no contact);
one with words beside it is a mail like any other as well; whatever comes again changes nothing; one answer of ours has
one rating, the newest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from desk.ids import new_uid
from desk.ratings import NAMES, RatingRules, Vote, proof_of, token_in, vote_by_link, vote_by_word
from desk.text import clean
from storage.connect import Connection
from storage.imports.reading import ReadMail
from storage.ratings import rating_rules

MOST_WORDS = 2_000

_ANSWER = """
    SELECT m.id, m.uid, m.ticket_id, m.agent_id, m.message_id, t.status >= 3
      FROM message m JOIN ticket t ON t.id = m.ticket_id
     WHERE m.id = ? AND m.kind = 'outbound' AND m.agent_id IS NOT NULL"""
_ANSWERED = """
    SELECT m.id, m.uid, m.ticket_id, m.agent_id, m.message_id, t.status >= 3
      FROM message m JOIN ticket t ON t.id = m.ticket_id
     WHERE m.message_id = ? AND m.kind = 'outbound' AND m.agent_id IS NOT NULL AND m.automatic = ''
     ORDER BY m.id DESC LIMIT 1"""
_KNOWN = "SELECT 1 FROM message WHERE digest = ?"
_KNOWN_ID = "SELECT 1 FROM message WHERE message_id = ?"
_MESSAGE = """
    INSERT INTO message(uid, ticket_id, kind, at, customer_id, sender, recipients, copies, subject, body, folds, html,
                        automatic, bounce, unparsed, trackers, message_id, in_reply_to, digest)
    SELECT ?, t.id, 'event', ?, t.customer_id, ?, '', '', ?, ?, '[]', 0, 'rating', '', 0, 0, ?, ?, ?
      FROM ticket t WHERE t.id = ? RETURNING id"""
_COUNT = "UPDATE ticket SET message_count = message_count + 1 WHERE id = ?"
_RATE = """
    INSERT INTO rating(uid, ticket_id, message_id, answer_id, agent_id, score, words, way, at, action)
    VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, '')
    ON CONFLICT(answer_id) DO UPDATE SET message_id = excluded.message_id, score = excluded.score,
        words = excluded.words, way = excluded.way, at = excluded.at,
        action = CASE WHEN score = excluded.score THEN action ELSE '' END
     WHERE excluded.at >= rating.at"""


class _Answer(NamedTuple):
    """A reply of ours that a rating is about; `named` is its Message-ID, `over`: its ticket is solved or closed."""

    id: int
    uid: bytes
    ticket_id: int
    agent_id: int
    named: str | None
    over: int


@dataclass(frozen=True, slots=True)
class Found:
    """A rating in a mail."""

    answer: _Answer
    vote: Vote
    way: str
    at: int
    digest: bytes

    @property
    def alone(self) -> bool:
        """Whether it says nothing more. A word on a ticket that is still open may be the answer to a question."""
        return not self.vote.words and (self.way == "link" or bool(self.answer.over))


def sift(connection: Connection, mails: Sequence[ReadMail]) -> tuple[list[ReadMail], list[Found]]:
    """The mails that are to be taken in as mails, and the ratings that stand in them or were kept just now.

    Inside the caller's transaction. A rating alone becomes a line of its ticket's conversation here.
    """
    held = rating_rules(connection)
    normal: list[ReadMail] = []
    found: list[Found] = []
    for mail in mails:
        rating = _rating(connection, held, mail)
        if rating is None:
            normal.append(mail)
        elif not rating.alone or mail.attachments:
            found.append(rating)
            normal.append(_on_its_thread(mail, rating.answer))
        elif not _is_known(connection, mail):
            _keep_alone(connection, mail, rating)
    return normal, found


def keep(connection: Connection, found: Found, message_id: int) -> None:
    """Keep a rating that stood in a mail which has become that message."""
    answer = found.answer
    words = clean(found.vote.words)[:MOST_WORDS]
    connection.execute(
        _RATE,
        (new_uid(), answer.ticket_id, message_id, answer.id, answer.agent_id, found.vote.score, words, found.way,
         found.at),
    )  # fmt: skip


def _rating(connection: Connection, held: RatingRules, mail: ReadMail) -> Found | None:
    """The rating in a mail; None where it is none."""
    message = mail.message
    if message is None or mail.ours or mail.quiet or message.unparsed or message.kind != "inbound":
        return None
    token = token_in(message.subject)
    if token is not None:
        row = connection.execute(_ANSWER, (token.message_id,)).fetchone()
        if row is None or proof_of(row[1]) != token.proof:
            return None
        vote = vote_by_link(token, held, message.body, message.folds)
        return Found(_Answer(*row), vote, "link", message.at, mail.digest)
    if not held.on or message.in_reply_to is None:
        return None
    by_word = vote_by_word(held, message.body, message.folds)
    row = None if by_word is None else connection.execute(_ANSWERED, (message.in_reply_to,)).fetchone()
    if by_word is None or row is None:
        return None
    return Found(_Answer(*row), by_word, "word", message.at, mail.digest)


def _on_its_thread(mail: ReadMail, answer: _Answer) -> ReadMail:
    """A link's mail is no answer by its headers; what is written in it belongs to the ticket of what it rates."""
    if not answer.named or answer.named in mail.parents:
        return mail
    return replace(mail, parents=(*mail.parents, answer.named), reply=True)


def _is_known(connection: Connection, mail: ReadMail) -> bool:
    """Whether this mail, or a copy of it by another way, is here."""
    if connection.execute(_KNOWN, (mail.digest,)).fetchone() is not None:
        return True
    named = mail.message.message_id if mail.message is not None else None
    return named is not None and connection.execute(_KNOWN_ID, (named,)).fetchone() is not None


def _keep_alone(connection: Connection, mail: ReadMail, found: Found) -> None:
    """A line of the conversation, and the rating."""
    message = mail.message
    if message is None:
        return
    who = clean(mail.person.name if mail.person is not None else "", lines=False).strip() or "The customer"
    body = f"{who} rated the answer: {NAMES[found.vote.score]}"
    (message_id,) = connection.execute(
        _MESSAGE,
        (new_uid(), message.at, clean(message.sender, lines=False), clean(message.subject, lines=False), body,
         message.message_id, message.in_reply_to, mail.digest, found.answer.ticket_id),
    ).fetchone()  # fmt: skip
    connection.execute(_COUNT, (found.answer.ticket_id,))
    keep(connection, found, message_id)
