"""Customers who write, call and are given things, by the ways that a source and an agent take."""

from desk.ids import new_uid
from desk.lookup import IdentityKind
from storage.connect import Connection, writing
from storage.ingest.batch import Batch
from storage.ingest.rows import NewMessage
from storage.search.index import index_customers
from tests.factories import NOW, make_customer, make_identity, make_source

REGIONS = ("US",)


class People:
    """Some customers of one workspace, each with an address and a number of their own; time goes on with each deed."""

    def __init__(self, connection: Connection, names: tuple[str, ...]) -> None:
        self.connection = connection
        self.at = NOW
        self.names = names
        self.source_id = make_source(connection, "import", "import")
        self.ids = [self._make(place) for place in range(len(names))]
        index_customers(connection, self.ids)

    def _make(self, place: int) -> int:
        customer_id = make_customer(self.connection, self.names[place], email=self.address(place))
        make_identity(self.connection, customer_id, IdentityKind.PHONE, self.number(place))
        return customer_id

    def address(self, place: int) -> str:
        return f"{self.names[place].casefold()}@{self.names[place].casefold()}.example"

    def number(self, place: int) -> str:
        return f"+1415555{1000 + 137 * place}"

    def mail(self, place: int, ticket_id: int | None = None) -> tuple[int, int]:
        """A mail of this person, on a ticket or a new one; the ticket and the message."""
        self.at += 1_000_000
        with writing(self.connection):
            batch = Batch(self.connection, self.source_id, REGIONS, self.at)
            customer_id = batch.book.writer(self.address(place), self.names[place])
            channel = self.connection.execute("SELECT id FROM channel WHERE key = 'email'").fetchone()[0]
            ticket = ticket_id or batch.rows.ticket("A matter", channel, customer_id, self.at)
            sender = f"{self.names[place]} <{self.address(place)}>"
            new = NewMessage("inbound", self.at, "Where is it?", sender=sender, customer_id=customer_id)
            message = batch.rows.message(ticket, new)
            batch.changed_tickets.add(ticket)
            batch.finish()
        return ticket, message

    def call(self, place: int, customer_id: int) -> int:
        """A call from this person's number, that the console has recognised as this customer's."""
        self.at += 1_000_000
        row = self.connection.execute(
            "INSERT INTO call(uid, direction, state, way, external_id, number, caller, customer_id, rang_at, "
            "held_seconds, goal, notes, outcome, follow_up) VALUES(?,'in','done','pop','',?,'',?,?,0,'','','','')",
            (new_uid(), f"0{self.number(place)[2:]}", customer_id, self.at),
        )
        return int(row.lastrowid or 0)

    def gesture(self, customer_id: int, ticket_id: int) -> int:
        """Something given on a ticket."""
        row = self.connection.execute(
            "INSERT INTO gesture(uid, ticket_id, customer_id, kind, amount, currency, reason, answer, state, made_at) "
            "VALUES(?,?,?,'voucher',500,'EUR','','',?,?)",
            (new_uid(), ticket_id, customer_id, "given", self.at),
        )
        return int(row.lastrowid or 0)

    def with_whom(self, table: str, key: int) -> int:
        """Whose row it is now, as the place among these people."""
        row = self.connection.execute(f"SELECT customer_id FROM {table} WHERE id = ?", (key,))
        return self.ids.index(row.fetchone()[0])
