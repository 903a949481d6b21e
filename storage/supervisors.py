"""Who decides where agents may not, and takes over from them: agents with the role of a supervisor."""

from desk.errors import NotFound, Refused
from desk.records import AgentRow
from storage.connect import Connection, writing

SUPERVISOR = "supervisor"
ROLES = ("agent", SUPERVISOR)
MEND = "Name one: `heard agents role HANDLE supervisor`."

# Whoever has the least to do comes first.
_SUPERVISORS = """
    SELECT a.id, a.handle, a.name FROM agent a WHERE a.role = 'supervisor' AND a.id IS NOT ?
     ORDER BY (SELECT count(*) FROM ticket t WHERE t.assignee_id = a.id AND t.status<3), a.name, a.id"""


def supervisors(connection: Connection, besides: int | None) -> tuple[AgentRow, ...]:
    """All supervisors but the agent `besides`, the one with the fewest active tickets first."""
    return tuple(AgentRow(*row) for row in connection.execute(_SUPERVISORS, (besides,)))


def next_supervisor(connection: Connection, besides: int | None) -> AgentRow:
    """The one to hand over to; Refused where there is none, with how to name one."""
    found = supervisors(connection, besides)
    if not found:
        raise Refused("This team has no other supervisor" if besides else "This team has no supervisor", MEND)
    return found[0]


def set_role(connection: Connection, handle: str, role: str) -> None:
    """Make somebody a supervisor, or an agent again; NotFound where the team has no such agent."""
    with writing(connection):
        changed = connection.execute("UPDATE agent SET role = ? WHERE handle = ?", (role, handle)).rowcount
    if not changed:
        raise NotFound(f"There is no agent “{handle}”", "`heard agents` lists them all.")
