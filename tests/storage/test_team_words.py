"""What snippets quote of the team: only what it has said itself."""

from storage import rules
from storage.connect import Connection
from storage.team_words import team_words


def test_a_scope_is_quoted_once_the_team_has_filled_it_in(connection: Connection) -> None:
    assert team_words(connection)["team.scope"] == ""
    connection.execute("UPDATE snippet SET body = 'We mend kettles. ' WHERE \"trigger\" = 'wedo'")
    assert team_words(connection)["team.scope"] == "We mend kettles."
    connection.execute("DELETE FROM snippet WHERE \"trigger\" = 'wedo'")
    assert team_words(connection)["team.scope"] == ""


def test_the_hours_are_those_of_the_targets(connection: Connection) -> None:
    assert team_words(connection)["team.hours"] == ""
    rules.write(connection, "targets", 'zone = "Europe/Madrid"\nhours = "Mon-Fri 9-17"')
    assert team_words(connection)["team.hours"] == "Monday to Friday, 9:00 to 17:00"
