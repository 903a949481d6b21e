"""Identities in one index instead of two, and a look-up that is read upwards; `migrate` fills it anew.

That an identity is there only once was said by a constraint of the table, which SQLite can't drop: so the table is
made again under its old ids.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    """CREATE TABLE identity_anew (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        customer_id INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        value VARCHAR NOT NULL,
        normal VARCHAR NOT NULL,
        known BOOLEAN NOT NULL,
        source_id INTEGER,
        FOREIGN KEY(customer_id) REFERENCES customer (id),
        FOREIGN KEY(source_id) REFERENCES source (id)
    )""",
    "INSERT INTO identity_anew SELECT id, customer_id, kind, value, normal, known, source_id FROM identity",
    # So that the id of a row that was deleted last is not given again.
    """UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'identity')
        WHERE name = 'identity_anew' AND EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'identity')""",
    """INSERT INTO sqlite_sequence(name, seq) SELECT 'identity_anew', seq FROM sqlite_sequence
        WHERE name = 'identity' AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'identity_anew')""",
    "DROP TABLE identity",
    "ALTER TABLE identity_anew RENAME TO identity",
    "CREATE UNIQUE INDEX identity_normal ON identity (normal, customer_id, kind)",
    "CREATE INDEX identity_customer ON identity (customer_id)",
    """CREATE TRIGGER lookup_gone_delete AFTER DELETE ON identity WHEN old.kind IN (1, 2, 6) BEGIN
        INSERT OR IGNORE INTO lookup_gone VALUES (old.customer_id, old.kind, old.normal);
    END""",
    """CREATE TRIGGER lookup_gone_update AFTER UPDATE OF customer_id, kind, normal ON identity
    WHEN old.kind IN (1, 2, 6) BEGIN
        INSERT OR IGNORE INTO lookup_gone VALUES (old.customer_id, old.kind, old.normal);
    END""",
    "INSERT INTO lookup(lookup) VALUES('delete-all')",
    "INSERT INTO lookup_part(lookup_part) VALUES('delete-all')",
    "DELETE FROM lookup_backwards",
    "DELETE FROM lookup_word",
    "DROP TABLE lookup_misspelling",
    "CREATE TABLE lookup_misspelling(entry INTEGER PRIMARY KEY)",
)


def upgrade() -> None:
    bound = op.get_bind()
    for statement in STATEMENTS:
        bound.exec_driver_sql(statement)
