"""What agents write about customers: names, notes, flags, and the identities by which they are found.

The invariant: whatever changes a name or an identity brings the look-up up to date in the same transaction.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from desk import flags
from desk.errors import BadInput, Refused
from desk.identifiers import normal_form
from desk.lookup import IdentityKind
from desk.text import clean
from storage.connect import raw
from storage.deeds.by import By, Done
from storage.deeds.journal import Journal, held
from storage.tombstones import is_erased

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.models import Customer, Identity


def new_customer(
    session: "Session",
    by: By,
    name: str,
    identities: Sequence[tuple[IdentityKind, str]] = (),
    regions: tuple[str, ...] = (),
) -> Done:
    """A customer with these identities, all known; `regions` read phone numbers without a country."""
    from storage import models
    from storage.search.index import next_recency

    name = _one_line(name, "name")
    journal = Journal(session, by)
    recency = next_recency(journal.connection)
    customer = models.Customer(name=name, recency=recency, created_at=by.at, updated_at=by.at)
    customer_id = journal.add(customer)
    for kind, value in ((IdentityKind.NAME, name), *identities):
        if _identity(session, customer_id, kind, value, regions) is None:
            _add_identity(journal, customer_id, kind, value, regions, known=True)
    journal.tell("customer_made", {"field": "customer", "before": None, "after": name}, customer_id=customer_id)
    return _done(journal, f"Added {name}", customer_id)


def rename(session: "Session", by: By, customer_id: int, name: str) -> Done:
    """Give a customer another name; they are still found by the old one."""
    name = _one_line(name, "name")
    journal = Journal(session, by)
    customer = _there(session, customer_id)
    old = customer.name
    if old == name:
        raise Refused(f"{name} is the name already", "")
    journal.change(customer, name=name, updated_at=by.at)
    if _identity(session, customer_id, IdentityKind.NAME, name, ()) is None:
        _add_identity(journal, customer_id, IdentityKind.NAME, name, (), known=True)
    journal.tell("renamed", {"field": "name", "before": old, "after": name}, customer_id=customer_id)
    return _done(journal, f"Renamed {old} to {name}", customer_id)


def note(session: "Session", by: By, customer_id: int, text: str) -> Done:
    """Write the note of a customer, in the place of the one before; empty takes it away."""
    journal = Journal(session, by)
    customer = _there(session, customer_id)
    text = clean(text).strip()
    if text == customer.note:
        raise Refused("The note says so already", "")
    return _set(journal, customer, "customer_noted", "note", text, f"Noted on {customer.name}")


def flag(session: "Session", by: By, customer_id: int, text: str) -> Done:
    """Put a flag on a customer, such as "abusive: threatened Bo on the phone"."""
    from storage import models

    wanted = flags.typed(text)
    journal = Journal(session, by)
    customer = _there(session, customer_id)
    before = flags.read(customer.flags)
    if any(each.telling == wanted.telling for each in before):
        raise Refused(f"{customer.name} has that flag already", "")
    agent = session.get(models.Agent, by.agent_id) if by.agent_id is not None else None
    put = wanted._replace(at=by.at, by=agent.name if agent else "")
    return _flagged(journal, customer, (*before, put), f"Flagged {customer.name}: {put.words}")


def unflag(session: "Session", by: By, customer_id: int, text: str) -> Done:
    """Take a flag off."""
    journal = Journal(session, by)
    customer = _there(session, customer_id)
    before = flags.read(customer.flags)
    kept = [each for each in before if each.words.casefold() != text.strip().casefold()]
    if len(kept) == len(before):
        raise Refused(f"{customer.name} has no such flag", "")
    return _flagged(journal, customer, kept, f"Took the flag “{text}” off {customer.name}")


def add_identity(
    session: "Session",
    by: By,
    customer_id: int,
    kind: IdentityKind,
    value: str,
    *,
    known: bool = True,
    regions: tuple[str, ...] = (),
) -> Done:
    """One more way to know a customer; Refused where they have it."""
    value = _one_line(value, kind.name.lower())
    journal = Journal(session, by)
    customer = _there(session, customer_id)
    if _identity(session, customer_id, kind, value, regions) is not None:
        raise Refused(f"{customer.name} is known by {value} already", "")
    _add_identity(journal, customer_id, kind, value, regions, known=known)
    data = {"field": kind.name.lower(), "before": None, "after": value}
    journal.tell("identity_added", data, customer_id=customer_id)
    return _done(journal, f"{customer.name} is known by {value}", customer_id)


def confirm_identity(session: "Session", by: By, identity_id: int) -> Done:
    """A maybe is known from now on."""
    from storage import models

    journal = Journal(session, by)
    identity = held(session, models.Identity, identity_id, "identity")
    if identity.known:
        raise Refused(f"{identity.value} is known already", "")
    journal.change(identity, known=True)
    data = {"field": IdentityKind(identity.kind).name.lower(), "before": "maybe", "after": identity.value}
    journal.tell("identity_confirmed", data, customer_id=identity.customer_id)
    return _done(journal, f"Confirmed {identity.value}", identity.customer_id)


def remove_identity(session: "Session", by: By, identity_id: int) -> Done:
    """A way to know a customer that was wrong. Their present name stays."""
    from storage import models

    journal = Journal(session, by)
    identity = held(session, models.Identity, identity_id, "identity")
    customer = held(session, models.Customer, identity.customer_id, "customer")
    kind, value = IdentityKind(identity.kind), identity.value
    if kind is IdentityKind.NAME and identity.normal == normal_form(kind, customer.name):
        raise Refused(f"{value} is the customer's name", "Rename the customer instead.")
    journal.remove(identity)
    journal.tell(
        "identity_removed", {"field": kind.name.lower(), "before": value, "after": None}, customer_id=customer.id
    )
    return _done(journal, f"{customer.name} is no longer known by {value}", customer.id or 0)


def _there(session: "Session", customer_id: int) -> "Customer":
    """The customer; Refused where another record stands for them by now, or nothing is left but what is counted."""
    from storage import models

    customer = held(session, models.Customer, customer_id, "customer")
    if is_erased(raw(session), customer_id):
        raise Refused("This customer was erased", "Whoever writes again becomes a new customer.")
    if customer.merged_into_id is not None:
        other = held(session, models.Customer, customer.merged_into_id, "customer")
        raise Refused(f"{customer.name} was merged into {other.name}", "Look again: it is one page now.")
    return customer


def _set(journal: Journal, customer: "Customer", kind: str, field: str, value: str, title: str) -> Done:
    before = getattr(customer, field)
    journal.change(customer, **{field: value}, updated_at=journal.by.at)
    journal.tell(kind, {"field": field, "before": before, "after": value}, customer_id=customer.id)
    return journal.done(title, customer_id=customer.id)


def _flagged(journal: Journal, customer: "Customer", after: Sequence[flags.Flag], title: str) -> Done:
    before = flags.read(customer.flags)
    journal.change(customer, flags=flags.write(after), updated_at=journal.by.at)
    words = {"before": [each.words for each in before], "after": [each.words for each in after]}
    journal.tell("flagged", {"field": "flags", **words}, customer_id=customer.id)
    return journal.done(title, customer_id=customer.id)


def _done(journal: Journal, title: str, customer_id: int) -> Done:
    from storage.search.index import index_customers

    index_customers(journal.connection, [customer_id])
    return journal.done(title, customer_id=customer_id)


def _add_identity(
    journal: Journal, customer_id: int, kind: IdentityKind, value: str, regions: tuple[str, ...], *, known: bool
) -> None:
    from storage import models

    value = _one_line(value, kind.name.lower())
    normal = normal_form(kind, value, regions)
    journal.add(models.Identity(customer_id=customer_id, kind=int(kind), value=value, normal=normal, known=known))


def _identity(
    session: "Session", customer_id: int, kind: IdentityKind, value: str, regions: tuple[str, ...]
) -> "Identity | None":
    from sqlmodel import select

    from storage import models

    normal = normal_form(kind, clean(value, lines=False).strip(), regions)
    wanted = select(models.Identity).where(
        models.Identity.customer_id == customer_id,
        models.Identity.kind == int(kind),
        models.Identity.normal == normal,
    )
    return session.exec(wanted).first()


def _one_line(text: str, what: str) -> str:
    text = clean(text, lines=False).strip()
    if not text:
        raise BadInput(f"The {what} is empty", "Write something.")
    return text
