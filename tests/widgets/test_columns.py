"""The row of the queue: every column in its place at every width, and its meaning told without colour."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.records import TicketRow
from desk.statuses import CHANNELS
from desk.times import DAY, HOUR, MINUTE
from tests.hostile import HOSTILE
from widgets.cells import width
from widgets.columns import CHANNEL_MARKS, cells, columns, panes
from widgets.source_marks import source_marks

ROLES = {"unread", "mark", "urgent", "late", "due", "quiet", "customer", "subject", "plain"}
NOW = 1_772_442_000_000_000
ROW = TicketRow(
    id=1, uid=b"0" * 16, number=1042, subject="Refund for order 8841", preview="", status=0, priority=1,
    channel="email", customer_id=1, customer_uid=b"1" * 16, customer="Ana Ruiz", assignee="Li Wei", tags=(), mood=0,
    contacts=1, unread=False, message_count=1, created_at=NOW - DAY, updated_at=NOW - 3 * HOUR,
    due_at=NOW + 100 * MINUTE, promised_at=None, snoozed_until=None,
)  # fmt: skip


def drawn(row: TicketRow, across: int = 100) -> str:
    return "".join(text for text, _ in cells(row, columns(across), NOW))


def test_the_marks_of_channels_are_those_of_the_desk() -> None:
    assert {channel.key: channel.mark for channel in CHANNELS} == CHANNEL_MARKS
    assert all(width(mark) == 1 for mark in CHANNEL_MARKS.values())


@given(st.integers(2, 220), st.text(), st.text(), st.integers(0, 4), st.booleans())
def test_a_row_fills_its_width_whatever_is_in_it(
    across: int, subject: str, customer: str, status: int, unread: bool
) -> None:
    row = ROW._replace(subject=subject, customer=customer, status=status, unread=unread)
    texts = cells(row, columns(across), NOW)
    assert sum(width(text) for text, _ in texts) == across
    assert {role for _, role in texts} <= ROLES


@pytest.mark.parametrize(("name", "text"), HOSTILE)
def test_hostile_text_stays_in_its_column(name: str, text: str) -> None:
    line = drawn(ROW._replace(subject=text, customer=text, assignee=text))
    assert width(line) == 100
    assert not any(character < " " or "\x7f" <= character <= "\x9f" for character in line)


def test_columns_appear_as_there_is_room() -> None:
    assert [column.name for column in columns(20)] == ["mark", "subject"]
    assert [column.name for column in columns(78)] == ["mark", "urgent", "due", "channel", "customer", "subject"]
    assert {"number", "assignee", "age"} <= {column.name for column in columns(130)}


def test_a_row_says_by_two_letters_which_of_several_sources_it_is_of() -> None:
    """Without a colour, on the smallest terminal, and with one blank on each side."""
    marks = source_marks([(7, "rt"), (9, "zendesk")])
    for across in (76, 130, 200):
        layout = columns(across, marked=True)
        place = sum(column.cells + 1 for column in layout[: [column.name for column in layout].index("source")])
        for source_id, mark in ((7, "rt"), (9, "ze"), (None, "  "), (8, "  ")):
            line = "".join(text for text, _ in cells(ROW._replace(source_id=source_id), layout, NOW, marks))
            assert line[place - 1 : place + 3] == f" {mark} "
            assert width(line) == across
    assert "source" not in {column.name for column in columns(200)}


def test_panes_follow_the_width() -> None:
    assert panes(80) == (0, 80, 0)
    assert panes(100).views
    assert not panes(100).side
    for across in range(1, 240):
        assert sum(panes(across)) == across


@pytest.mark.parametrize(
    ("row", "start"),
    [
        (ROW, "○         1:40 ✉ "),
        (ROW._replace(unread=True), "●         1:40 ✉ "),
        (ROW._replace(due_at=NOW - 12 * MINUTE), "○    late 0:12 ✉ "),
        (ROW._replace(due_at=NOW + 12 * MINUTE, warns_at=NOW), "○    soon 0:12 ✉ "),
        (ROW._replace(due_at=NOW + 12 * MINUTE, warns_at=NOW + 1), "○         0:12 ✉ "),
        # The inner target of a promise has passed, and then the promise itself.
        (ROW._replace(due_at=NOW, warns_at=NOW, promised_at=NOW + 100 * MINUTE), "○    soon 1:40 ✉ "),
        (ROW._replace(due_at=NOW - 20 * MINUTE, warns_at=NOW - 20 * MINUTE, promised_at=NOW), "○    late 0:20 ✉ "),
        # An answer that is late stays so, whatever was promised.
        (ROW._replace(due_at=NOW - MINUTE, warns_at=NOW - 5 * MINUTE, promised_at=NOW + MINUTE), "○    late 0:01 ✉ "),
        (ROW._replace(status=1, mood=3, channel="phone"), "· !       1:40 ☎ "),
        (ROW._replace(status=2, priority=2), "= ^       1:40 ✉ "),
        (ROW._replace(status=3), "✓              ✉ "),
        (ROW._replace(snoozed_until=NOW + DAY, due_at=None), "z              ✉ "),
        (ROW._replace(channel="fax"), "○         1:40 ? "),
    ],
)
def test_what_a_ticket_needs_is_told_by_shape(row: TicketRow, start: str) -> None:
    assert drawn(row).startswith(start)


def test_a_ticket_without_subject_says_so() -> None:
    assert "(no subject)" in drawn(ROW._replace(subject=" \n"))
