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


# What starters came with the craft, for workspaces that began without them: keys of checklists, folders of snippets.
CRAFT = 7
_CRAFT_CHECKLISTS = frozenset({"abuse"})
_CRAFT_FOLDERS = frozenset({"Scope", "Hard contacts"})


def seed_later(connection: Connection, since: int) -> None:
    """Give a workspace of an older schema the starters that are newer than it; what the team has stays as it is."""
    if not 0 < since < CRAFT:
        return
    keys = {key for (key,) in connection.execute("SELECT key FROM checklist")}
    triggers = {trigger for (trigger,) in connection.execute('SELECT "trigger" FROM snippet')}
    for template in parse_checklists(content.read("checklists.toml"), "checklists.toml"):
        if template.key in _CRAFT_CHECKLISTS - keys:
            take(connection, template, now())
    for snippet in parse_snippets(content.read("snippets.toml"), "snippets.toml"):
        if snippet.folder in _CRAFT_FOLDERS and snippet.trigger not in triggers:
            take(connection, snippet, now())


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
