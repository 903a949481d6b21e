"""Who decides where agents may not, and takes over from them: agents with the role of a supervisor.

The invariant: what only they may do is refused in the transaction that would do it (`require`), whoever asks.
"""

from desk.errors import NotFound, Refused
from desk.records import AgentRow
from desk.roles import AGENT, Right, allowed
from storage.audit import note
from storage.connect import Connection, writing
from storage.deeds.by import By

NAMED = 3
MEND = "Name one: `heard agents role HANDLE supervisor`."

# Whoever has the least to do comes first.
_SUPERVISORS = """
    SELECT a.id, a.handle, a.name FROM agent a WHERE a.role = 'supervisor' AND a.id IS NOT ?
     ORDER BY (SELECT count(*) FROM ticket t WHERE t.assignee_id = a.id AND t.status<3), a.name, a.id"""
_ROLE = "SELECT role FROM agent WHERE id = ?"
_ROLES = "SELECT DISTINCT role FROM agent"


def supervisors(connection: Connection, besides: int | None) -> tuple[AgentRow, ...]:
    """All supervisors but the agent `besides`, the one with the fewest active tickets first."""
    return tuple(AgentRow(*row) for row in connection.execute(_SUPERVISORS, (besides,)))


def next_supervisor(connection: Connection, besides: int | None) -> AgentRow:
    """The one to hand over to; Refused where there is none, with how to name one."""
    found = supervisors(connection, besides)
    if not found:
        raise Refused("This team has no other supervisor" if besides else "This team has no supervisor", MEND)
    return found[0]


def may(connection: Connection, agent_id: int | None, right: Right) -> bool:
    """Whether this agent may do that. Who is no agent of the team is taken for one without a role."""
    found = connection.execute(_ROLE, (agent_id,)).fetchone()
    roles = frozenset(role for (role,) in connection.execute(_ROLES))
    return allowed(right, found[0] if found else AGENT, roles)


def require(connection: Connection, agent_id: int | None, right: Right) -> None:
    """Refused where this agent may not do that, with who may."""
    if not may(connection, agent_id, right):
        names = [each.name for each in supervisors(connection, None)]
        raise Refused(f"Only a supervisor may {right}", f"Ask {' or '.join(names[:NAMED])}.")


def set_role(connection: Connection, by: By, handle: str, role: str) -> None:
    """Make somebody a supervisor, or an agent again; NotFound where the team has no such agent.

    Refused for whoever is none themselves, once the team has a supervisor.
    """
    with writing(connection):
        require(connection, by.agent_id, Right.ROLES)
        changed = connection.execute("UPDATE agent SET role = ? WHERE handle = ?", (role, handle)).rowcount
        if not changed:
            raise NotFound(f"There is no agent “{handle}”", "`heard agents` lists them all.")
        note(connection, by, "role", words=f"{handle}: {role}")
