"""Names that stand in a filter, found among agents, teams, queues, channels, sources and tags.

A name that nobody bears is an error with the nearest one, so that a typing slip is never taken for an empty list; a
tag that no ticket has yet is none, since tags come and go.
"""

from collections.abc import Iterable

from desk.errors import NotFound
from desk.nearest import mend_name
from storage.connect import Connection


def agent_ids(connection: Connection, name: str) -> list[int]:
    """The agents of that handle, else of that full name, else of whose name it is a word."""
    agents = connection.execute("SELECT id, handle, name FROM agent ORDER BY handle").fetchall()
    wanted = name.casefold()
    found = (
        [key for key, handle, _ in agents if handle.casefold() == wanted]
        or [key for key, _, full in agents if full.casefold() == wanted]
        or [key for key, _, full in agents if wanted in full.casefold().split()]
    )
    if not found:
        raise _unknown("agent", name, [handle for _, handle, _ in agents])
    return found


def team_ids(connection: Connection, name: str) -> list[int]:
    """The team of that name."""
    return _named("team", name, connection.execute("SELECT id, name FROM team ORDER BY name"))


def queue_ids(connection: Connection, name: str) -> list[int]:
    """The queue of that name."""
    return _named("queue", name, connection.execute("SELECT id, name FROM queue ORDER BY name"))


def channel_ids(connection: Connection, key: str) -> list[int]:
    """The channel of that key."""
    return _named("channel", key, connection.execute("SELECT id, key FROM channel ORDER BY id"))


def source_ids(connection: Connection, name: str) -> list[int]:
    """The source of that name, else all of that kind."""
    sources = connection.execute("SELECT id, name, kind FROM source ORDER BY name").fetchall()
    alike = [key for key, _, kind in sources if kind == name.casefold()]
    if alike and name.casefold() not in (each.casefold() for _, each, _ in sources):
        return alike
    return _named("source", name, [(key, each) for key, each, _ in sources])


def tag_ids(connection: Connection, name: str) -> list[int]:
    """The tag of that name, however its letters are cased; none where no ticket ever had it."""
    exact = connection.execute("SELECT id FROM tag WHERE name=?", (name,)).fetchone()
    if exact:
        return [exact[0]]
    wanted = name.casefold()
    return [key for key, known in connection.execute("SELECT id, name FROM tag") if known.casefold() == wanted]


def _named(what: str, name: str, known: Iterable[tuple[int, str]]) -> list[int]:
    rows = list(known)
    found = [key for key, each in rows if each == name]
    found = found or [key for key, each in rows if each.casefold() == name.casefold()]
    if not found:
        raise _unknown(what, name, [each for _, each in rows])
    return found


def _unknown(what: str, name: str, known: list[str]) -> NotFound:
    mend = mend_name(name, known) if known else f"This workspace has no {what}s yet."
    return NotFound(f"There is no {what} “{name}”", mend)
