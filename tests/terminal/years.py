"""A desk that has been at it for years: a million tickets, written by a few statements into the demo team's workspace.

Most are closed and old. The last forty days are traffic with messages and history, a ticket every four minutes, of
which every fifth is active still. The triggers note each of them as changed; nothing is counted here.
"""

from contextlib import closing

from desk.times import DAY, HOUR, MINUTE
from storage.connect import writing
from storage.workspace import Workspace, open_to_write

OLD = 985_000
TODAYS = 15_000
DAYS = 40
# How long each customer waited for the first answer, and for the next one.
FIRST, NEXT = 30 * MINUTE, 10 * MINUTE

_TICKETS = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
    INSERT INTO ticket(uid, number, subject, preview, status, priority, channel_id, customer_id, assignee_id, team_id,
        mood, contacts, unread, goal, summary, choice, details, message_count, created_at, updated_at, solved_at)
    SELECT CAST(printf(:uid, i) AS BLOB), :after + i, 'Order ' || i, '', status, 1, 1 + i % 5, 1 + i % 100,
           CASE WHEN status < 3 AND i % 20 = 0 THEN NULL ELSE 1 + i % 4 END, 1 + i % 2, 0, 0, 0, '', '', '', '{}', 0,
           came, came + 1, iif(status < 3, NULL, came + :lived)
      FROM (SELECT i, iif(:active AND i % 5 = 0, 0, 4) AS status, :since + i * (:until - :since) / :count AS came
              FROM n)"""
# The customer wrote when the ticket came; four of five were answered; every third wrote once more before.
_MESSAGES = """
    INSERT INTO message(uid, ticket_id, kind, at, sender, recipients, copies, subject, body, folds, html, automatic,
        bounce, unparsed, trackers)
    SELECT randomblob(16), id, said.kind, created_at + said.later, '', '', '', '', 'About my order', '[]', 0, '', '',
           0, 0
      FROM ticket, (SELECT 'inbound' AS kind, 0 AS later, 1 AS each UNION ALL SELECT 'outbound', :first, 1
                    UNION ALL SELECT 'inbound', :again, 3 UNION ALL SELECT 'outbound', :again + :next, 3) said
     WHERE number > :after AND number % said.each = 0 AND (later = 0 OR status = 4) AND created_at + later < :now"""
_SOLVED = """
    INSERT INTO event(deed, kind, at, agent_id, ticket_id, data, patch)
    SELECT randomblob(16), 'changed', solved_at, assignee_id, id, '{"field":"status","before":0,"after":3}', ''
      FROM ticket WHERE number > :after AND status = 4"""


def fill(workspace: Workspace, now: int) -> None:
    """Put them in; the workspace has a team, a hundred customers and a few tickets."""
    with closing(open_to_write(workspace)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        with writing(connection):
            (after,) = connection.execute("SELECT max(number) FROM ticket").fetchone()
            recent = now - DAYS * DAY
            old = {"count": OLD, "uid": "old%013d", "after": after, "active": 0, "since": recent - 2900 * DAY}
            new = {"count": TODAYS, "uid": "new%013d", "after": after + OLD, "active": 1, "since": recent}
            connection.execute(_TICKETS, {**old, "until": recent, "lived": HOUR})
            connection.execute(_TICKETS, {**new, "until": now - 2 * HOUR, "lived": 90 * MINUTE})
            told = {"after": after + OLD, "first": FIRST, "again": HOUR, "next": NEXT, "now": now}
            connection.execute(_MESSAGES, told)
            connection.execute(_SOLVED, told)
