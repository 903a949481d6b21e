"""Giving an identity that was wrongly joined to whom it belongs, with the tickets and messages that came by it.

The invariants: nothing is copied or lost; undone, all of it is with the former owner again, also what came by the
identity since. A customer who was made for it is gone then, or becomes a part where something else came to them.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from desk.errors import BadInput, Refused
from desk.identifiers import normal_form
from desk.lookup import IdentityKind
from storage.deeds.by import By, Done
from storage.deeds.customer_rows import highest
from storage.deeds.journal import Fact, Journal, held
from storage.deeds.patches import ClashError, Patch, apply
from storage.inbound import after_inbound
from storage.merges import listed, standing
from storage.search.index import index_customers, next_recency
from storage.splitting import Split, split_of

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.models import Customer, Identity

_ON_TICKETS = """
    SELECT '{table}', id FROM {table} WHERE customer_id = ?1 AND ticket_id IN (SELECT value FROM json_each(?2))"""
_MOVE = "UPDATE {table} SET customer_id = ? WHERE id = ? AND customer_id = ?"
_HOMES = "SELECT kind, row_id, customer_id FROM merged_row WHERE kind = ? AND row_id = ?"
_CONTACTED = """
    UPDATE customer SET contacted_at = (SELECT max(at) FROM message WHERE customer_id = customer.id
        AND kind IN ('inbound', 'call')) WHERE id = ?1 AND EXISTS(
        SELECT 1 FROM message WHERE customer_id = ?1 AND kind IN ('inbound', 'call'))"""


def split(session: "Session", by: By, identity_id: int, ticket_ids: Sequence[int], into_id: int | None = None) -> Done:
    """Give the identity, these tickets and all that came by it to a customer, or to a new one of its own."""
    from storage import models

    journal = Journal(session, by)
    identity = held(session, models.Identity, identity_id, "identity")
    owner = held(session, models.Customer, identity.customer_id, "customer")
    found = split_of(journal.connection, identity_id)
    if found is None or _is_own_name(identity, owner):
        raise Refused(f"{identity.value} is the customer's name", "Rename the customer, or split off an address.")
    if into_id is not None and standing(journal.connection, into_id) == owner.id:
        raise BadInput(f"{identity.value} is with {owner.name} already", "Choose another customer.")
    since = highest(journal.connection)
    into = _new(journal, identity.value) if into_id is None else held(
        session, models.Customer, standing(journal.connection, into_id), "customer"
    )  # fmt: skip
    target = into.id or 0
    _give_identity(journal, identity, target)
    _move(journal, found, ticket_ids, target)
    data: dict[str, Fact] = {
        "field": IdentityKind(identity.kind).name.lower(), "title": identity.value, "identity": identity_id,
        "customer": owner.id, "into": target, "name": owner.name, "into_name": into.name,
        "messages": since["message"], "calls": since["call"], "tickets": since["ticket"],
    }  # fmt: skip
    _follow(journal, (owner.id or 0, target), ticket_ids)
    journal.tell("identity_split", data, customer_id=owner.id)
    journal.tell("identity_split", data, customer_id=target)
    return journal.done(f"Split {identity.value} off {owner.name}", *ticket_ids, customer_id=target)


def take_back(journal: Journal, patches: Sequence[Patch], data: dict[str, Fact]) -> None:
    """Undo a split: row by row where nothing came since, else with what came."""
    former, target = int(str(data["customer"])), int(str(data["into"]))
    connection = journal.connection
    connection.execute("SAVEPOINT as_it_was")
    try:
        apply(connection, [patch.turned() for patch in reversed(patches)])
    except ClashError:
        connection.execute("ROLLBACK TO as_it_was")
        _with_what_came(journal, patches, former, target)
    connection.execute("RELEASE as_it_was")
    journal.session.expire_all()
    _newer(journal, data, former, target)
    _follow(journal, (former, target), ())


def _with_what_came(journal: Journal, patches: Sequence[Patch], former: int, target: int) -> None:
    """Who was made for the identity has got more since: all of it goes along, and their record becomes a part."""
    from storage.deeds.customer_merge import join

    made = any(patch.table == "customer" and patch.before is None for patch in patches)
    if not made:
        raise Refused("Somebody has moved that identity since", "Look again, and split it off by hand.")
    join(journal, target, standing(journal.connection, former))


def _newer(journal: Journal, data: dict[str, Fact], former: int, target: int) -> None:
    """What came by the identity to its owner meanwhile."""
    found = split_of(journal.connection, int(str(data["identity"])))
    there = standing(journal.connection, target)
    if journal.connection.execute("SELECT 1 FROM customer WHERE id = ?", (there,)).fetchone() is None:
        return
    if found is None or found.customer_id != former or there == former:
        return
    came = split_of_owner(journal, found, there)
    for table, keys, last in (("message", came.messages, "messages"), ("call", came.calls, "calls")):
        new = [(former, key, there) for key in keys if key > int(str(data[last]))]
        journal.connection.executemany(_MOVE.format(table=table), new)
    new_tickets = [each.ticket_id for each in came.tickets if each.first and each.ticket_id > int(str(data["tickets"]))]
    journal.connection.executemany(_MOVE.format(table="ticket"), [(former, key, there) for key in new_tickets])


def split_of_owner(journal: Journal, found: Split, owner: int) -> Split:
    """What came by an identity to somebody who doesn't have it any more."""
    connection = journal.connection
    connection.execute("SAVEPOINT as_theirs")
    try:
        connection.execute("UPDATE OR IGNORE identity SET customer_id = ? WHERE id = ?", (owner, found.identity_id))
        return split_of(connection, found.identity_id) or found
    finally:
        connection.execute("ROLLBACK TO as_theirs")
        connection.execute("RELEASE as_theirs")


def _is_own_name(identity: "Identity", owner: "Customer") -> bool:
    return identity.kind == IdentityKind.NAME and identity.normal == normal_form(IdentityKind.NAME, owner.name)


def _new(journal: Journal, name: str) -> "Customer":
    from storage import models

    at = journal.by.at
    into = models.Customer(name=name, recency=next_recency(journal.connection), created_at=at, updated_at=at)
    key = journal.add(into)
    normal = normal_form(IdentityKind.NAME, name)
    journal.add(models.Identity(customer_id=key, kind=int(IdentityKind.NAME), value=name, normal=normal, known=False))
    return into


def _give_identity(journal: Journal, identity: "Identity", target: int) -> None:
    """The other may have it already, and nobody can have the same twice."""
    twice = journal.connection.execute(
        "SELECT 1 FROM identity WHERE customer_id = ? AND kind = ? AND normal = ?",
        (target, identity.kind, identity.normal),
    ).fetchone()
    _leave_home(journal, "identity", identity.id or 0)
    if twice:
        journal.remove(identity)
    else:
        journal.change(identity, customer_id=target)


def _move(journal: Journal, found: Split, ticket_ids: Sequence[int], target: int) -> None:
    owner, asked = found.customer_id, listed(ticket_ids)
    rows = {("message", key) for key in found.messages} | {("call", key) for key in found.calls}
    rows |= {("ticket", each.ticket_id) for each in found.tickets if each.ticket_id in set(ticket_ids)}
    for table in ("message", "call", "gesture"):
        rows |= set(journal.connection.execute(_ON_TICKETS.format(table=table), (owner, asked)).fetchall())
    for table, key in sorted(rows):
        _leave_home(journal, table, key)
        journal.connection.execute(_MOVE.format(table=table), (target, key, owner))
        journal.note(Patch(table, {"id": key}, {"customer_id": owner}, {"customer_id": target}))


def _leave_home(journal: Journal, table: str, key: int) -> None:
    """A row that goes to another person is no merged record's any more."""
    for kind, row_id, home in journal.connection.execute(_HOMES, (table, key)).fetchall():
        journal.connection.execute("DELETE FROM merged_row WHERE kind = ? AND row_id = ?", (kind, row_id))
        row = {"kind": kind, "row_id": row_id, "customer_id": home}
        journal.note(Patch("merged_row", {"kind": kind, "row_id": row_id}, row, None))


def _follow(journal: Journal, customer_ids: tuple[int, int], ticket_ids: Sequence[int]) -> None:
    connection = journal.connection
    for customer_id in customer_ids:
        connection.execute(_CONTACTED, (customer_id,))
    index_customers(connection, customer_ids)
    after_inbound(connection, ticket_ids)
