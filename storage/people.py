"""Who works here, in which teams and lines, and with which words they mark tickets."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from desk.errors import NotFound
from desk.nearest import mend_name
from desk.records import AgentRow
from storage.connect import Connection


class NamedRow(NamedTuple):
    """A team, queue or tag, and on how many active tickets it stands."""

    id: int
    name: str
    tickets: int


def agents(connection: Connection) -> tuple[AgentRow, ...]:
    """Everyone of the team, by name."""
    found = connection.execute("SELECT id, handle, name FROM agent ORDER BY name, handle")
    return tuple(AgentRow(*row) for row in found)


def agent_named(connection: Connection, handle: str) -> AgentRow:
    """The agent of that handle, or else of that full name; NotFound with the nearest handle."""
    everyone = agents(connection)
    wanted = handle.strip().casefold()
    for agent in everyone:
        if agent.handle.casefold() == wanted:
            return agent
    named = [agent for agent in everyone if agent.name.casefold() == wanted]
    if len(named) == 1:
        return named[0]
    handles = [agent.handle for agent in everyone]
    mend = mend_name(handle, handles) if handles else "This workspace has no agents yet."
    raise NotFound(f"There is no agent “{handle}”", mend)


def assignee_handles(connection: Connection, ticket_ids: Sequence[int]) -> dict[int, str]:
    """The assignees' handles of these tickets, by ticket id; tickets of nobody are left out."""
    found = connection.execute(
        "SELECT t.id, a.handle FROM ticket t JOIN agent a ON a.id = t.assignee_id"
        " WHERE t.id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ticket_ids)),),
    )
    return dict(found.fetchall())


def teams(connection: Connection) -> tuple[NamedRow, ...]:
    """All teams, by name."""
    return _named(
        connection,
        "SELECT id, name, (SELECT count(*) FROM ticket t WHERE t.team_id = team.id AND t.status<3)"
        " FROM team ORDER BY name",
    )


def queues(connection: Connection) -> tuple[NamedRow, ...]:
    """All lines that tickets stand in, by name."""
    return _named(
        connection,
        "SELECT id, name, (SELECT count(*) FROM ticket t WHERE t.queue_id = queue.id AND t.status<3)"
        " FROM queue ORDER BY name",
    )


def tags(connection: Connection) -> tuple[NamedRow, ...]:
    """All tags, those on most active tickets first."""
    return _named(
        connection,
        "SELECT id, name, (SELECT count(*) FROM active_tag a WHERE a.tag_id = tag.id) used"
        " FROM tag ORDER BY used DESC, name",
    )


def _named(connection: Connection, query: str) -> tuple[NamedRow, ...]:
    return tuple(NamedRow(*row) for row in connection.execute(query))
