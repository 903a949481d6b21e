"""The people who work at a helpdesk, and who of them is who here.

The invariant: once known, an agent stays who they are here, however they are called there later; nobody is taken for
somebody else by a name that two have, or against their address.
"""

import re
from dataclasses import dataclass

from desk.ids import new_uid
from desk.text import clean
from storage.connect import Connection
from storage.helpdesk.records import AgentNews

_KNOWN = """
    SELECT r.external_id, a.id, a.handle FROM remote_agent r JOIN agent a ON a.id = r.agent_id WHERE r.source_id = ?"""
_AGENTS = "SELECT id, handle, name, email FROM agent ORDER BY id"
_REMEMBER = "INSERT INTO remote_agent(source_id, external_id, agent_id) VALUES(?, ?, ?)"
_ADDRESS = "UPDATE agent SET email = ? WHERE id = ? AND email = ''"
_ADD = """
    INSERT INTO agent(uid, handle, name, email, role, created_at) VALUES(?, ?, ?, ?, 'agent', ?) RETURNING id"""
_NO_HANDLE = re.compile(r"[^\w.+-]+")


@dataclass(frozen=True, slots=True)
class Colleague:
    """An agent of the helpdesk, as they are known here."""

    id: int
    handle: str


class Colleagues:
    """The agents of one helpdesk, for as long as one transaction lasts."""

    def __init__(self, connection: Connection, source_id: int, now: int) -> None:
        self._connection = connection
        self._source_id = source_id
        self._now = now
        found = connection.execute(_KNOWN, (source_id,)).fetchall()
        self._known = {external_id: Colleague(agent_id, handle) for external_id, agent_id, handle in found}

    def of(self, external_id: str) -> Colleague | None:
        """Who that is; None where nobody ever told."""
        return self._known.get(external_id)

    def take(self, news: AgentNews) -> None:
        """Know who that is from now on: by address, else by handle, else by name; a new agent where it is nobody."""
        if news.external_id in self._known:
            return
        name, email = _line(news.name), _line(news.email).casefold()
        handle = "".join(_line(news.handle).casefold().split())
        agents = self._connection.execute(_AGENTS).fetchall()
        same = self._same(agents, name, email, handle)
        if same is None:
            taken = {held for _, held, _, _ in agents}
            made = _free(handle or email.partition("@")[0] or name.casefold(), taken)
            row = (new_uid(), made, name or made, email, self._now)
            same = Colleague(self._connection.execute(_ADD, row).fetchone()[0], made)
        elif email:
            self._connection.execute(_ADDRESS, (email, same.id))
        self._connection.execute(_REMEMBER, (self._source_id, news.external_id, same.id))
        self._known[news.external_id] = same

    def _same(
        self, agents: list[tuple[int, str, str, str]], name: str, email: str, handle: str
    ) -> Colleague | None:  # fmt: skip
        """One account of a helpdesk is one agent, and an agent here has at most one account there."""
        accounted = {colleague.id for colleague in self._known.values()}
        free = [agent for agent in agents if agent[0] not in accounted]
        ways = (
            [agent for agent in free if email and agent[3].casefold() == email],
            [agent for agent in free if handle and agent[1] == handle and not _another(agent[3], email)],
            [agent for agent in free if email and agent[1] == email.partition("@")[0] and not agent[3]],
            [agent for agent in free if name and agent[2].casefold() == name.casefold()
             and not _another(agent[3], email)],
        )  # fmt: skip
        found = next((way[0] for way in ways if len(way) == 1), None)
        return None if found is None else Colleague(found[0], found[1])


def external_id_of(connection: Connection, source_id: int, handle: str) -> str | None:
    """What the helpdesk calls the agent of that handle; None where they don't work there, as far as is known."""
    row = connection.execute(
        """SELECT r.external_id FROM agent a CROSS JOIN remote_agent r ON r.agent_id = a.id
            WHERE a.handle = ? AND r.source_id = ? ORDER BY r.external_id LIMIT 1""",
        (handle, source_id),
    ).fetchone()
    return None if row is None else str(row[0])


def _another(held: str, told: str) -> bool:
    """Whether two addresses are known, and not the same."""
    return bool(held and told) and held.casefold() != told


def _free(wanted: str, taken: set[str]) -> str:
    """A handle that nobody has."""
    plain = _NO_HANDLE.sub(".", wanted).strip(".") or "agent"
    handle, number = plain, 1
    while handle in taken:
        number += 1
        handle = f"{plain}{number}"
    return handle


def _line(text: str) -> str:
    return clean(text, lines=False).strip()
