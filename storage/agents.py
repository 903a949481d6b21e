"""The agent who sits at this console."""

from desk.errors import BadInput
from desk.ids import new_uid
from desk.records import AgentRow
from desk.times import now
from storage.connect import Connection

_ONE = "SELECT id, handle, name FROM agent WHERE handle = ?"


def known(connection: Connection, handle: str) -> AgentRow | None:
    """The agent of that handle, None where the team has none; BadInput where the handle is empty."""
    found = connection.execute(_ONE, (_plain(handle),)).fetchone()
    return AgentRow(*found) if found else None


def me(connection: Connection, handle: str, name: str = "") -> AgentRow:
    """The agent of that handle, made where the team has none; BadInput where the handle is empty."""
    from desk.text import clean

    handle = _plain(handle)
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


def _plain(handle: str) -> str:
    if not (handle.isascii() and handle.isprintable()):
        from desk.text import clean  # 3 ms to import, and seldom needed

        handle = clean(handle, lines=False)
    plain = "".join(handle.casefold().split())
    if not plain:
        raise BadInput("There is no name for the agent", "Set `handle` in the configuration.")
    return plain
