"""What the workspace asks of storage, gathered into one answer each; every function here runs in a reader thread."""

import json
import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from desk.errors import HeardError
from desk.filters import parse
from desk.records import AgentRow, CustomerCard, Message, RunRow, Ticket, TicketRow, ViewRow
from storage import first_page
from storage.agents import known
from storage.connect import Connection, driver
from storage.queue import Scope, ids_query, rows, snapshot, views
from storage.queue import first_page as first_rows
from storage.workspace import Workspace, open_to_read
from widgets.rowcache import Sight

if TYPE_CHECKING:
    from desk.checklists import ChecklistTemplate

# The rows that are shown before the whole list is known.
FIRST_ROWS = 64
# Longer than this the first frame doesn't wait for its rows; a million tickets take 5 ms.
OPENING_SECONDS = 0.1


class Beginning(NamedTuple):
    """The views, the one that was open last, whether there are no tickets at all, and what is connected."""

    views: tuple[ViewRow, ...]
    last: int | None
    empty: bool
    sources: tuple[tuple[int, str], ...] = ()

    @property
    def view(self) -> ViewRow | None:
        """The view to open: the last one, else the first."""
        last = next((view for view in self.views if view.id == self.last), None)
        return last or (self.views[0] if self.views else None)


class Opening(NamedTuple):
    """All that the first frame shows: who sits here, the views, and the first rows of the one that was open last."""

    me: AgentRow
    beginning: Beginning
    rows: tuple[TicketRow, ...]


class Listing(NamedTuple):
    """The ids of a list in their order, its rows from `start` on, and the query for the next start's first paint."""

    ids: "array[int]"
    start: int
    rows: tuple[TicketRow, ...]
    query: str
    parameters: tuple[int | str, ...]


class Opened(NamedTuple):
    """One ticket with all that stands around it.

    `suggestion` is the key of the checklist that suits it, `team` what snippets quote of the team itself.
    """

    ticket: Ticket
    conversation: tuple[Message, ...]
    card: CustomerCard | None
    runs: "tuple[tuple[ChecklistTemplate, RunRow], ...]"
    templates: "tuple[ChecklistTemplate, ...]"
    suggestion: str
    newest_inbound: Message | None
    rated: bool
    team: Mapping[str, str]

    @property
    def id(self) -> int:
        """The ticket's id."""
        return self.ticket.row.id


def beginning(connection: Connection) -> Beginning:
    """What the workspace needs first."""
    kept = connection.execute("SELECT value FROM setting WHERE key = ?", (first_page.SETTING,)).fetchone()
    last = json.loads(kept[0]).get("view") if kept else None
    empty = connection.execute("SELECT 1 FROM ticket LIMIT 1").fetchone() is None
    connected = first_page.sources(connection)
    return Beginning(views(connection), last if isinstance(last, int) else None, empty, connected)


def opening(workspace: Workspace, handle: str, now: int, zone: tzinfo) -> Opening | None:
    """What the first frame shows, read before there is an event loop that it could hold up.

    None where it isn't there to be read within `OPENING_SECONDS`: then the threads make it or read it, or say what is
    wrong.
    """
    deadline = time.perf_counter() + OPENING_SECONDS
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(closing(open_to_read(workspace)))
            connection.set_progress_handler(lambda: time.perf_counter() > deadline, 10_000)
            me, found = known(connection, handle), beginning(connection)
            if me is None or found.view is None:
                return None
            scope = Scope(parse(found.view.query), found.view.sort, me.id, now, zone)
            return Opening(me, found, tuple(first_rows(connection, scope, FIRST_ROWS)))
        except (HeardError, driver().Error):
            return None


class Behind(NamedTuple):
    """What the queue shows where it shows the tickets behind a number: which they are now, and the way back there.

    `words` say once which tickets these are. `first` is the one that the cursor begins at, None for the top.
    """

    title: str
    words: str
    tickets: Callable[[Connection, int], Sequence[int]]
    sort: str
    back: Callable[[], object]
    first: int | None = None

    def narrowed(self, connection: Connection, scope: Scope) -> Scope:
        """The scope of that list alone."""
        return scope._replace(among=json.dumps(list(self.tickets(connection, scope.now))))


def listing(connection: Connection, scope: Scope, sight: Sight | None = None, behind: Behind | None = None) -> Listing:
    """The whole list, by id, and the rows that will be seen of it: what was in `sight` stays, else its first ones."""
    if behind is not None:
        scope = behind.narrowed(connection, scope)
    ids = snapshot(connection, scope)
    query, parameters = ids_query(connection, scope)
    seen = range(FIRST_ROWS) if sight is None else sight.pages(ids)
    return Listing(ids, seen.start, tuple(rows(connection, ids[seen.start : seen.stop])), query, parameters)


def opened(connection: Connection, ticket_id: int, now: int, zone: tzinfo) -> Opened:
    """One ticket, whole."""
    # 20 ms to import, which the first frame needn't wait for.
    from storage import customers, runs, tickets
    from storage.incidents import incident_marks
    from storage.library import templates_of
    from storage.ratings import of_ticket as rating_of
    from storage.ratings import rating_marks
    from storage.team_words import team_words

    ticket = tickets.ticket(connection, ticket_id)
    rating = rating_of(connection, ticket_id)
    marks = (*incident_marks(connection, ticket_id), *rating_marks(rating), *ticket.marks)
    ticket = ticket._replace(marks=marks)
    conversation = tickets.conversation(connection, ticket_id)
    customer_id = ticket.row.customer_id
    card = None if customer_id is None else customers.card(connection, customer_id, now, zone)
    all_templates = templates(connection)
    by_key = {template.key: template for template in (*all_templates, *templates_of(connection, ticket_id))}
    begun = tuple((by_key[run.checklist], run) for run in runs.runs(connection, ticket_id) if run.checklist in by_key)
    newest = next((message for message in reversed(conversation) if message.kind == "inbound"), None)
    return Opened(
        ticket=ticket,
        conversation=conversation,
        card=card,
        runs=begun,
        templates=all_templates,
        suggestion=_suggestion(all_templates, ticket, newest, card),
        newest_inbound=newest,
        rated=rating is not None,
        team=team_words(connection),
    )


def templates(connection: Connection) -> "tuple[ChecklistTemplate, ...]":
    """The checklists of this workspace; parsed again only where one was changed."""
    from storage import library

    mark = connection.execute(
        "SELECT count(*), ifnull(max(updated_at), 0) FROM checklist WHERE ticket_id IS NULL"
    ).fetchone()
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    kept = _kept_templates(path)
    if mark not in kept:
        kept.clear()
        kept[mark] = library.templates(connection)
    return kept[mark]


def fingerprint(connection: Connection) -> object:
    """What changes when a deed, a message or a delivery is committed, but not when a draft is saved."""
    return connection.execute(
        "SELECT (SELECT max(id) FROM event), (SELECT max(id) FROM message), (SELECT max(updated_at) FROM ticket),"
        " (SELECT max(id) FROM outbox), (SELECT count(*) FROM outbox WHERE state NOT IN ('sent','dropped')),"
        " (SELECT max(recency) FROM customer), (SELECT count(*) FROM view)"
    ).fetchone()


def sources_fingerprint(connection: Connection) -> object:
    """What changes with the state of a source, which the title line tells; no list has to be read anew for it."""
    return connection.execute(
        "SELECT s.id, t.* FROM source s LEFT JOIN source_state t ON t.source_id = s.id ORDER BY s.id"
    ).fetchall()


def calls_fingerprint(connection: Connection) -> object:
    """What changes when somebody rings, or a call goes on or is written down."""
    return connection.execute(
        "SELECT id, state, agent_id, customer_id, ticket_id, direction, rang_at FROM call"
        " WHERE state NOT IN ('done','missed') ORDER BY id"
    ).fetchall()


def alerts_fingerprint(connection: Connection) -> object:
    """What changes when other alerts hold, or something was told."""
    return connection.execute(
        "SELECT key, value FROM setting WHERE key IN ('rules.alerts', 'alerts.told') ORDER BY key"
    ).fetchall()


def banners_fingerprint(connection: Connection) -> object:
    """What changes when everybody is told something, or no more, or somebody has put it away; of the newest alone."""
    return connection.execute(
        "SELECT (SELECT group_concat(id || ' ' || ifnull(ended_at, ''))"
        "          FROM (SELECT id, ended_at FROM banner ORDER BY id DESC LIMIT 50)),"
        " (SELECT count(*) FROM banner_seen WHERE banner_id > (SELECT max(id) FROM banner) - 50)"
    ).fetchone()


@lru_cache(maxsize=4)
def _kept_templates(_path: str) -> "dict[tuple[int, int], tuple[ChecklistTemplate, ...]]":
    return {}


def _suggestion(
    templates: "tuple[ChecklistTemplate, ...]", ticket: Ticket, newest: Message | None, card: CustomerCard | None
) -> str:
    from desk.checklists import suggest
    from desk.mood import mood

    row = ticket.row
    felt = mood(newest.body if newest else "", row.contacts)
    flags = () if card is None else tuple(flag.kind for flag in card.flags)
    try:
        return suggest(templates, mood=felt, channel=row.channel, tags=row.tags, queue=ticket.queue, flags=flags)
    except HeardError:  # a workspace without any checklist has none to offer
        return ""
