from desk.statuses import CHANNELS
from storage.connect import Connection
from storage.seed import VIEWS, seed


def test_a_new_workspace_has_every_channel(connection: Connection) -> None:
    rows = dict(connection.execute("SELECT key, label FROM channel").fetchall())
    assert rows == {channel.key: channel.label for channel in CHANNELS}


def test_seeding_again_adds_nothing(connection: Connection) -> None:
    seed(connection)
    assert connection.execute("SELECT count(*) FROM view").fetchone()[0] == len(VIEWS)
    assert connection.execute("SELECT count(*) FROM channel").fetchone()[0] == len(CHANNELS)
