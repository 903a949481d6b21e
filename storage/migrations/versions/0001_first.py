"""The first schema."""

from alembic import op

from storage import models
from storage.schema import STATEMENTS

revision = "0001"
down_revision = None


def upgrade() -> None:
    models.SQLModel.metadata.create_all(op.get_bind())
    for statement in STATEMENTS:
        op.execute(statement)
