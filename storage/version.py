"""Which schema this program reads and writes: all that every start and every command asks of the schema."""

# Counted up by each migration, and kept in PRAGMA user_version so that a start needn't ask Alembic.
VERSION = 9
