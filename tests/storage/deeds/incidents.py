"""What the tests of incidents share: cases, an incident that has begun, an update and its preview."""

from datetime import UTC

from sqlalchemy import Engine

from desk.times import HOUR
from storage.audience import Audience, Update, audience
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.incident_updates import tell_all
from storage.deeds.incidents import Described, begin
from storage.engine import deed_session
from tests.factories import NOW, make_customer, make_message, make_source, make_ticket

TEXT = "Hello {{customer.first_name|there}}, cards work again. #{{ticket.number}} {{agent.first_name}}"
CARDS = Described("Checkout rejects cards", notice="Paying by card fails at the checkout.", next_update_at=NOW + HOUR)
SENT = """
    SELECT t.number, m.body, o.state FROM outbox o JOIN message m ON m.id = o.message_id
    JOIN ticket t ON t.id = o.ticket_id ORDER BY 1"""


def make_case(
    connection: Connection, name: str, body: str = "my card is refused at the checkout", **columns: object
) -> int:
    """A ticket of a mailbox with a customer and their question."""
    address = name.lower() + "@example.org"
    customer = make_customer(connection, name, email=address)
    source = connection.execute("SELECT id FROM source").fetchone()
    source_id = source[0] if source else make_source(connection)
    ticket = make_ticket(connection, subject="Paying", customer_id=customer, source_id=source_id, **columns)  # type: ignore[arg-type]  # any column
    make_message(connection, ticket, body=body, customer_id=customer, sender=address, at=NOW)
    connection.commit()
    return ticket


def begun(engine: Engine, by: By, ids: list[int], described: Described = CARDS) -> int:
    with deed_session(engine) as session:
        begin(session, by, described, ids)
    return 1


def update(text: str = TEXT, next_at: int | None = None) -> Update:
    return Update(1, text, next_at, UTC)


def shown(connection: Connection, by: By, text: str = TEXT, among: list[int] | None = None) -> Audience:
    """What the preview says."""
    return audience(connection, update(text), by.agent_id, NOW, among)


def tell(engine: Engine, by: By, seen: Audience, text: str = TEXT, next_at: int | None = None) -> str:
    with deed_session(engine) as session:
        return tell_all(session, by, update(text, next_at), seen).title


def told(connection: Connection, engine: Engine, by: By, ids: list[int], text: str = TEXT) -> str:
    return tell(engine, by, shown(connection, by, text, ids), text)
