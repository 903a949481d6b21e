from desk.statuses import CHANNELS
from storage.connect import Connection
from storage.seed import CRAFT, VIEWS, seed, seed_later


def test_a_new_workspace_has_every_channel(connection: Connection) -> None:
    rows = dict(connection.execute("SELECT key, label FROM channel").fetchall())
    assert rows == {channel.key: channel.label for channel in CHANNELS}


def test_seeding_again_adds_nothing(connection: Connection) -> None:
    seed(connection)
    assert connection.execute("SELECT count(*) FROM view").fetchone()[0] == len(VIEWS)
    assert connection.execute("SELECT count(*) FROM channel").fetchone()[0] == len(CHANNELS)


def test_an_older_workspace_gets_what_came_later_and_keeps_what_is_its_own(connection: Connection) -> None:
    connection.execute("DELETE FROM checklist WHERE key IN ('abuse', 'ten-steps')")
    connection.execute("DELETE FROM snippet WHERE folder IN ('Hard contacts', 'Refund')")
    connection.execute("UPDATE snippet SET body = 'Kettles.' WHERE \"trigger\" = 'wedo'")
    seed_later(connection, CRAFT)
    seed_later(connection, 0)
    assert connection.execute("SELECT 1 FROM checklist WHERE key = 'abuse'").fetchone() is None
    seed_later(connection, CRAFT - 1)
    keys = [key for (key,) in connection.execute("SELECT key FROM checklist ORDER BY key")]
    assert keys == ["abuse", "heard"], "what the team took out stays out"
    folders = {folder for (folder,) in connection.execute("SELECT folder FROM snippet")}
    assert "Hard contacts" in folders
    assert "Refund" not in folders
    assert connection.execute("SELECT body FROM snippet WHERE \"trigger\" = 'wedo'").fetchone() == ("Kettles.",)
