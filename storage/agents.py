"""The agent who sits at this console."""

from desk.errors import BadInput
from desk.ids import new_uid
from desk.records import AgentRow
from desk.text import clean
from desk.times import now
from storage.connect import Connection

_ONE = "SELECT id, handle, name FROM agent WHERE handle = ?"


def me(connection: Connection, handle: str, name: str = "") -> AgentRow:
    """The agent of that handle, made where the team has none; BadInput where the handle is empty."""
    handle = "".join(clean(handle, lines=False).casefold().split())
    if not handle:
        raise BadInput("There is no name for the agent", "Set `handle` in the configuration.")
    name = clean(name, lines=False).strip() or handle.replace(".", " ").title()
    found = connection.execute(_ONE, (handle,)).fetchone()
    if found is None:
        # Two consoles may start at once: whoever comes second finds the first one's row.
        connection.execute(
            "INSERT INTO agent(uid, handle, name, email, role, created_at) VALUES(?,?,?,'','agent',?) "
            "ON CONFLICT(handle) DO NOTHING",
            (new_uid(), handle, name, now()),
        )
        found = connection.execute(_ONE, (handle,)).fetchone()
    return AgentRow(*found)
