import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.snippets import Actions, format_actions, parse_actions
from desk.statuses import Priority, Status


def test_actions_are_written_as_in_the_set_command() -> None:
    actions = parse_actions('status=solved +refund -urgent assignee="Ana Ruiz" priority=High snooze="tue 9am"')
    assert actions == Actions(Status.SOLVED, "Ana Ruiz", Priority.HIGH, "tue 9am", ("refund",), ("urgent",))
    assert format_actions(actions) == 'status=solved assignee="Ana Ruiz" priority=high snooze="tue 9am" +refund -urgent'


def test_no_text_is_no_action() -> None:
    assert not parse_actions("  ")
    assert parse_actions("status=open"), "status 0 is a change too"
    assert format_actions(Actions()) == ""


@pytest.mark.parametrize(
    ("text", "message", "mend"),
    [
        ("status=slved", "“slved” is no status", "solved"),
        ("stats=solved", "“stats” can't be set by a macro", "Did you mean status?"),
        ("solve it", "“solve” is no action", "status=solved"),
        ("snooze=whenever", "“whenever” was not understood as a time", "3d"),
        ('assignee=""', "assignee= has no value", "Leave it out"),
        ("+a+b status=open x", "“x” is no action", "status=solved"),
        ('assignee="Ana', '“assignee="Ana” is no action', "status=solved"),
    ],
)
def test_mistakes_are_named(text: str, message: str, mend: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_actions(text)
    assert caught.value.message == message
    assert mend in caught.value.mend


TAGS = st.lists(st.from_regex(r'[^\s"+=-][^\s"]*', fullmatch=True), max_size=3).map(tuple)
NAMES = st.text(min_size=1, max_size=10).filter(lambda name: '"' not in name and bool(name.strip()))


@given(
    st.builds(
        Actions,
        status=st.none() | st.sampled_from(Status),
        assignee=st.none() | NAMES,
        priority=st.none() | st.sampled_from(Priority),
        snooze=st.none() | st.sampled_from(["3d", "tue 9am", "2020-01-01", "today"]),
        add_tags=TAGS,
        remove_tags=TAGS,
    )
)
def test_actions_written_down_are_the_same(actions: Actions) -> None:
    assert parse_actions(format_actions(actions)) == actions


@given(st.text(st.sampled_from('+-="a status\t'), max_size=20))
def test_every_text_is_read_or_refused(text: str) -> None:
    try:
        actions = parse_actions(text)
    except BadInput:
        return
    assert parse_actions(format_actions(actions)) == actions
