"""The customers who began to pay lately, those whom nobody has written to yet first."""

from desk.lookup import IdentityKind
from desk.money import Money
from desk.newcomers import NEW_FOR, Newcomer, is_paying
from storage.connect import Connection

# So many who began lately are looked at; a page for a personal note needs no more.
MOST = 500

NEWCOMERS = """
    SELECT c.id, c.name, c.plan, c.since,
           ifnull((SELECT i.value FROM identity i WHERE i.customer_id = c.id AND i.kind = ?
                    ORDER BY i.known DESC, i.id LIMIT 1), ''),
           v.amount, v.currency,
           (SELECT max(m.at) FROM ticket t CROSS JOIN message m ON m.ticket_id = t.id
             WHERE t.customer_id = c.id AND m.kind = 'outbound' AND m.automatic = '' AND m.at >= c.since)
      FROM customer c LEFT JOIN customer_value v ON v.customer_id = c.id
     WHERE c.since IS NOT NULL AND c.since > ? AND c.since <= ? AND c.merged_into_id IS NULL
     ORDER BY c.since DESC LIMIT ?"""


def newcomers(connection: Connection, now: int) -> tuple[Newcomer, ...]:
    """Who began to pay in the last thirty days: those without a word from us first, then the newest."""
    found = connection.execute(NEWCOMERS, (int(IdentityKind.EMAIL), now - NEW_FOR, now, MOST))
    rows = [
        Newcomer(key, name, plan, since, email, None if amount is None else Money(amount, currency), written_at)
        for key, name, plan, since, email, amount, currency, written_at in found
    ]
    paying = (row for row in rows if is_paying(row.plan, row.value))
    return tuple(sorted(paying, key=lambda row: (row.written_at is not None, -row.since)))
