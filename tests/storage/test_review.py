"""What is muted is muted for one agent, and the team's rules are the workspace's."""

import pytest

from desk.errors import BadInput
from desk.review.engine import review
from desk.review.marks import Context
from desk.snippets.exchange import parse_snippets
from storage import content, rules
from storage.connect import Connection
from storage.review import KIND, mute, muted, rules_of, rules_with
from tests.factories import make_agent

OFF = '[[rule]]\nkey = "jargon"\noff = true\n'


def test_a_mute_is_one_agents_and_is_taken_back(connection: Connection) -> None:
    ana, bo = make_agent(connection, handle="ana"), make_agent(connection, handle="bo")
    mute(connection, ana, "jargon")
    mute(connection, ana, "wall")
    mute(connection, ana, "jargon")
    assert muted(connection, ana) == {"jargon", "wall"}
    assert muted(connection, bo) == frozenset()
    mute(connection, ana, "jargon", wanted=False)
    mute(connection, bo, "wall", wanted=False)
    assert muted(connection, ana) == {"wall"}


def test_the_teams_rules_hold_as_soon_as_they_are_kept(connection: Connection) -> None:
    def found() -> list[str]:
        return [mark.rule for mark in review("The backend is down.", Context(language="en"), rules_of(connection))]

    assert found() == ["jargon"]
    rules.write(connection, KIND, OFF)
    assert found() == []
    with pytest.raises(BadInput, match="jargn"):
        rules.write(connection, KIND, OFF.replace("jargon", "jargn"))
    assert found() == []
    rules.write(connection, KIND, None)
    assert found() == ["jargon"]


def test_the_starter_changes_nothing_and_its_examples_hold_without_their_signs() -> None:
    starter = content.read("review/team.toml")
    assert [rule.off for rule in rules_with(starter).rules] == [rule.off for rule in rules_with().rules]
    examples = "\n".join(line.removeprefix("#").removeprefix(" ") for line in starter.splitlines()[3:])
    own = rules_with(examples)
    assert {rule.key for rule in own.rules} - {rule.key for rule in rules_with().rules} == {"our-name"}
    wall = own.rule("wall")
    assert wall is not None
    assert wall.most == 80


def test_rules_are_read_once() -> None:
    assert rules_with() is rules_with()
    assert rules_with(OFF) is rules_with(OFF)


def test_the_snippets_that_heard_comes_with_say_nothing_that_would_be_marked() -> None:
    # A snippet is a piece of a letter: it has no greeting of its own, and its fields are still open.
    pieces = {"greeting", "unfilled"}
    for snippet in parse_snippets(content.read("snippets.toml"), "snippets.toml"):
        found = review(snippet.body, Context(language="en", attachments=1), rules_with())
        assert {mark.rule for mark in found} <= pieces, (snippet.title, [mark.text for mark in found])
