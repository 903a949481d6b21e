import pytest

from desk.errors import BadInput
from storage.agents import me
from storage.connect import Connection
from tests.factories import make_agent


def test_an_agent_is_made_once(connection: Connection) -> None:
    ana = me(connection, "Ana.Ruiz")
    assert (ana.handle, ana.name) == ("ana.ruiz", "Ana Ruiz")
    assert me(connection, "ana.ruiz", "Another name") == ana
    assert connection.execute("SELECT count(*) FROM agent").fetchone() == (1,)


def test_an_agent_who_is_there_is_found(connection: Connection) -> None:
    bo = make_agent(connection)
    assert (me(connection, "BO").id, me(connection, "bo", "Robert").name) == (bo, "Bo Lind")


@pytest.mark.parametrize("handle", ["", "  ", "\x1b"])
def test_nobody_is_refused(connection: Connection, handle: str) -> None:
    with pytest.raises(BadInput):
        me(connection, handle)
