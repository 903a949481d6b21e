"""How alerts stand beside the numbers: told once for the workspace, on record, and written only where one moves."""

from datetime import UTC

from desk.times import MINUTE
from storage import rules
from storage.alerts import alert_rules, heard, setting, take_in, values
from storage.audit import Wanted, read
from storage.connect import Connection
from storage.deeds.by import By
from storage.statistics.settling import settle
from storage.supervisors import set_role
from tests.factories import NOW, make_agent, make_ticket

ONE = '[[alert]]\ntitle = "Late"\nmetric = "late"\nabove = "1"\n'


def looked(connection: Connection, now: int) -> list[str]:
    """One look at the numbers; what is told."""
    settle(connection, now)
    held = alert_rules(connection)
    return [line.words for line in take_in(connection, held, values(connection, held, now, UTC), now, UTC)]


def test_two_consoles_tell_it_once_and_it_is_on_record(connection: Connection) -> None:
    rules.write(connection, "alerts", ONE)
    for _ in range(3):
        make_ticket(connection, due_at=NOW - MINUTE)
    assert looked(connection, NOW) == ["Late: 3, above 1"]
    before = connection.total_changes
    assert looked(connection, NOW + MINUTE // 3) == [], "another console looks at the same moment"
    assert connection.total_changes == before, "where nothing moves nothing is written"
    (row,) = read(connection, Wanted(0, NOW + 1, kind="alerted"))
    assert row.sentence == "Heard told of Late: 3, above 1"


def test_supervisors_hear_it_and_everybody_where_there_is_none(connection: Connection) -> None:
    rules.write(connection, "alerts", ONE)
    ana, mei = make_agent(connection, handle="ana"), make_agent(connection, handle="mei")
    assert heard(connection, ana).rings
    set_role(connection, By(None, NOW), "mei", "supervisor")
    assert (heard(connection, ana).rings, heard(connection, mei).rings) == (False, True)
    rules.write(connection, "alerts", 'who = "everyone"\n' + ONE)
    assert heard(connection, ana).rings
    rules.write(connection, "alerts", "bell = false\n" + ONE)
    assert not heard(connection, mei).rings


def test_a_team_that_wrote_none_has_none(connection: Connection) -> None:
    assert alert_rules(connection).alerts == ()
    assert looked(connection, NOW) == []
    assert setting(connection, "alerts.stands") == ""
