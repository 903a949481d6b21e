"""What the library knows already: the question and answer of a ticket, and snippets that say about the same.

Everything here reads, and is asked in a reader thread.
"""

from dataclasses import dataclass

from desk.errors import Refused
from desk.knowledge.capture import answer_of, asks, question_of, title_of
from desk.knowledge.questions import MOST_OFFERED, Asked, Offer, offers
from desk.knowledge.similar import ALIKE, likeness, sketch, words_of_answer
from desk.snippets import Snippet
from storage import library
from storage.connect import Connection

# A snippet is offered to be improved from a little less likeness on than makes two replies one.
NEAR = ALIKE * 0.7
# So many of the questions that snippets answered last are looked at, where the snippet was at least half of the answer
# and was changed by half at most.
LAST_USES = 400
HALF = 500

_ANSWER = """
    SELECT m.id, m.at, m.body, ifnull(a.name, '') FROM message m LEFT JOIN agent a ON a.id = m.agent_id
     WHERE m.ticket_id = ? AND m.id = ifnull(?, m.id) AND m.kind = 'outbound' AND m.automatic = ''
       AND NOT EXISTS(SELECT 1 FROM outbox o WHERE o.message_id = m.id AND o.state = 'dropped')
     ORDER BY m.at DESC, m.id DESC LIMIT 1"""
# What the reply answered: the newest of the customer's words before it.
_QUESTION = """
    SELECT m.body FROM message m WHERE m.ticket_id = ? AND m.kind IN ('inbound', 'call') AND (m.at, m.id) < (?, ?)
     ORDER BY m.at DESC, m.id DESC LIMIT 1"""
_FIRST = """
    SELECT m.body FROM message m WHERE m.ticket_id = ? AND m.kind IN ('inbound', 'call') ORDER BY m.at, m.id LIMIT 1"""
_ABOUT = """
    SELECT t.number, t.subject, ifnull(c.name, ''),
           ifnull((SELECT i.value FROM identity i WHERE i.customer_id = c.id AND i.kind = 2
                    ORDER BY i.known DESC, i.id LIMIT 1), '')
      FROM ticket t LEFT JOIN customer c ON c.id = t.customer_id WHERE t.id = ?"""
_NEWEST_ASKED = """
    SELECT m.body FROM message m WHERE m.ticket_id = ? AND m.kind IN ('inbound', 'call')
     ORDER BY m.at DESC, m.id DESC LIMIT 1"""
_SUBJECT = "SELECT subject FROM ticket WHERE id = ?"
_KNOWN = "SELECT snippet_id, question FROM known_answer"
# What was asked where a snippet was sent: the newest uses of all, so that the work is bounded however many there are.
_USED = """
    SELECT u.snippet_id, t.subject, ifnull((SELECT substr(m.body, 1, 1000) FROM message m
                WHERE m.ticket_id = u.ticket_id AND m.kind IN ('inbound', 'call') AND m.at <= u.at
                ORDER BY m.at DESC, m.id DESC LIMIT 1), '')
      FROM snippet_use u JOIN ticket t ON t.id = u.ticket_id
     WHERE u.ticket_id <> ? AND u.changed <= ?
       AND 2 * length(u.text) >= (SELECT length(n.body) FROM message n WHERE n.id = u.message_id)
     ORDER BY u.at DESC LIMIT ?"""


@dataclass(frozen=True, slots=True)
class Near:
    """A snippet that says about the same, and how alike it is, from 0 to 1."""

    snippet: Snippet
    likeness: float


@dataclass(frozen=True, slots=True)
class Captured:
    """A ticket's question and answer, ready to be kept, and what the library has of the kind, the nearest first."""

    ticket_id: int
    number: int
    title: str
    question: str
    answer: str
    near: tuple[Near, ...]


def captured(connection: Connection, ticket_id: int, message_id: int | None = None) -> Captured:
    """What was asked and answered on a ticket, last or by this message; Refused where nothing was answered yet."""
    number, subject, customer, email = connection.execute(_ABOUT, (ticket_id,)).fetchone()
    reply = connection.execute(_ANSWER, (ticket_id, message_id)).fetchone()
    if reply is None:
        raise Refused(f"#{number} has no answer yet", "Answer it first; then its answer can be kept.")
    message_id, at, body, agent = reply
    answer = answer_of(body, customer, email, agent)
    question = question_of(_asked(connection, ticket_id, at, message_id), subject)
    known = near(library.snippets(connection), answer)
    return Captured(ticket_id, number, title_of(subject), question, answer, known)


def _asked(connection: Connection, ticket_id: int, at: int, message_id: int) -> str:
    """The customer's words before the reply, where they ask something; else their first ones, with which it began."""
    newest = connection.execute(_QUESTION, (ticket_id, at, message_id)).fetchone()
    if newest is not None and asks(newest[0]):
        return str(newest[0])
    first = connection.execute(_FIRST, (ticket_id,)).fetchone()
    return str(first[0]) if first is not None else ""


def near(snippets: tuple[Snippet, ...], answer: str) -> tuple[Near, ...]:
    """The snippets that say about the same as a text, the nearest three."""
    of = sketch(words_of_answer(answer))
    found = [Near(each, likeness(of, sketch(words_of_answer(each.body)))) for each in snippets]
    found = sorted((each for each in found if each.likeness >= NEAR), key=lambda each: -each.likeness)
    return tuple(found[:3])


def offered(connection: Connection, ticket_id: int) -> tuple[Offer, ...]:
    """The answers that were given to questions like this ticket's, nothing where there is no such evidence."""
    found = connection.execute(_SUBJECT, (ticket_id,)).fetchone()
    if found is None:
        return ()
    subject = title_of(found[0])
    said = (connection.execute(query, (ticket_id,)).fetchone() for query in (_NEWEST_ASKED, _FIRST))
    before = [Asked(*row) for row in connection.execute(_KNOWN)]
    before += [
        Asked(snippet, f"{title_of(about)} {question_of(body, '')}")
        for snippet, about, body in connection.execute(_USED, (ticket_id, HALF, LAST_USES))
    ]
    questions = dict.fromkeys(f"{subject} {question_of(row[0], '')}" for row in said if row is not None)
    offer = {each.snippet_id: each for question in reversed(questions) for each in offers(question, before)}
    return tuple(sorted(offer.values(), key=lambda each: (-each.likeness, -each.times))[:MOST_OFFERED])
