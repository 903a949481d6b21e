"""The demo team is the same for the same seed, has everything that the guide shows, and says nothing it shouldn't."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC
from pathlib import Path

import pytest

from console.demo.content import scenarios
from console.demo.make import make_demo
from desk.reports.period import Period
from desk.times import DAY
from storage.connect import Connection
from storage.reports import Asked, read
from storage.search.query import Finder
from storage.workspace import Workspace, open_to_read
from tests.factories import NOW


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "team"
    make_demo(folder, seed=1, tickets=120, people=150, now=NOW)
    return folder


@pytest.fixture
def demo(folder: Path) -> Iterator[Connection]:
    with closing(open_to_read(Workspace(folder))) as connection:
        yield connection


def _story(connection: Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        """SELECT t.number, t.subject, t.status, c.name, m.kind, m.at, m.body FROM ticket t
           JOIN customer c ON c.id = t.customer_id JOIN message m ON m.ticket_id = t.id ORDER BY m.id"""
    ).fetchall()


def test_the_same_seed_makes_the_same_team(demo: Connection, tmp_path: Path) -> None:
    make_demo(tmp_path / "again", seed=1, tickets=120, people=150, now=NOW)
    with closing(open_to_read(Workspace(tmp_path / "again"))) as again:
        assert _story(again) == _story(demo)
    make_demo(tmp_path / "other", seed=2, tickets=120, people=150, now=NOW)
    with closing(open_to_read(Workspace(tmp_path / "other"))) as other:
        assert _story(other) != _story(demo)


def test_a_demo_that_is_there_is_left_alone(folder: Path, demo: Connection) -> None:
    before = _story(demo)
    make_demo(folder, seed=7, tickets=10, people=10, now=NOW)
    assert _story(demo) == before


def test_there_is_as_much_as_was_asked_for(demo: Connection) -> None:
    assert demo.execute("SELECT count(*) FROM ticket").fetchone() == (120,)
    # The three of the guide come on top.
    assert demo.execute("SELECT count(*) FROM customer").fetchone() == (153,)


def test_every_state_and_mood_is_there(demo: Connection) -> None:
    states = {row[0] for row in demo.execute("SELECT DISTINCT status FROM ticket")}
    assert states == {0, 1, 2, 3, 4}
    for condition in ("mood >= 2", "promised_at > 0", f"snoozed_until > {NOW}", "contacts >= 3", "unread"):
        assert demo.execute(f"SELECT 1 FROM ticket WHERE status < 3 AND {condition}").fetchone(), condition
    kinds = {row[0] for row in demo.execute("SELECT DISTINCT kind FROM message")}
    assert kinds == {"inbound", "outbound", "note", "call"}


def test_nothing_lies_in_the_future_that_was_already_said(demo: Connection) -> None:
    assert demo.execute("SELECT max(at) FROM message").fetchone()[0] <= NOW
    assert demo.execute("SELECT min(at) FROM message").fetchone()[0] > NOW - 90 * DAY


@pytest.mark.parametrize(("typed", "name"), [("0134", "Ana Ruiz"), ("4471", "Ana Ruiz"), ("sam ohara", "Sam O'Hara")])
def test_the_people_of_the_guide_are_found(demo: Connection, typed: str, name: str) -> None:
    assert Finder(demo, regions=("US",)).find(typed)[0].name == name


def test_no_blank_of_a_story_is_left_open(demo: Connection) -> None:
    texts = [row[0] for row in demo.execute("SELECT body FROM message UNION SELECT subject FROM ticket")]
    assert not [text for text in texts if re.search(r"[{}]", text)]


def test_agents_keep_to_the_practice() -> None:
    """Certainty, no empty apology, no release promised: practice 5."""
    shunned = re.compile(
        r"\b(should|unfortunately|inconvenience|hopefully|I think|might|policy|as soon as possible)\b", re.IGNORECASE
    )
    for scenario in scenarios():
        for text in (scenario.ask, scenario.resolve):
            assert not shunned.search(text), (scenario.key, text)


def test_the_reports_have_something_to_tell(demo: Connection) -> None:
    told = read(demo, "checklists", Asked(Period(NOW - 60 * DAY, NOW), NOW, UTC))
    whole = next(figure for figure in told.figures if figure.key == "whole_ten-steps")
    assert isinstance(whole.value, float)
    assert 0.3 < whole.value < 0.9
    tables = {table.key: table.rows for table in told.tables}
    assert tables["skipped"]
    assert any(row[5] for row in tables["reopened"]), "a skipped step goes with tickets that came back"
    assert any(row[6] for row in tables["steps"]), "some stopped on the way"
    service = read(demo, "service", Asked(Period(NOW - 60 * DAY, NOW), NOW, UTC))
    figures = {figure.key: figure.value for figure in service.figures}
    assert all(figures[key] is not None for key in ("first_p50", "next_p90", "first_level", "reopened"))


def test_the_craft_was_practised(demo: Connection) -> None:
    """Every page of the craft has something to show, and what was promised, given and rated is in its reports."""
    period = Period(NOW - 60 * DAY, NOW)
    for kind in ("promises", "gestures", "ratings"):
        report = read(demo, kind, Asked(period, NOW, UTC))
        assert any(figure.n > 2 for figure in report.figures), kind
    assert (
        demo.execute(
            "SELECT count(*) FROM call WHERE state='done' AND answered_at BETWEEN rang_at AND ended_at"
        ).fetchone()
        == demo.execute("SELECT count(*) FROM message WHERE kind='call'").fetchone()
    )
    assert demo.execute("SELECT state, next_update_at > ? FROM incident", (NOW,)).fetchall() == [("found", 1)]
    assert {state for (state,) in demo.execute("SELECT state FROM task")} == {"open", "done"}
    assert demo.execute("SELECT count(*) FROM task WHERE state='open' AND due_at < ?", (NOW,)).fetchone() == (0,)


def test_a_demo_that_grows_is_read_like_any_other_workspace(demo: Connection) -> None:
    """Nobody tells SQLite how few tickets there were at first: it would read through them when they are a million."""
    assert demo.execute("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'sqlite_stat%'").fetchone() == (0,)
