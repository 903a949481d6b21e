"""Merging two records of one person, and parting them again: also after both got new mails, calls and gestures.

The invariants: nothing is copied or lost. What is whose apart from all merges is kept with the rows (`merged_row`), not
with the deed: so records can be parted in any order, and each takes along what was theirs and what came since by their
identities. Only somebody who stands for themselves can be merged, and only into another such.
"""

import json
from typing import TYPE_CHECKING

from desk.errors import BadInput, Refused
from storage.connect import Connection
from storage.deeds import customer_facts, customer_rows
from storage.deeds.by import By, Done
from storage.deeds.journal import Fact, Journal, held
from storage.deeds.patches import Patch
from storage.inbound import after_inbound
from storage.ingest.recency import notice
from storage.merges import listed, standing, tree
from storage.search.index import exchange_places, hide, index_customers

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.models import Customer

# Active tickets whose contacts are counted anew; of those of the last week all are, unless somebody has more.
MOST_RECOUNTED = 200

_MERGED = "INSERT INTO customer_merge(customer_id, into_id, deed, agent_id, at, gave, since) VALUES(?,?,?,?,?,?,?)"
_BRANCH = "SELECT into_id, deed, gave FROM customer_merge WHERE customer_id = ?"
_STANDS = (
    "UPDATE customer SET merged_into_id = nullif(?1, id), updated_at = ?2 WHERE id IN (SELECT value FROM json_each(?3))"
)
_CONFIRM = """
    UPDATE identity SET known = 1 WHERE customer_id = ?1 AND NOT known AND EXISTS(
        SELECT 1 FROM identity o WHERE o.customer_id = ?2 AND o.kind = identity.kind AND o.normal = identity.normal
        AND o.known)
    RETURNING id"""
_ACTIVE = "SELECT id FROM ticket WHERE customer_id = ? AND status<3 ORDER BY updated_at DESC LIMIT ?"
# The plus keeps the index of all messages that are no customer's out of it.
_LAST_CONTACT = """
    SELECT max(at) FROM (
        SELECT max(at) AS at FROM message WHERE customer_id = ?1 AND kind IN ('inbound', 'call')
        UNION ALL SELECT max(m.at) FROM ticket t JOIN message m ON m.ticket_id = t.id AND +m.customer_id IS NULL
        AND m.kind IN ('inbound', 'call') WHERE t.customer_id = ?1)"""


def merge(session: "Session", by: By, from_id: int, into_id: int) -> Done:
    """Make `from_id` a part of `into_id`, with all that it has; Refused where either is a part of somebody already."""
    journal = Journal(session, by)
    title = join(journal, from_id, into_id)
    _tell(journal, "customers_merged", from_id, into_id, merged=True)
    return journal.done(title, customer_id=into_id)


def part(session: "Session", by: By, customer_id: int) -> Done:
    """Let a merged record stand for itself again; Refused where it does so already."""
    journal = Journal(session, by)
    title, into_id = leave(journal, customer_id)
    _tell(journal, "customers_parted", customer_id, into_id, merged=False)
    return journal.done(title, customer_id=standing(journal.connection, into_id))


def join(journal: Journal, from_id: int, into_id: int) -> str:
    """`merge` within a deed; the answer is what was done, in words."""
    connection, at = journal.connection, journal.by.at
    given, into = _free(journal, from_id), _free(journal, into_id)
    if from_id == into_id:
        raise BadInput(f"{into.name} is one record already", "Choose another customer to merge with.")
    since = customer_rows.highest(connection)
    customer_rows.settle(connection, from_id)
    customer_rows.keep_owner(connection, from_id)
    confirmed = [row[0] for row in connection.execute(_CONFIRM, (into_id, from_id))]
    facts, gave = customer_facts.joined(
        customer_facts.facts_of(connection, into_id), customer_facts.facts_of(connection, from_id)
    )
    gave |= {"confirmed": confirmed} if confirmed else {}
    customer_rows.hand_over(connection, from_id, into_id)
    customer_facts.write(connection, into_id, facts, at)
    connection.execute(_STANDS, (into_id, at, listed(tree(connection, from_id))))
    row = (from_id, into_id, journal.deed, journal.by.agent_id, at, json.dumps(gave), json.dumps(since))
    connection.execute(_MERGED, row)
    if given.recency > into.recency:
        exchange_places(connection, from_id, into_id)
    hide(connection, from_id)
    _follow(journal, from_id, into_id)
    return f"Merged {given.name} into {into.name}"


def leave(journal: Journal, customer_id: int) -> tuple[str, int]:
    """`part` within a deed: what was done, in words, and the record that it was a part of."""
    from storage import models

    connection, at = journal.connection, journal.by.at
    leaving = held(journal.session, models.Customer, customer_id, "customer")
    branch = connection.execute(_BRANCH, (customer_id,)).fetchone()
    if branch is None:
        raise Refused(f"{leaving.name} stands for themselves already", "Someone was quicker; look again.")
    root_id = standing(connection, customer_id)
    root = held(journal.session, models.Customer, root_id, "customer")
    customer_rows.settle(connection, root_id)
    before = _take_facts(connection, customer_id, at)
    connection.execute("DELETE FROM customer_merge WHERE customer_id = ?", (customer_id,))
    customer_rows.give_back(connection, customer_id)
    connection.execute(_STANDS, (customer_id, at, listed(tree(connection, customer_id))))
    _contacted(connection, customer_id, leaving.contacted_at)
    _contacted(connection, root_id, before if branch[0] == root_id else root.contacted_at)
    if branch[0] != root_id:
        # Theirs is in the root's name, and is counted when they leave; what they had from this one isn't theirs.
        connection.execute("UPDATE customer SET contacted_at = ? WHERE id = ?", (before, branch[0]))
    # Whoever merged them takes nothing back any more.
    connection.execute("UPDATE event SET undone_by = ? WHERE deed = ?", (journal.deed, branch[1]))
    _places(connection, customer_id, root_id)
    _follow(journal, customer_id, root_id)
    return f"Parted {leaving.name} from {root.name}", int(branch[0])


def _free(journal: Journal, customer_id: int) -> "Customer":
    """The customer, if they stand for themselves."""
    from storage import models

    customer = held(journal.session, models.Customer, customer_id, "customer")
    journal.session.refresh(customer)
    if customer.merged_into_id is not None:
        other = held(journal.session, models.Customer, customer.merged_into_id, "customer")
        raise Refused(f"{customer.name} was merged into {other.name} already", "Look again, and merge that one.")
    if journal.connection.execute("SELECT 1 FROM tombstone WHERE customer_id = ? LIMIT 1", (customer_id,)).fetchone():
        raise Refused("An erased customer can't be merged", "There is nothing left of them to merge.")
    return customer


def _take_facts(connection: Connection, customer_id: int, at: int) -> int | None:
    """Take what this record gave away from all who have it by way of it, and off it what was taken off there.

    The answer is when whom it leaves had been in contact last, without it.
    """
    own = customer_facts.facts_of(connection, customer_id)
    into, gave = _branch(connection, customer_id)
    before = gave.get("contacted_at", customer_facts.facts_of(connection, into).contacted_at)
    connection.executemany(
        "UPDATE identity SET known = 0 WHERE id = ? AND customer_id <> ?",
        [(key, customer_id) for key in _numbers(gave.get("confirmed"))],
    )
    given = gave.get("flags")
    if isinstance(given, list):
        stand = {flag.words for flag in customer_facts.facts_of(connection, standing(connection, customer_id)).flags}
        kept = tuple(flag for flag in own.flags if flag.words not in given or flag.words in stand)
        customer_facts.write(connection, customer_id, own._replace(flags=kept), at)
    while True:
        left = customer_facts.parted(customer_facts.facts_of(connection, into), gave)
        customer_facts.write(connection, into, left, at)
        beyond = connection.execute(_BRANCH, (into,)).fetchone()
        if beyond is None:
            return before if isinstance(before, int) else None
        passed = json.loads(beyond[2])
        gave = customer_facts.common(gave, passed)
        left_over = json.dumps(customer_facts.less(passed, gave))
        connection.execute("UPDATE customer_merge SET gave = ? WHERE customer_id = ?", (left_over, into))
        into = int(beyond[0])


def _branch(connection: Connection, customer_id: int) -> tuple[int, customer_facts.Gave]:
    into, _, gave = connection.execute(_BRANCH, (customer_id,)).fetchone()
    found: customer_facts.Gave = json.loads(gave)
    return into, found


def _numbers(value: object) -> list[int]:
    return [int(each) for each in value] if isinstance(value, list) else []


def _contacted(connection: Connection, customer_id: int, otherwise: int | None) -> None:
    """When somebody was last in contact, as their messages say it now; `otherwise` where there are none."""
    (at,) = connection.execute(_LAST_CONTACT, (customer_id,)).fetchone()
    last = otherwise if at is None else at
    connection.execute("UPDATE customer SET contacted_at = ? WHERE id = ?", (last, customer_id))


def _places(connection: Connection, one: int, other: int) -> None:
    """Of their two places the front one is for whoever was in contact last."""
    asked = "SELECT ifnull(contacted_at, -1 << 62), recency FROM customer WHERE id = ?"
    here, there = (connection.execute(asked, (key,)).fetchone() for key in (one, other))
    if (here[0] > there[0]) != (here[1] > there[1]):
        exchange_places(connection, one, other)


def _follow(journal: Journal, one: int, other: int) -> None:
    """The look-up, and what tickets say of how often somebody came."""
    connection = journal.connection
    index_customers(connection, [one, other])
    notice(connection, [one, other], [])
    active = [
        ticket_id
        for customer_id in (one, other)
        for (ticket_id,) in connection.execute(_ACTIVE, (customer_id, MOST_RECOUNTED))
    ]
    after_inbound(connection, active)


def _tell(journal: Journal, kind: str, customer_id: int, into_id: int, *, merged: bool) -> None:
    """The event, in both records' history; its patch says that the deed can be undone, and undoing it does more."""
    names = dict(
        journal.connection.execute(
            "SELECT id, name FROM customer WHERE id IN (?, ?)", (customer_id, into_id)
        ).fetchall()
    )
    before, after = (None, into_id) if merged else (into_id, None)
    data: dict[str, Fact] = {"field": "customer", "customer": customer_id, "into": into_id}
    data |= {"name": names[customer_id], "into_name": names[into_id]}
    journal.note(Patch("customer", {"id": customer_id}, {"merged_into_id": before}, {"merged_into_id": after}))
    journal.tell(kind, data, customer_id=into_id)
    journal.tell(kind, data, customer_id=customer_id)
