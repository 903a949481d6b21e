"""Zammad's users: who works there, and who is a customer, with every identity of theirs.

The invariant: the user with the id 1 is Zammad itself, and nobody as an owner.
"""

from collections.abc import Mapping

from desk.flags import Flag
from desk.lookup import IdentityKind
from storage.ingest.records import CustomerRecord, IdentityRecord
from sync.sources.own_fields import filled, identities
from sync.sources.zammad.answers import USER, Raw, User, one
from sync.tickets import AgentNews

NOBODY = 1
# What every user has; all else was made up by the team.
_OWN = frozenset(
    (
        "id", "login", "firstname", "lastname", "email", "phone", "mobile", "fax", "note", "web", "department",
        "street", "zip", "city", "country", "address", "vip", "verified", "active", "image", "source", "preferences",
        "password", "accounts", "roles", "groups", "organization", "organizations", "authorizations", "last_login",
        "login_failed", "out_of_office", "created_by", "updated_by", "two_factor_preferences", "image_source",
    )
)  # fmt: skip


def agent(user: User) -> AgentNews:
    """Somebody who works there."""
    return AgentNews(str(user.id), user.name, user.email, user.login)


def customer(raw: Raw, organizations: Mapping[int, str]) -> CustomerRecord | None:
    """A customer, of what is told of a user; None where that can't be read."""
    user = one(USER, raw)
    if user is None:
        return None
    labels = {name: label(name) for name in raw if is_own(name, _OWN)}
    details = filled({name: raw[name] for name in labels}, labels)
    return CustomerRecord(
        user.name,
        (*_identities(user), *identities(details)),
        organization=organizations.get(user.organization_id or 0, ""),
        note=user.note,
        details=details,
        external_id=str(user.id),
        flags=(Flag("vip"),) if raw.get("vip") is True else (),
    )


def is_own(name: str, known: frozenset[str]) -> bool:
    """Whether a field was made up by the team, and is none of those that hold ids and times of Zammad's own."""
    return name not in known and not name.endswith(("_id", "_ids", "_at", "_in_min"))


def label(name: str) -> str:
    """How people read the name of a field; its title there is shown to administrators alone."""
    return name.replace("_", " ").strip().capitalize()


def _identities(user: User) -> tuple[IdentityRecord, ...]:
    # A login is an address as a rule, and a number of Zammad's own where the customer has none.
    handle = "" if "@" in user.login or user.login.startswith("auto-") else user.login
    told = (
        (IdentityKind.EMAIL, user.email),
        (IdentityKind.PHONE, user.phone),
        (IdentityKind.PHONE, user.mobile),
        (IdentityKind.HANDLE, handle),
    )
    return tuple(IdentityRecord(kind, value.strip()) for kind, value in told if value.strip())
