"""What stands between a server's bytes and our values: names, numbers, answers, cursors."""

import pickle
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from sync.errors import Broken
from sync.secret import HIDDEN, Secret, without
from sync.sources.mailbox import cursor as cursors
from sync.sources.mailbox import folder_names, replies, uids
from sync.sources.mailbox.cursor import Cursor

NUMBERS = st.sets(st.integers(1, 60))


@pytest.mark.parametrize(
    ("sent", "name"),
    [("Entw&APw-rfe", "Entwürfe"), ("Tom &- Jerry", "Tom & Jerry"), ("~peter/&U,BTFw-", "~peter/台北"), ("&x", "&x"),
     ("&AA-", "&AA-"), ("&2D0-", "&2D0-")],
)  # fmt: skip
def test_names_are_read_as_the_standard_says_and_others_as_they_are(sent: str, name: str) -> None:
    assert folder_names.decoded(sent) == name


def test_a_name_is_quoted_and_smuggles_no_command() -> None:
    assert folder_names.quoted('a "b" \\ c') == b'"a \\"b\\" \\\\ c"'
    with pytest.raises(BadInput):
        folder_names.quoted("INBOX\r\nA1 DELETE INBOX")


@given(NUMBERS)
def test_numbers_fold_and_unfold(numbers: set[int]) -> None:
    spans = list(uids.folded(sorted(numbers)))
    assert list(uids.numbers(spans)) == sorted(numbers)
    assert uids.spans(uids.written(spans).encode() or b"1") == (spans or [(1, 1)])
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(spans))


@given(NUMBERS, st.integers(1, 70))
def test_what_is_between_is_what_is_not_there(numbers: set[int], end: int) -> None:
    between = uids.between(uids.numbers(uids.folded(sorted(numbers))), end)
    assert list(uids.numbers(between)) == [number for number in range(1, end) if number not in numbers]


def test_a_set_that_is_none_is_said_so() -> None:
    with pytest.raises(Broken):
        uids.spans(b"1:x")


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_every_moment_is_read(when: datetime, away: int) -> None:
    local = when.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=away)))
    sign, rest = "-" if away < 0 else "+", abs(away)
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    text = f"{local.day:2}-{months[local.month - 1]}-{local:%Y %H:%M:%S} {sign}{rest // 60:02}{rest % 60:02}"
    assert replies.moment(text.encode()) == int(local.astimezone(UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize("text", [b"", b"31-Feb-2026 00:00:00 +0000", b"1-Xxx-2026 00:00:00 +0000", b"yesterday"])
def test_what_is_no_moment_is_none(text: bytes) -> None:
    assert replies.moment(text) == 0


@given(st.binary(max_size=80), st.lists(st.sampled_from(["\\Seen", "$Heard-ana", "x"]), unique=True))
def test_the_usual_answer_and_any_other_order_say_the_same(raw: bytes, flags: list[str]) -> None:
    marks = " ".join(flags).encode()
    date = b'INTERNALDATE "01-Feb-2026 03:04:05 +0100"'
    usual = b"4 (UID 9 FLAGS (%s) %s BODY[] {%d}" % (marks, date, len(raw))
    other = b"4 (%s BODY[] {%d}" % (date, len(raw))
    lines: list[list[replies.Line]] = [
        [(usual, raw), b")"], [(other, raw), b" FLAGS (%s) UID 9)" % marks],
    ]  # fmt: skip
    first, second = (replies.fetched(each) for each in lines)
    assert first == second
    assert first[9].raw == raw
    assert first[9].flags == tuple(flags)


@given(st.lists(st.binary(max_size=40)))
def test_no_answer_is_too_odd(lines: list[bytes]) -> None:
    replies.fetched(lines)
    replies.folders(lines)


def test_gmail_tells_labels_and_threads() -> None:
    said = b'1 (X-GM-THRID 77 X-GM-LABELS ("\\\\Inbox" "B&APw-cher") UID 3 RFC822.SIZE 5)'
    mail = replies.fetched([said])[3]
    assert (mail.thread, mail.labels, mail.size) == ("77", ("\\Inbox", "Bücher"), 5)


@given(
    st.lists(st.one_of(st.integers(1, 40).map(lambda up: ("up", up)), st.integers(1, 60).map(lambda at: ("at", at))))
)
def test_a_cursor_forgets_nothing_and_repeats_nothing(steps: list[tuple[str, int]]) -> None:
    cursor, missing = Cursor(validity=1), set[int]()
    for step, number in steps:
        if step == "up":
            missing |= set(range(cursor.upcoming, cursor.upcoming + number))
            cursor = cursor.reaching(cursor.upcoming + number)
        else:
            missing -= set(range(number, cursor.upcoming))
            cursor = cursor.without(number)
        assert set(uids.numbers(cursor.missing)) == missing
        assert cursors.read(cursor.text()) == cursor


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"validity": 1}', '{"validity": "x"}'])
def test_a_cursor_that_cannot_be_read_begins_anew(text: str) -> None:
    assert cursors.read(text) == Cursor()


def test_a_secret_is_shown_nowhere() -> None:
    secret = Secret("canary")
    assert f"{secret} {secret!r} {[secret]}" == f"{HIDDEN} {HIDDEN} [{HIDDEN}]"
    assert without(secret, "you said canary!") == f"you said {HIDDEN}!"
    assert without(Secret(""), "nothing") == "nothing"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
