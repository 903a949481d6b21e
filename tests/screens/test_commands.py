"""What is typed on the `:` line, and which choices fit what was typed."""

import pytest

from desk.errors import BadInput
from screens.action import WORK
from screens.ask import Choice, matching
from screens.command_line import beginning, offered, parse_command

COMMANDS = offered(WORK)


@pytest.mark.parametrize(
    ("line", "action", "rest"),
    [
        ("snooze tue 9am", "ticket.snooze", "tue 9am"),
        ("assign me", "assign.me", ""),
        ("assign Ana Ruiz", "assign.other", "Ana Ruiz"),
        ("  Status   Pending ", "status.pending", ""),
        ("filter tag:vip  due<2h", "list.filter", "tag:vip  due<2h"),
        ("quit", "console.quit", ""),
    ],
)
def test_the_longest_name_wins_and_the_rest_stays_as_typed(line: str, action: str, rest: str) -> None:
    found, given = parse_command(line, COMMANDS)
    assert (found.id, given) == (action, rest)


def test_an_unknown_command_names_the_nearest() -> None:
    with pytest.raises(BadInput) as refused:
        parse_command("snoze", COMMANDS)
    assert "Did you mean snooze?" in str(refused.value)


def test_what_follows_a_command_that_takes_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="takes nothing"):
        parse_command("resolve 3d", COMMANDS)


def test_every_command_of_the_workspace_is_understood_as_typed() -> None:
    for action in COMMANDS:
        assert parse_command(action.typed, COMMANDS) == (action, "")


def test_the_exact_command_stands_first() -> None:
    choices = [Choice(action.typed, action.typed) for action in COMMANDS]
    assert beginning(choices, "assign")[0].key == "assign"
    assert beginning(choices, "assign ana") == []


def test_choices_fit_by_every_word_titles_that_begin_with_it_first() -> None:
    choices = [Choice("1", "Bo Lind", "ana's deputy"), Choice("2", "Mariana Paz"), Choice("3", "Ana Ruiz")]
    assert [choice.key for choice in matching(choices, "ana")] == ["3", "2", "1"]
    assert [choice.key for choice in matching(choices, "RUIZ an")] == ["3"]
    assert matching(choices, "zoe") == []
