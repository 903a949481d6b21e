"""What every new workspace begins with: channels, views, and the starter checklists and snippets."""

from desk.checklists import parse_checklists
from desk.ids import new_uid
from desk.snippets import parse_snippets
from desk.statuses import CHANNELS
from desk.times import now
from storage import content
from storage.connect import Connection
from storage.library import take

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
        "INSERT INTO channel(key, label) VALUES(?,?)", [(channel.key, channel.label) for channel in CHANNELS]
    )
    for template in parse_checklists(content.read("checklists.toml"), "checklists.toml"):
        take(connection, template, now())
    for snippet in parse_snippets(content.read("snippets.toml"), "snippets.toml"):
        take(connection, snippet, now())
