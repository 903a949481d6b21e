"""What the console shows before it is there: the view it last showed, read in two small queries.

`remember` keeps, as one setting, which query the view was (already compiled by storage's queue) and what stood around
it; `read` runs it afresh, so that the rows are never older than the database. The invariant: `read` raises nothing and
takes at most `TIME_LIMIT`; where anything is wrong, there is no first page, and the app will tell what it is.
Named tuples rather than dataclasses, whose import costs the first paint 8 ms.
"""

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, cast

from desk.errors import HeardError
from storage.connect import Connection, connect

SETTING = "first_page"
TIME_LIMIT = 0.05
# The ids of the view in its order come first; joining them would lose the order.
COLUMNS = """
    SELECT ticket.id, ticket.number, ticket.subject, ticket.status, ticket.priority, channel.key,
           coalesce(customer.name, ''), coalesce(agent.name, ''), ticket.mood, ticket.unread,
           ticket.updated_at, ticket.due_at, ticket.snoozed_until, ticket.warns_at,
           ticket.promised_at, ticket.source_id
    FROM ticket
    JOIN channel ON channel.id = ticket.channel_id
    LEFT JOIN customer ON customer.id = ticket.customer_id
    LEFT JOIN agent ON agent.id = ticket.assignee_id
    WHERE ticket.id IN ({places})"""
# The sources that are synced, by which a row says where it comes from (storage.sources.connected).
SOURCES = "SELECT id, name FROM source WHERE kind = 'mailbox' OR settings ->> '$.takes' IS NOT NULL ORDER BY id"
VIEWS = "SELECT id, position, name FROM view ORDER BY position, id"


class FirstRow(NamedTuple):
    """One line of the queue, with the names that desk.records.TicketRow has."""

    id: int
    number: int
    subject: str
    status: int
    priority: int
    channel: str
    customer: str
    assignee: str
    mood: int
    unread: int
    updated_at: int
    due_at: int | None
    snoozed_until: int | None
    warns_at: int | None = None
    promised_at: int | None = None
    source_id: int | None = None


class FirstView(NamedTuple):
    """A view beside the queue; `tickets` is how many it last had."""

    position: int
    name: str
    tickets: int | None
    chosen: bool


class FirstPage(NamedTuple):
    """What to paint; `title` is the view's name, `footer` the keys as they were last shown, `sources` id and name."""

    title: str
    tickets: int | None
    views: tuple[FirstView, ...]
    rows: tuple[FirstRow, ...]
    footer: str
    sources: tuple[tuple[int, str], ...] = ()


def remember(
    connection: Connection,
    *,
    view_id: int | None,
    title: str,
    ids_query: str,
    parameters: Sequence[int | str | None],
    counts: Mapping[int, int],
    footer: str,
) -> None:
    """Keep what the next start paints first, on a writing connection.

    `ids_query` selects ticket ids in the view's order, without a limit; `counts` are the views' last counts by id.
    """
    kept = {
        "view": view_id,
        "title": title,
        "query": ids_query,
        "parameters": list(parameters),
        "counts": {str(view): count for view, count in counts.items()},
        "footer": footer,
    }
    connection.execute(
        "INSERT INTO setting(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
        (SETTING, json.dumps(kept)),
    )


def read(database: Path, limit: int) -> FirstPage | None:
    """The first `limit` rows of the last view, and what stands around them; None where there is nothing to show."""
    try:
        connection = connect(database, read_only=True)
    except (HeardError, OSError):
        return None
    deadline = time.perf_counter() + TIME_LIMIT
    connection.set_progress_handler(lambda: time.perf_counter() > deadline, 10_000)
    try:
        found = connection.execute("SELECT value FROM setting WHERE key = ?", (SETTING,)).fetchone()
        return _page(connection, json.loads(found[0]), limit) if found else None
    except (ValueError, KeyError, TypeError, AttributeError, sqlite3.Error, connection.Error):
        return None
    finally:
        connection.close()


def _page(connection: Connection, kept: dict[str, object], limit: int) -> FirstPage:
    query, parameters = kept["query"], cast("list[int | str | None]", kept["parameters"])
    ids = [row[0] for row in connection.execute(f"SELECT * FROM ({query}) LIMIT ?", (*parameters, limit))]  # noqa: S608
    places = ",".join("?" * len(ids))
    rows = {row[0]: FirstRow(*row) for row in connection.execute(COLUMNS.format(places=places), ids)}
    counts = cast("dict[str, int]", kept["counts"])
    views = tuple(
        FirstView(position, name, counts.get(str(view)), view == kept["view"])
        for view, position, name in connection.execute(VIEWS)
    )
    return FirstPage(
        title=str(kept["title"]),
        tickets=counts.get(str(kept["view"])),
        views=views,
        rows=tuple(rows[each] for each in ids if each in rows),
        footer=str(kept["footer"]),
        sources=sources(connection),
    )


def sources(connection: Connection) -> tuple[tuple[int, str], ...]:
    """Id and name of what is connected, the oldest first."""
    return tuple((source_id, name) for source_id, name in connection.execute(SOURCES))
