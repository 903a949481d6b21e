"""Calls that a helpdesk knows of, as its log has them: over when they are told, answered or not.

The invariant: a call is one row, however often it is told, and also where a telephone here has heard of it: nobody who
rang once has rung in vain twice.
"""

from desk.calls import CallState
from desk.dialled import alike
from desk.ids import new_uid
from desk.text import clean
from desk.times import MINUTE, SECOND
from storage.callers import match
from storage.helpdesk.office import Office
from storage.helpdesk.records import CallNews

# The telephone here and the helpdesk's may hear of one call so far apart, by clocks that don't agree.
APART = MINUTE
LONGEST_NUMBER = 120
LONGEST_NAME = 200

_PUT = """
    INSERT INTO call(uid, direction, state, way, external_id, number, caller, customer_id, agent_id, rang_at,
        answered_at, held_seconds, ended_at, goal, notes, outcome, follow_up)
    VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, '', '', '', '')
    ON CONFLICT(way, external_id) WHERE external_id<>'' DO UPDATE SET
        state = CASE WHEN wrapped_at IS NULL THEN excluded.state ELSE state END,
        answered_at = excluded.answered_at, ended_at = excluded.ended_at,
        agent_id = coalesce(excluded.agent_id, agent_id), customer_id = coalesce(customer_id, excluded.customer_id)"""
_HEARD_HERE = """
    SELECT number FROM call
     WHERE rang_at BETWEEN ? AND ? AND direction = ? AND way <> ? AND number <> ''"""


def put_call(office: Office, news: CallNews) -> None:
    """Keep it; whose number it is, where that is one person's."""
    number = clean(news.number, lines=False).strip()[:LONGEST_NUMBER]
    if _is_known(office, news, number):
        return
    agent = office.colleagues.of(news.agent) if news.agent else None
    missed = news.direction == "in" and not news.answered
    owner = match(office.connection, number, office.regions).customer_id
    ended_at = None if news.seconds is None else news.began_at + news.seconds * SECOND
    office.connection.execute(
        _PUT,
        (
            new_uid(), news.direction, str(CallState.MISSED if missed else CallState.DONE), office.where,
            f"{office.source_id} {news.external_id}", number, clean(news.name, lines=False).strip()[:LONGEST_NAME],
            owner, None if agent is None else agent.id, news.began_at,
            news.began_at if news.answered else None, ended_at,
        ),
    )  # fmt: skip


def _is_known(office: Office, news: CallNews, number: str) -> bool:
    """Whether a telephone here has heard of it, and so knows more of it."""
    at = news.began_at - office.ahead
    heard = office.connection.execute(_HEARD_HERE, (at - APART, at + APART, news.direction, office.where))
    return any(alike(number, other) for (other,) in heard)
