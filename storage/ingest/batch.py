"""One batch of records that come in: inside the caller's transaction, whole from its first record to what follows.

The invariant: when `finish` is done, the look-up knows every customer met, and every ticket's figures are those of a
recount, as if each record had come alone.
"""

from storage.connect import Connection
from storage.inbound import after_inbound
from storage.ingest.people import CustomerBook
from storage.ingest.rows import Rows
from storage.promises import settle_answered


class Batch:
    """What one transaction brings in; the caller has begun it, since ids are given out from the first moment on.

    `regions` are the countries whose national phone numbers are understood, `now` is in microseconds UTC.
    """

    def __init__(self, connection: Connection, source_id: int, regions: tuple[str, ...], now: int) -> None:
        self.connection = connection
        self.source_id = source_id
        self.now = now
        self.book = CustomerBook(connection, regions, source_id, now)
        self.rows = Rows(connection, source_id)
        self.changed_tickets: set[int] = set()

    def write(self) -> None:
        """Put what is new into the database, where statements of one's own can work on it."""
        self.book.write()
        self.rows.write()

    def finish(self) -> None:
        """Write what is left, and bring up the look-up and the tickets' figures."""
        from storage.ingest.recency import notice
        from storage.search.index import index_customers

        self.write()
        index_customers(self.connection, sorted(self.book.changed))
        settle_answered(self.connection, self.changed_tickets)
        after_inbound(self.connection, sorted(self.changed_tickets))
        notice(self.connection, self.book.changed, self.changed_tickets)
