"""People to look up, put into a workspace with as little as a test wants to say."""

from desk.identifiers import normal_form
from desk.lookup import IdentityKind
from storage.connect import Connection
from storage.search.index import index_customers
from tests.factories import make_customer

REGIONS = ("US", "DE")


def add(connection: Connection, name: str, *identities: tuple[IdentityKind, str], known: bool = True) -> int:
    """A customer with these identities, indexed; each one added is the newest."""
    customer = make_customer(connection, name)
    for kind, value in identities:
        identify(connection, customer, kind, value, known=known)
    index_customers(connection, [customer])
    return customer


def identify(connection: Connection, customer: int, kind: IdentityKind, value: str, *, known: bool = True) -> None:
    """One more identity, not yet indexed; one that is there already stays as it is."""
    connection.execute(
        "INSERT OR IGNORE INTO identity(customer_id, kind, value, normal, known) VALUES (?, ?, ?, ?, ?)",
        (customer, kind, value, normal_form(kind, value, REGIONS), known),
    )
