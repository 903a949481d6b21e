"""Who may do what: the one table of what a supervisor alone may do. Pure.

It is asked where a deed is done (`storage.supervisors.require`), in the transaction that does it, so that a screen, a
command and a script meet the same answer. Who approves gestures is in the team's own rules (`desk.gestures`).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

AGENT = "agent"
SUPERVISOR = "supervisor"
ROLES = (AGENT, SUPERVISOR)


class Right(StrEnum):
    """What not everybody may do, in the words that follow "may"."""

    ROLES = "say who is a supervisor"
    RULES = "change the team's rules"
    ERASE = "erase a customer"
    EXPORT_ALL = "export the team's whole data"
    AUDIT = "read who looked at whom"
    BANNER = "tell every console something"


# What isn't in this table everybody may do.
RIGHTS: Mapping[Right, frozenset[str]] = MappingProxyType({right: frozenset({SUPERVISOR}) for right in Right})


def allowed(right: Right, role: str, roles: frozenset[str]) -> bool:
    """Whether somebody of that role may do it in a team of these roles.

    Where nobody of the team has a role that may, everybody may: whoever works alone, or has just begun, is locked out
    of nothing. From the first supervisor on only they may.
    """
    return role in RIGHTS[right] or not roles & RIGHTS[right]
