"""Banners: who may, who sees them until when, who has seen them, and that they are taken back like any deed."""

import pytest
from sqlalchemy import Engine

from desk.banners import Banner
from desk.errors import Refused
from desk.times import MINUTE
from screens.reading import banners_fingerprint
from storage.audit import Wanted, read
from storage.banners import LATEST, put_away, standing, told
from storage.connect import Connection
from storage.deeds.banners import end, tell_all
from storage.deeds.by import By, Done
from storage.deeds.undo import redo, undo
from storage.engine import deed_session
from storage.supervisors import set_role
from tests.factories import NOW, make_agent


@pytest.fixture
def mei(connection: Connection, by: By) -> By:
    """A supervisor; Ana is an agent."""
    mei = By(make_agent(connection, handle="mei", name="Mei Tanaka"), NOW)
    set_role(connection, mei, "mei", "supervisor")
    return mei


def say(engine: Engine, by: By, words: str = "The printer is down", until: int | None = None) -> Done:
    with deed_session(engine) as session:
        return tell_all(session, by, Banner(words, until))


def words_for(connection: Connection, by: By, at: int = NOW) -> list[str]:
    return [row.words for row in standing(connection, by.agent_id or 0, at)]


def test_everybody_sees_it_until_its_time_is_over(connection: Connection, engine: Engine, by: By, mei: By) -> None:
    say(engine, mei, "Lunch is here", NOW + 30 * MINUTE)
    assert say(engine, mei).title == "Told everybody: The printer is down"
    for each in (by, mei, By(None, NOW)):
        assert words_for(connection, each) == ["The printer is down", "Lunch is here"]
    assert words_for(connection, by, NOW + 30 * MINUTE) == ["The printer is down"]
    assert standing(connection, 0, NOW)[0].agent == "Mei Tanaka"


def test_who_put_it_away_sees_it_no_more_and_the_sender_sees_who(
    connection: Connection, engine: Engine, by: By, mei: By
) -> None:
    say(engine, mei)
    (row,) = standing(connection, by.agent_id or 0, NOW)
    before = banners_fingerprint(connection)
    put_away(connection, by, row.id)
    put_away(connection, By(by.agent_id, NOW + 5), row.id)
    assert banners_fingerprint(connection) != before
    assert words_for(connection, by) == []
    assert words_for(connection, mei) == ["The printer is down"]
    cy = make_agent(connection, handle="cy", name="Cy Lund")
    (found,) = told(connection)
    assert found.seen == (("Ana Ruiz", NOW),)
    assert found.unseen == ((cy, "Cy Lund"),)


def test_it_is_taken_back_by_undo_and_comes_again_to_whom_has_not_seen_it(
    connection: Connection, engine: Engine, by: By, mei: By
) -> None:
    say(engine, mei)
    put_away(connection, by, standing(connection, 0, NOW)[0].id)
    with deed_session(engine) as session:
        assert undo(session, mei).title == "Undone: Told everybody: The printer is down"
    assert words_for(connection, mei) == []
    with deed_session(engine) as session:
        redo(session, mei)
    assert words_for(connection, mei) == ["The printer is down"]
    assert words_for(connection, by) == []


def test_another_supervisor_takes_it_back_and_that_is_undone(
    connection: Connection, engine: Engine, by: By, mei: By
) -> None:
    ben = By(make_agent(connection, handle="ben", name="Ben Harlow"), NOW)
    set_role(connection, mei, "ben", "supervisor")
    say(engine, mei)
    (row,) = standing(connection, 0, NOW)
    for who in (by, By(None, NOW)):
        with deed_session(engine) as session, pytest.raises(Refused, match="Only a supervisor may tell every console"):
            end(session, who, row.id)
    with deed_session(engine) as session:
        end(session, ben, row.id)
    assert words_for(connection, by) == []
    with deed_session(engine) as session, pytest.raises(Refused, match="no more"):
        end(session, ben, row.id)
    with deed_session(engine) as session, pytest.raises(Refused, match="The banner was changed since"):
        undo(session, mei)
    with deed_session(engine) as session:
        undo(session, ben)
    assert words_for(connection, by) == ["The printer is down"]


def test_who_is_no_supervisor_any_more_takes_theirs_back_but_shows_it_no_more(
    connection: Connection, engine: Engine, by: By, mei: By
) -> None:
    say(engine, mei)
    set_role(connection, mei, "ana", "supervisor")
    set_role(connection, mei, "mei", "agent")
    with deed_session(engine) as session:
        undo(session, mei)
    with pytest.raises(Refused, match="Only a supervisor"), deed_session(engine) as session:
        redo(session, mei)
    assert words_for(connection, by) == []
    set_role(connection, by, "mei", "supervisor")
    with deed_session(engine) as session:
        redo(session, mei)
    with deed_session(engine) as session:
        end(session, mei, 1)
    set_role(connection, by, "mei", "agent")
    with pytest.raises(Refused, match="Only a supervisor"), deed_session(engine) as session:
        undo(session, mei)
    assert words_for(connection, by) == []


def test_it_is_on_record_without_its_words(connection: Connection, engine: Engine, mei: By) -> None:
    say(engine, mei, "Call Li Wei first")
    with deed_session(engine) as session:
        end(session, mei, 1)
    told_of = [row.sentence for row in read(connection, Wanted(NOW, NOW + 1)) if row.kind.startswith("banner")]
    assert sorted(told_of) == [
        "Mei Tanaka told every console something",
        "Mei Tanaka took back what every console was told",
    ]


def test_of_very_many_only_the_newest_are_looked_at(connection: Connection, engine: Engine, mei: By) -> None:
    for number in range(LATEST + 3):
        say(engine, mei, f"Word {number}")
    assert words_for(connection, mei)[-1] == "Word 3"
    assert len(told(connection)) == LATEST
