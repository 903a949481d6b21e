"""The side tables of the customer look-up, and why each is there.

Everything here can be made again from `customer` and `identity` (`storage.search.index.rebuild`); no other part of the
program writes to it. The one invariant: the rowid in `lookup` is the customer's place, which is
`LAST_PLACE - customer.recency`, so that reading upwards meets the newest first and stops after a few rows, however
common the word. (Downwards SQLite has to unpack each page from its front before it knows its end, which took half as
long again.) In `lookup_part` it is `LAST_PLACE - customer.id`: middles are rare enough to be read in any order, and a
contact costs half when it needn't move them.

| table | answers |
|---|---|
| identity_normal | exact identifiers, and their beginnings (an index of the table itself) |
| lookup | words, beginnings of words, digits, and last digits (`desk.digits`) |
| lookup_part | what stands in the middle of an identifier (trigrams) |
| lookup_backwards | email addresses by their end: the half that is right when the other holds a typo |
| lookup_word, lookup_misspelling | the words of names, and what is left of them when letters are taken out |
| lookup_gone | identities that were changed or deleted since their customer was last indexed (filled by triggers) |
"""

# Of 28 bits, so that a place takes four bytes. Above so many contacts places are negative: longer, and as right.
LAST_PLACE = 2**28 - 1
# An entry of `lookup_misspelling` is one number, the piece above and the word's id below: a third smaller than two.
# 2**25 different words are those of some hundred million people.
WORD_BITS = 25

# `ascii` leaves every letter beyond ASCII alone: the text is folded before it comes here. Merges are kept small since
# with the defaults one commit could take seconds (the project's storage report, section 1.3).
STATEMENTS: tuple[str, ...] = (
    """CREATE VIRTUAL TABLE lookup USING fts5(
        words, content='', contentless_delete=1, detail=none, prefix='1 2 3 4 5 6', tokenize="ascii tokenchars '~'")""",
    "INSERT INTO lookup(lookup, rank) VALUES('automerge', 8)",
    "INSERT INTO lookup(lookup, rank) VALUES('crisismerge', 64)",
    """CREATE VIRTUAL TABLE lookup_part USING fts5(
        letters, content='', contentless_delete=1, detail=none, tokenize='trigram case_sensitive 1')""",
    "INSERT INTO lookup_part(lookup_part, rank) VALUES('automerge', 8)",
    "INSERT INTO lookup_part(lookup_part, rank) VALUES('crisismerge', 64)",
    """CREATE TABLE lookup_backwards(
        address TEXT NOT NULL, customer_id INTEGER NOT NULL, PRIMARY KEY(address, customer_id)) WITHOUT ROWID""",
    "CREATE TABLE lookup_word(id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE)",
    "CREATE TABLE lookup_misspelling(entry INTEGER PRIMARY KEY)",
    """CREATE TABLE lookup_gone(
        customer_id INTEGER NOT NULL, kind INTEGER NOT NULL, normal TEXT NOT NULL,
        PRIMARY KEY(customer_id, kind, normal)) WITHOUT ROWID""",
    """CREATE TRIGGER lookup_gone_delete AFTER DELETE ON identity WHEN old.kind IN (1, 2, 6) BEGIN
        INSERT OR IGNORE INTO lookup_gone VALUES (old.customer_id, old.kind, old.normal);
    END""",
    """CREATE TRIGGER lookup_gone_update AFTER UPDATE OF customer_id, kind, normal ON identity
    WHEN old.kind IN (1, 2, 6) BEGIN
        INSERT OR IGNORE INTO lookup_gone VALUES (old.customer_id, old.kind, old.normal);
    END""",
)
