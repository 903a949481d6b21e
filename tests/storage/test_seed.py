from desk.statuses import CHANNELS
from storage.connect import Connection
from storage.seed import VIEWS, seed


def test_a_new_workspace_has_every_channel_with_its_target_in_seconds(connection: Connection) -> None:
    rows = dict(connection.execute("SELECT key, target FROM channel").fetchall())
    assert set(rows) == {channel.key for channel in CHANNELS}
    assert rows["chat"] == 30
    assert rows["email"] == 24 * 60 * 60


def test_seeding_again_adds_nothing(connection: Connection) -> None:
    seed(connection)
    assert connection.execute("SELECT count(*) FROM view").fetchone()[0] == len(VIEWS)
    assert connection.execute("SELECT count(*) FROM channel").fetchone()[0] == len(CHANNELS)
