"""A workspace with as many tickets as are asked for, always the same ones, for the benchmarks of the queue.

Rows are written with plain `executemany`, since making a million through models would take an hour. The shares are
those of a team that has been at it for years: 3 % of the tickets are active, and few words are very common.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from desk.identifiers import normal_form
from desk.lookup import IdentityKind
from desk.times import DAY, HOUR, MINUTE
from storage.connect import Connection, writing
from storage.search.index import index_customers
from storage.workspace import Workspace, open_to_write

NOW = 1_772_442_000_000_000  # 2026-03-02 09:00 UTC
AGENTS = 30
CUSTOMERS = 2_000
TEAMS = 6
TAGS = 200
BATCH = 5_000
_WORDS = """
order invoice refund delivery password account parcel address payment card login update printer cable window
garden kettle blanket ticket train hotel booking seat voucher discount return exchange colour size damaged
late missing wrong broken thanks please today tomorrow morning evening week month question answer problem
"""
_FIRST = "Ana Li Sam Noor Ivo Mei Jonas Aisha Tom Zoë Petr Lucía Omar Ruth Kenji Eva"
_LAST = "Ruiz Wei O'Hara Haddad Novak Chen Lindqvist Diallo Baker Meier Svoboda Vega Farouk Stein Mori Lang"
WORDS, FIRST, LAST = (names.split() for names in (_WORDS, _FIRST, _LAST))


def make(folder: Path, tickets: int) -> Workspace:
    """The workspace with that many tickets in `folder`; made only where it isn't there yet."""
    workspace = Workspace(folder / f"tickets-{tickets}")
    if workspace.exists():
        return workspace
    unfinished = Workspace(folder / f"tickets-{tickets}.unfinished")
    with closing(open_to_write(unfinished)) as connection:
        _people(connection, random.Random(1))
        chance = random.Random(2)
        for first in range(1, tickets + 1, BATCH):
            with writing(connection):
                _tickets(connection, chance, range(first, min(first + BATCH, tickets + 1)), tickets)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    unfinished.folder.rename(workspace.folder)
    return workspace


def _uid(number: int, kind: int) -> bytes:
    return kind.to_bytes(8, "big") + number.to_bytes(8, "big")


def _people(connection: Connection, chance: random.Random) -> None:
    with writing(connection):
        connection.executemany(
            "INSERT INTO agent(id, uid, handle, name, email, role, created_at) VALUES(?,?,?,?,'','agent',0)",
            [(n, _uid(n, 1), f"agent{n}", f"{FIRST[n % 16]} {LAST[n * 7 % 16]}") for n in range(1, AGENTS + 1)],
        )
        connection.executemany(
            "INSERT INTO team(id, uid, name, created_at) VALUES(?,?,?,0)",
            [(n, _uid(n, 2), f"team{n}") for n in range(1, TEAMS + 1)],
        )
        connection.executemany("INSERT INTO tag(id, name) VALUES(?,?)", [(n, f"tag{n}") for n in range(1, TAGS + 1)])
        if not connection.execute("SELECT 1 FROM channel").fetchone():
            keys = ("email", "phone", "chat", "x", "facebook", "forum", "web")
            connection.executemany(
                "INSERT INTO channel(key, label, target) VALUES(?,?,3600)", [(key, key.capitalize()) for key in keys]
            )
        names = [(n, f"{chance.choice(FIRST)} {chance.choice(LAST)}") for n in range(1, CUSTOMERS + 1)]
        connection.executemany(
            "INSERT INTO customer(id, uid, name, plan, note, mood, flags, details, recency, created_at, updated_at)"
            " VALUES(?,?,?,'','',0,'[]','{}',?,0,0)",
            [(n, _uid(n, 3), name, n) for n, name in names],
        )
        connection.executemany(
            "INSERT INTO identity(customer_id, kind, value, normal, known) VALUES(?,1,?,?,1)",
            [(n, name, normal_form(IdentityKind.NAME, name)) for n, name in names],
        )
        index_customers(connection, [n for n, _ in names])


def _tickets(connection: Connection, chance: random.Random, numbers: range, of: int) -> None:
    channels = [row[0] for row in connection.execute("SELECT id FROM channel ORDER BY id")]
    connection.executemany(
        "INSERT INTO ticket(id, uid, number, subject, preview, status, priority, channel_id, customer_id, assignee_id,"
        " team_id, mood, contacts, unread, goal, summary, choice, details, message_count, created_at, updated_at,"
        " due_at, promised_at, snoozed_until, solved_at)"
        " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,'','','','{}',3,?,?,?,?,?,?)",
        [_ticket(chance, number, of, channels) for number in numbers],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO ticket_tag(ticket_id, tag_id) VALUES(?,?)",
        [(n, 1 + int(TAGS * chance.random() ** 3)) for n in numbers for _ in range(chance.randrange(3))],
    )
    connection.executemany(
        "INSERT INTO message(id, uid, ticket_id, kind, at, customer_id, sender, recipients, copies, subject, body,"
        " folds, html, automatic, bounce, unparsed, trackers) VALUES(?,?,?,?,?,?,'','','','',?,'[]',0,'','',0,0)",
        _messages(chance, numbers, of),
    )


def _ticket(chance: random.Random, number: int, of: int, channels: list[int]) -> tuple[object, ...]:
    created = NOW - (of - number) * MINUTE
    active = chance.random() < 0.03
    status = chance.choice((0, 0, 1, 2)) if active else chance.choice((3, 4, 4, 4))
    rest = chance.random
    return (
        number,
        _uid(number, 4),
        number,
        " ".join(chance.choices(WORDS, k=5)),
        " ".join(chance.choices(WORDS, k=10)),
        status,
        chance.choice((0, 1, 1, 1, 2, 3)),
        chance.choice(channels),
        chance.randint(1, CUSTOMERS),
        None if rest() < 0.25 else chance.randint(1, AGENTS),
        chance.randint(1, TEAMS),
        chance.choice((2, 3)) if rest() < 0.02 else 0,
        chance.randrange(4),
        rest() < 0.3,
        created,
        created + chance.randrange(3 * DAY),
        NOW + chance.randrange(-2 * DAY, 2 * DAY) if active and rest() < 0.9 else None,
        NOW + chance.randrange(2 * DAY) if active and rest() < 0.05 else None,
        NOW + chance.randrange(-HOUR, 3 * DAY) if active and rest() < 0.1 else None,
        None if active else created + DAY,
    )


def _messages(chance: random.Random, numbers: range, of: int) -> Iterator[tuple[object, ...]]:
    weights = [1 / place for place in range(1, len(WORDS) + 1)]
    for number in numbers:
        created = NOW - (of - number) * MINUTE
        rare = f" reference{number // 500}"
        for part in range(3):
            key = number * 3 + part
            text = " ".join(chance.choices(WORDS, weights, k=35)) + rare
            kind = "outbound" if part == 1 else "inbound"
            yield key, _uid(key, 5), number, kind, created + part * HOUR, chance.randint(1, CUSTOMERS), text


def main() -> None:
    options = argparse.ArgumentParser(description="Make a workspace with many tickets.")
    options.add_argument("folder", type=Path)
    options.add_argument("--tickets", type=int, default=50_000)
    given = options.parse_args()
    began = time.perf_counter()
    workspace = make(given.folder, given.tickets)
    print(json.dumps({"workspace": str(workspace.folder), "seconds": round(time.perf_counter() - began, 1)}))


if __name__ == "__main__":
    main()
