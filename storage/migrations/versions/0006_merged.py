"""Which tickets were merged, so that lists and counts can leave them out without reading all."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = ("CREATE INDEX ticket_merged ON ticket (merged_into_id) WHERE merged_into_id IS NOT NULL",)


def upgrade() -> None:
    bound = op.get_bind()
    for statement in STATEMENTS:
        bound.exec_driver_sql(statement)
