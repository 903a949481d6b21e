"""Both halves of a made workspace, made at once in two processes: the customers, and the tickets with their messages.

The tickets' half is a workspace of its own, beside. Its tables are copied into the first one page by page, indexes,
full text and what triggers keep included, which takes seconds; so each half is written, indexed and counted by the
schema's own statements, and nothing here repeats what a trigger does (only the full text is filled afterwards, since
that is quicker).
"""

import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing import get_context

from benchmarks.making import people
from benchmarks.making.calendar import NOW, SPAN, uid
from benchmarks.making.rows import indexed_afterwards, untriggered
from benchmarks.making.tickets import AGENTS, QUEUES, TAGS, TEAMS, Wanted, batches
from storage.connect import Connection, writing
from storage.workspace import Workspace, open_to_write

# The customers' half, and the look-up's tables with it.
_PEOPLE = ("customer", "identity", "organization")
_AGENTS = """
Ana Li Sam Noor Ivo Mei Jonas Aisha Tom Zoë Petr Lucía Omar Ruth Kenji Eva
Ruiz Wei O'Hara Haddad Novak Chen Lindqvist Diallo Baker Meier Svoboda Vega Farouk Stein Mori Lang
"""
_TICKET = (
    "INSERT INTO ticket(id, uid, number, subject, preview, status, priority, channel_id, customer_id, assignee_id,"
    " team_id, queue_id, mood, contacts, unread, message_count, created_at, updated_at, inbound_at, outbound_at,"
    " first_response_at, due_at, promised_at, snoozed_until, solved_at, goal, summary, choice, details)"
    " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'','','','{}')"
)
_MESSAGE = (
    "INSERT INTO message(id, uid, ticket_id, kind, at, agent_id, customer_id, subject, body, message_id, seconds,"
    " sender, recipients, copies, folds, html, automatic, bounce, unparsed, trackers)"
    " VALUES(?,?,?,?,?,?,?,?,?,?,?,'','','','[]',0,'','',0,0)"
)
_EVENT = "INSERT INTO event(deed, kind, at, agent_id, ticket_id, data, patch) VALUES(?,?,?,?,?,?,'')"
_PROMISES = (
    "INSERT INTO promise(uid, ticket_id, words, made_at, due_at, target_at, state)"
    " SELECT uid, id, 'an answer', updated_at, promised_at, promised_at, 'open' FROM ticket"
    " WHERE promised_at IS NOT NULL AND status<3"
)
_TEXTS = "INSERT INTO message_text(rowid, body) SELECT id, subject || char(10) || body FROM message ORDER BY id"


def make(workspace: Workspace, wanted: Wanted, seed: int) -> None:
    """Fill a folder that isn't there yet with a whole workspace."""
    beside = Workspace(workspace.folder / "tickets")
    workspace.folder.mkdir(parents=True)
    # A fork would take over the open databases of whoever asks.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        half = pool.submit(make_tickets, beside, wanted, seed)
        with _quickly(workspace) as connection:
            people.fill(connection, people.people(wanted.customers, seed))
        half.result()
    with closing(open_to_write(workspace)) as connection:
        _take_in(connection, beside)
    shutil.rmtree(beside.folder)
    with closing(open_to_write(workspace)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


def make_tickets(workspace: Workspace, wanted: Wanted, seed: int) -> None:
    """The tickets' half: the team, its tickets and all that hangs on them."""
    with _quickly(workspace) as connection:
        write_tickets(connection, wanted, seed)


def write_tickets(connection: Connection, wanted: Wanted, seed: int) -> None:
    """The team, its tickets and all that hangs on them, into a workspace that has none, in the caller's transaction."""
    _team(connection)
    channels = [key for (key,) in connection.execute("SELECT key FROM channel ORDER BY id")]
    with indexed_afterwards(connection, ("ticket", "ticket_tag", "message", "event")):
        with untriggered(connection, ("message",)):
            for batch in batches(wanted, channels, seed):
                connection.executemany(_TICKET, batch.tickets)
                connection.executemany("INSERT INTO ticket_tag(ticket_id, tag_id) VALUES(?,?)", batch.tags)
                connection.executemany(_MESSAGE, batch.messages)
                connection.executemany(_EVENT, batch.events)
        connection.execute(_TEXTS)


@contextmanager
def _quickly(workspace: Workspace) -> Iterator[Connection]:
    """One transaction that nothing but this process may see, and that a power cut may take."""
    with closing(open_to_write(workspace)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-262144"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        with writing(connection):
            yield connection


def _team(connection: Connection) -> None:
    born = NOW - SPAN
    agents = range(1, AGENTS + 1)
    first, last = (names.split() for names in _AGENTS.strip().splitlines())
    connection.executemany(
        "INSERT INTO agent(id, uid, handle, name, email, role, created_at) VALUES(?,?,?,?,'','agent',?)",
        [(n, uid(born, n, 7), f"agent{n}", f"{first[n % 16]} {last[n * 7 % 16]}", born) for n in agents],
    )
    teams = range(1, TEAMS + 1)
    connection.executemany(
        "INSERT INTO team(id, uid, name, created_at) VALUES(?,?,?,?)",
        [(n, uid(born, n, 8), f"team{n}", born) for n in teams],
    )
    connection.executemany(
        "INSERT INTO membership(team_id, agent_id) VALUES(?,?)", [(n % TEAMS + 1, n) for n in agents]
    )
    connection.executemany(
        "INSERT INTO queue(id, uid, name, team_id, created_at) VALUES(?,?,?,?,?)",
        [(n, uid(born, n, 9), f"queue{n}", n, born) for n in range(1, QUEUES + 1)],
    )
    connection.executemany("INSERT INTO tag(id, name) VALUES(?,?)", [(n, f"tag{n}") for n in range(1, TAGS + 1)])


def _take_in(connection: Connection, beside: Workspace) -> None:
    """Copy every table of the other half that isn't the customers'; where tables are alike, SQLite copies pages."""
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("ATTACH ? AS beside", (str(beside.database),))
    with writing(connection):
        tables = [name for (name,) in connection.execute(COPIED) if not name.startswith(("lookup", *_PEOPLE))]
        with untriggered(connection, tables):
            for table in tables:
                connection.execute(f'DELETE FROM main."{table}"')
                connection.execute(f'INSERT INTO main."{table}" SELECT * FROM beside."{table}"')
        connection.execute(_PROMISES)
    connection.execute("DETACH beside")


# All but virtual tables (their own tables hold what they know) and what SQLite and Alembic keep for themselves.
COPIED = """SELECT name FROM beside.sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
    AND name NOT LIKE 'sqlite@_%' ESCAPE '@' AND name <> 'alembic_version'"""
