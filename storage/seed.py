"""What every new workspace begins with: channels, views, and the starter checklists and snippets."""

from desk.ids import new_uid
from desk.statuses import CHANNELS
from desk.times import SECOND
from storage.connect import Connection

# Name, query and order of the starter views; their digits are their places.
VIEWS = (
    ("Mine", "status:active assignee:me snoozed:no", "due"),
    ("Unassigned", "status:active assignee:none snoozed:no", "due"),
    ("Due next", "status:active snoozed:no", "due"),
    ("Promised", "status:active is:promised", "promised"),
    ("Angry", "status:active is:angry snoozed:no", "due"),
    ("Snoozed", "status:active snoozed:yes", "snoozed"),
    ("All open", "status:active", "due"),
    ("Solved", "status:solved", "updated"),
    ("Everything", "", "updated"),
)


def seed(connection: Connection) -> None:
    """Fill a database that was just made, inside the caller's transaction."""
    if connection.execute("SELECT 1 FROM view LIMIT 1").fetchone():
        return
    connection.executemany(
        "INSERT INTO view(uid, position, name, query, sort) VALUES(?,?,?,?,?)",
        [(new_uid(), place, *view) for place, view in enumerate(VIEWS, 1)],
    )
    connection.executemany(
        "INSERT INTO channel(key, label, target) VALUES(?,?,?)",
        [(channel.key, channel.label, channel.first_response // SECOND) for channel in CHANNELS],
    )
