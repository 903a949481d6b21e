"""The write side of the look-up: keeps its tables the same as `customer` and `identity` say.

The invariant: after any mixture of these calls the look-up answers as if it had been rebuilt. Each function works
inside the caller's transaction and opens none, so that a customer and their entries change together or not at all.
Whoever writes identities calls `index_customers` with their customers before the transaction ends.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby, islice
from operator import itemgetter

from desk.lookup import IdentityKind
from storage.connect import Connection
from storage.search.documents import Document, document, pieces, spoken, vocabulary_of
from storage.search.schema import LAST_PLACE, WORD_BITS
from storage.search.several import several

# One statement's worth: few enough for SQLite's limit of variables, many enough that Python's part rules.
BATCH = 500
FIRST_LOAD = 20_000
# Contacts between two merges, and the pages that one writes at most.
MERGED_AFTER = 64
MERGED = 64

# A customer's id and recency, and an identity's kind, value and normal form.
Row = tuple[int, int, int, str, str]

_ENTRIES = (
    "SELECT c.id, c.recency, i.kind, i.value, i.normal FROM customer c JOIN identity i ON i.customer_id = c.id "
    "WHERE c.merged_into_id IS NULL AND "
)
_ENTRIES_OF_SOME = _ENTRIES + "c.id IN (?*) ORDER BY c.id"
_ENTRIES_BETWEEN = _ENTRIES + "c.recency BETWEEN ? AND ? ORDER BY c.recency DESC"
_LOWEST = "SELECT min(recency) FROM (SELECT recency FROM customer WHERE recency <= ? ORDER BY recency DESC LIMIT ?)"
_PLACES = "SELECT id, recency FROM customer WHERE id IN (?*)"
_GONE = "SELECT customer_id, kind, normal FROM lookup_gone WHERE customer_id IN (?*)"
_EMPTY = (
    "INSERT INTO lookup(lookup) VALUES('delete-all')",
    "INSERT INTO lookup_part(lookup_part) VALUES('delete-all')",
    "DELETE FROM lookup_backwards",
    "DELETE FROM lookup_word",
    "DELETE FROM lookup_misspelling",
    "DELETE FROM lookup_gone",
)


def index_customers(connection: Connection, customer_ids: Iterable[int]) -> None:
    """Bring the entries of these customers up to date, after they or their identities were added or changed."""
    remaining = iter(dict.fromkeys(customer_ids))
    while batch := list(islice(remaining, BATCH)):
        _remove_documents(connection, batch)
        _write(connection, connection.execute(several(_ENTRIES_OF_SOME, len(batch)), batch).fetchall())
        _settle(connection, batch)


def touch(connection: Connection, customer_id: int) -> None:
    """Make this customer the one most recently in contact."""
    touch_all(connection, (customer_id,))


def touch_all(connection: Connection, customer_ids: Iterable[int]) -> None:
    """Make these customers the ones most recently in contact, the last of them the most recent.

    Their words alone move: nothing else is kept by place. What is at the front already stays.
    """
    # Whoever comes twice stands where they came last.
    remaining = iter(list(dict.fromkeys(reversed(list(customer_ids))))[::-1])
    while batch := list(islice(remaining, BATCH)):
        _move_to_front(connection, batch)


def _move_to_front(connection: Connection, customer_ids: list[int]) -> None:
    newest = _newest(connection)
    places: dict[int, int] = dict(connection.execute(several(_PLACES, len(customer_ids)), customer_ids).fetchall())
    moving = [customer for customer in customer_ids if customer in places]
    if moving and places[moving[0]] == newest:
        del moving[0]
    if not moving:
        return
    if (newest - 1) // MERGED_AFTER < (newest + len(moving) - 1) // MERGED_AFTER:
        # Each contact adds a small index of its own, and the 64 that SQLite lets stand make keys half as slow again.
        connection.executemany("INSERT INTO lookup(lookup, rank) VALUES('merge', ?)", [(MERGED,)] * 2)
    moved = {customer: recency for recency, customer in enumerate(moving, newest + 1)}
    connection.executemany(
        "UPDATE customer SET recency = ? WHERE id = ?", [(recency, customer) for customer, recency in moved.items()]
    )
    connection.executemany("DELETE FROM lookup WHERE rowid = ?", [(LAST_PLACE - places[each],) for each in moving])
    rows = connection.execute(several(_ENTRIES_OF_SOME, len(moving)), moving)
    words = [
        (LAST_PLACE - moved[customer], spoken(row[2:] for row in entries))
        for customer, entries in groupby(rows, key=itemgetter(0))
    ]
    # From the lowest place on: a lower one than the last would make SQLite write out what it has gathered.
    connection.executemany("INSERT INTO lookup(rowid, words) VALUES (?, ?)", sorted(words))


def forget(connection: Connection, customer_id: int) -> None:
    """Delete the identities of this customer and every trace of them in the look-up; call it before the row goes."""
    held = connection.execute("SELECT normal FROM identity WHERE customer_id = ?", (customer_id,)).fetchall()
    _remove_documents(connection, [customer_id])
    connection.execute("DELETE FROM identity WHERE customer_id = ?", (customer_id,))
    _settle(connection, [customer_id])
    for word in {word for (normal,) in held for word in vocabulary_of(normal)}:
        _unlearn(connection, word)


def hide(connection: Connection, customer_id: int) -> None:
    """Take a customer out of the look-up whose identities stay: of a merged one none may be found."""
    _remove_documents(connection, [customer_id])
    held = connection.execute(
        "SELECT kind, value, normal FROM identity WHERE customer_id = ? AND kind = ?", (customer_id, IdentityKind.EMAIL)
    ).fetchall()
    connection.executemany(
        "DELETE FROM lookup_backwards WHERE address = ? AND customer_id = ?",
        [(address, customer_id) for address in document(held).addresses],
    )


def exchange_places(connection: Connection, one: int, other: int) -> None:
    """Let two customers have each other's place; whoever is to be found is indexed again afterwards."""
    _remove_documents(connection, [one, other])
    places = dict(connection.execute("SELECT id, recency FROM customer WHERE id IN (?, ?)", (one, other)).fetchall())
    # A place is nobody else's: one of them steps aside for a moment, below everyone.
    (lowest,) = connection.execute("SELECT min(recency) FROM customer").fetchone()
    for customer_id, place in ((one, lowest - 1), (other, places[one]), (one, places[other])):
        connection.execute("UPDATE customer SET recency = ? WHERE id = ?", (place, customer_id))


def next_recency(connection: Connection) -> int:
    """The `recency` for a customer who is new: above everyone's."""
    return _newest(connection) + 1


def rebuild(connection: Connection) -> None:
    """Make every table of the look-up again from the customers and identities."""
    for statement in _EMPTY:
        connection.execute(statement)
    vocabulary: set[str] = set()
    with _twin(connection, "lookup_backwards") as backwards:
        for rows in _everyone(connection):
            written = list(_documents(rows))
            _write_documents(connection, written)
            _write_addresses(connection, backwards, written)
            vocabulary.update(word for _, _, entries in written for word in entries.vocabulary)
        # First, for what follows fills the pages that this leaves empty.
        connection.execute("INSERT INTO lookup(lookup) VALUES('optimize')")
        connection.execute("INSERT INTO lookup_part(lookup_part) VALUES('optimize')")
    with _twin(connection, "lookup_misspelling") as misspelling:
        _learn(connection, vocabulary, misspelling)
    # Packed as well: what grew row by row leaves a fifth to a third of its pages empty.
    connection.execute("REINDEX identity")
    connection.execute("REINDEX customer")


def _everyone(connection: Connection) -> Iterator[list[Row]]:
    """The rows of all customers, the newest first: entries go in fastest in the order of their places."""
    highest = _newest(connection)
    while True:
        (lowest,) = connection.execute(_LOWEST, (highest, FIRST_LOAD)).fetchone()
        if lowest is None:
            return
        yield connection.execute(_ENTRIES_BETWEEN, (lowest, highest)).fetchall()
        highest = lowest - 1


@contextmanager
def _twin(connection: Connection, table: str) -> Iterator[str]:
    """A table in memory like this empty one; what is in it at the end is moved over.

    Moved in its order it fills whole pages, and written as it comes it would leave a third of each empty.
    """
    (made,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    connection.execute(made.replace(f"TABLE {table}", "TEMP TABLE twin", 1))
    yield "temp.twin"
    connection.execute(f"INSERT INTO {table} SELECT * FROM temp.twin")  # noqa: S608  one of our tables
    connection.execute("DROP TABLE temp.twin")


def _newest(connection: Connection) -> int:
    newest: int = connection.execute("SELECT coalesce(max(recency), 0) FROM customer").fetchone()[0]
    return newest


def _documents(rows: list[Row]) -> Iterator[tuple[int, int, Document]]:
    """Each customer's id, recency and entries; all `rows` of one come together."""
    start = 0
    for end in range(1, len(rows) + 1):
        if end == len(rows) or rows[end][0] != rows[start][0]:
            customer_id, recency = rows[start][:2]
            yield customer_id, recency, document((kind, value, normal) for _, _, kind, value, normal in rows[start:end])
            start = end


def _write(connection: Connection, rows: list[Row]) -> None:
    written = sorted(_documents(rows), key=lambda entry: -entry[1])
    _write_documents(connection, written)
    _write_addresses(connection, "lookup_backwards", written)
    _learn(connection, {word for _, _, entries in written for word in entries.vocabulary}, "lookup_misspelling")


def _write_documents(connection: Connection, written: list[tuple[int, int, Document]]) -> None:
    connection.executemany(
        "INSERT INTO lookup(rowid, words) VALUES (?, ?)",
        [(LAST_PLACE - recency, entries.words) for _, recency, entries in written],
    )
    connection.executemany(
        "INSERT INTO lookup_part(rowid, letters) VALUES (?, ?)",
        sorted((LAST_PLACE - customer, entries.letters) for customer, _, entries in written),
    )


def _write_addresses(connection: Connection, table: str, written: list[tuple[int, int, Document]]) -> None:
    addresses = sorted((address, customer) for customer, _, entries in written for address in entries.addresses)
    connection.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", addresses)  # noqa: S608  one of our tables


def _remove_documents(connection: Connection, customer_ids: list[int]) -> None:
    asked = several("SELECT ? - recency FROM customer WHERE id IN (?*)", len(customer_ids))
    places = connection.execute(asked, (LAST_PLACE, *customer_ids)).fetchall()
    connection.executemany("DELETE FROM lookup WHERE rowid = ?", places)
    connection.executemany("DELETE FROM lookup_part WHERE rowid = ?", [(LAST_PLACE - key,) for key in customer_ids])


def _learn(connection: Connection, vocabulary: set[str], table: str) -> None:
    """Add the words that weren't known yet, with their misspellings in this table."""
    pending = iter(sorted(vocabulary))
    while batch := list(islice(pending, BATCH)):
        asked = several("SELECT word FROM lookup_word WHERE word IN (?*)", len(batch))
        known = {word for (word,) in connection.execute(asked, batch)}
        misspellings: list[int] = []
        for word in batch:
            if word not in known:
                row = connection.execute("INSERT INTO lookup_word(word) VALUES (?) RETURNING id", (word,)).fetchone()
                misspellings.extend(piece << WORD_BITS | row[0] for piece in pieces(word))
        entries = [(entry,) for entry in sorted(misspellings)]
        connection.executemany(f"INSERT INTO {table} VALUES (?)", entries)  # noqa: S608  one of our tables


def _settle(connection: Connection, customer_ids: list[int]) -> None:
    """Take out what only these customers' changed and deleted identities had brought in."""
    gone = connection.execute(several(_GONE, len(customer_ids)), customer_ids).fetchall()
    if not gone:
        return
    owners = {customer for customer, kind, _ in gone if kind == IdentityKind.EMAIL}
    for owner in owners:
        _settle_addresses(connection, owner, [normal for customer, _, normal in gone if customer == owner])
    # An address may have been what kept a name's word known after the name itself had gone.
    words = {word for _, _, normal in gone for word in vocabulary_of(normal)}
    for word in words:
        _unlearn(connection, word)
    connection.execute(several("DELETE FROM lookup_gone WHERE customer_id IN (?*)", len(customer_ids)), customer_ids)


def _settle_addresses(connection: Connection, owner: int, gone: list[str]) -> None:
    has = connection.execute(
        "SELECT kind, value, normal FROM identity WHERE customer_id = ? AND kind = ?", (owner, IdentityKind.EMAIL)
    ).fetchall()
    had = document((IdentityKind.EMAIL, normal, normal) for normal in gone).addresses
    connection.executemany(
        "DELETE FROM lookup_backwards WHERE address = ? AND customer_id = ?",
        [(address, owner) for address in had - document(has).addresses],
    )


def _unlearn(connection: Connection, word: str) -> None:
    """Forget a word that no customer's entries hold any more."""
    if connection.execute("SELECT 1 FROM lookup WHERE lookup MATCH ? LIMIT 1", (f'"{word}"',)).fetchone():
        return
    for (word_id,) in connection.execute("SELECT id FROM lookup_word WHERE word = ?", (word,)).fetchall():
        connection.executemany(
            "DELETE FROM lookup_misspelling WHERE entry = ?",
            [(piece << WORD_BITS | word_id,) for piece in pieces(word)],
        )
        connection.execute("DELETE FROM lookup_word WHERE id = ?", (word_id,))
