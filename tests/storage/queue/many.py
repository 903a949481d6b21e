"""Twenty thousand tickets, one in twenty of them active: enough that SQLite's steps tell who reads them all."""

import random
from contextlib import closing

from desk.ids import new_uid
from desk.times import DAY, HOUR, MINUTE
from storage.connect import Connection, connection_class, driver, writing
from storage.search.index import index_customers
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_agent, make_channel, make_customer, make_queue, make_source, make_team

TICKETS = 20_000
_TICKET = (
    "INSERT INTO ticket(id, uid, number, subject, preview, status, priority, channel_id, customer_id, assignee_id,"
    " team_id, queue_id, mood, contacts, unread, goal, summary, choice, details, message_count, created_at, updated_at,"
    " due_at, promised_at, snoozed_until) VALUES(?,?,?,'','',?,?,?,?,?,?,?,?,0,?,'','','','{}',1,?,?,?,?,?)"
)
_MESSAGE = (
    "INSERT INTO message(uid, ticket_id, kind, at, sender, recipients, copies, subject, body, folds, html, automatic,"
    " bounce, unparsed, trackers) VALUES(?,?,'inbound',0,'','','','',?,'[]',0,'','',0,0)"
)


def many(template: Workspace) -> Connection:
    """A desk of so many tickets, in memory: six agents, three teams, two queues, twenty customers, three tags.

    One team, queue and channel more have only twenty, all of them old; few tickets are urgent.
    """
    connection: Connection = driver().connect(
        ":memory:", isolation_level=None, check_same_thread=False, factory=connection_class(driver())
    )
    with closing(open_to_write(template)) as kept:
        kept.backup(connection)
    with writing(connection):
        for number in range(1, 7):
            make_agent(connection, handle=f"agent{number}", name=f"Agent {number}")
        for number in range(1, 4):
            make_team(connection, f"team{number}")
        for name in ("first", "second"):
            make_queue(connection, name)
        customers = [make_customer(connection, f"Customer{number} Ruiz") for number in range(20)]
        index_customers(connection, customers)
        channels = [make_channel(connection, key) for key in ("email", "phone", "chat")]
        channels += channels[2:] * 2
        _tickets(connection, random.Random(20260302), customers, channels)
        _rare(connection)
    return connection


def _rare(connection: Connection) -> None:
    rare = (make_team(connection, "rare"), make_queue(connection, "rare"), make_channel(connection, "forum"))
    source = make_source(connection, "rt", "rare")
    make_team(connection, "new")
    connection.execute("UPDATE ticket SET team_id=?, queue_id=?, channel_id=? WHERE id<200 AND id%10=0", rare)
    connection.execute("UPDATE ticket SET source_id=? WHERE id<200 AND id%10=0", (source,))
    connection.execute("UPDATE ticket SET priority=3 WHERE id<200 AND id%10=0 OR status<3 AND id%50=0")


def _tickets(connection: Connection, chance: random.Random, customers: list[int], channels: list[int]) -> None:
    connection.executemany("INSERT INTO tag(id, name) VALUES(?, ?)", [(1, "common"), (2, "rare"), (3, "half")])
    numbers = range(1, TICKETS + 1)
    connection.executemany(
        _TICKET, (_ticket(chance, number, chance.choice(customers), chance.choice(channels)) for number in numbers)
    )
    connection.executemany(
        "INSERT INTO ticket_tag(ticket_id, tag_id) VALUES(?, ?)",
        [
            (number, tag)
            for number in numbers
            for tag, one_in in ((1, 5 / 4), (2, 400), (3, 2))
            if chance.random() < 1 / one_in
        ],
    )
    connection.executemany(
        _MESSAGE, [(new_uid(), number, "a common word" if number % 100 else "a rare word") for number in numbers]
    )


def _ticket(chance: random.Random, number: int, customer: int, channel: int) -> tuple[object, ...]:
    active = chance.random() < 0.05
    created = NOW - (TICKETS - number) * MINUTE
    return (
        number, new_uid(), number, chance.choice((0, 0, 1, 2)) if active else chance.choice((3, 4, 4, 4)),
        chance.choice((0, 1, 2, 2, 2)), channel, customer, None if chance.random() < 0.6 else chance.randint(1, 6),
        chance.choice((1, 2, 2, 2, 3)), chance.randint(1, 2), chance.choice((0, 0, 0, 2)), chance.random() < 0.3,
        created, created + chance.randrange(3 * DAY), NOW + chance.randrange(-2 * DAY, 2 * DAY) if active else None,
        NOW if chance.random() < 0.05 else None,
        NOW + chance.randrange(-HOUR, 3 * DAY) if active and chance.random() < 0.1 else None,
    )  # fmt: skip
