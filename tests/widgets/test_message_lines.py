"""What a message looks like as lines, whatever stands in it."""

from datetime import UTC

import pytest

from desk.mail.quotes import Fold
from desk.records import AttachmentRow
from desk.times import SECOND
from tests.hostile import FORBIDDEN, HOSTILE
from tests.widgets.stage import NOW, attachment, message
from widgets.cells import width
from widgets.message_lines import CHARACTERS_SHOWN, LINES_SHOWN, Line, Setting, message_lines

SETTING = Setting(cells=60, now=NOW, zone=UTC, subject="Refund")


def text(line: Line) -> str:
    return "".join(piece for piece, _ in line.pieces)


def texts(lines: list[Line]) -> list[str]:
    return [text(line).rstrip() for line in lines]


def test_a_message_has_its_author_and_time_above_its_text() -> None:
    lines = texts(message_lines(message(body="Hello,\n\nwhere is it?\n\n"), SETTING))
    assert lines[0].startswith("Ana Ruiz")
    assert lines[0].endswith("13:03")
    assert lines[1:] == ["Hello,", "", "where is it?", ""]


@pytest.mark.parametrize(
    ("author", "sender", "words"),
    [
        ("Your Bank", "x@example.org", "Your Bank  x@example.org "),
        ("Ana Ruiz", "Ana Ruiz <ana@example.com>", "Ana Ruiz  ana@example.com "),
        ("Ana Ruiz", "Your Bank <x@example.org>", "Ana Ruiz  Your Bank <x@example.org> "),
        ("ana@example.com", "ana@example.com", "ana@example.com  "),
        ("Ana Ruiz", "", "Ana Ruiz  "),
    ],
)
def test_where_a_mail_came_from_stands_beside_what_its_author_is_called(author: str, sender: str, words: str) -> None:
    (head, *_) = message_lines(message(author=author, sender=sender), SETTING)
    assert text(head).startswith(words)


def test_a_note_says_that_it_is_one_and_stands_on_its_own_ground() -> None:
    lines = message_lines(message(kind="note", author="Mara"), SETTING)
    assert text(lines[0]).startswith("NOTE by Mara")
    assert "customers don't see this" in text(lines[0])
    assert {line.ground for line in lines if not line.apart} == {"note"}
    reply = message_lines(message(kind="outbound", author="Mara"), SETTING)
    assert {line.ground for line in reply} == {"base"}
    assert "NOTE" not in text(reply[0])
    assert "replied" in text(reply[0])


def test_quotes_are_folded_and_unfolded() -> None:
    quoting = message(
        body="Thanks!\n\n> one\n> two\n>> three\n-- \nAna", folds=(Fold(2, 5, "quote"), Fold(5, 7, "signature"))
    )
    folded = message_lines(quoting, SETTING)
    assert texts(folded)[1:] == ["Thanks!", "", "··· 3 quoted lines", "··· signature", ""]
    assert folded[3].target == ("fold", 1)
    unfolded = message_lines(quoting, Setting(cells=60, now=NOW, zone=UTC, subject="Refund", unfolded=True))
    assert texts(unfolded)[3:6] == ["│ one", "│ two", "│ │ three"]


def test_an_event_is_one_dim_line() -> None:
    (line,) = message_lines(message(kind="event", body="Mara set status to pending"), SETTING)
    assert text(line) == "· Mara set status to pending  13:03"
    assert {ink for _, ink in line.pieces} == {"faint"}


@pytest.mark.parametrize(
    ("delivery", "ready_at", "words"),
    [
        ("undoable", NOW + 12 * SECOND, "leaves in 12 s · u takes it back"),
        ("undoable", NOW - SECOND, "leaves in 0 s"),
        ("waiting", None, "waits to be sent"),
        ("held", None, "held, see the outbox"),
        ("sending", None, "on its way"),
        ("handed", None, "handed over, being looked for"),
        ("failed", None, "not sent"),
        ("bounced", None, "did not arrive, see the outbox"),
        ("sent", None, "sent ✓"),
    ],
)
def test_a_reply_says_where_it_is_on_its_way(delivery: str, ready_at: int | None, words: str) -> None:
    lines = message_lines(message(kind="outbound", delivery=delivery, ready_at=ready_at), SETTING)
    assert words in text(lines[0])


def test_what_is_special_is_said_in_words() -> None:
    lines = texts(
        message_lines(
            message(html=True, trackers=2, automatic="out of office", unparsed=True, subject="Another matter"),
            Setting(cells=200, now=NOW, zone=UTC, subject="Refund"),
        )
    )
    assert "“Another matter”" in lines[1]
    for words in ("sent by a machine: out of office", "it was HTML", "2 trackers removed", "could not be read in full"):
        assert words in lines[2]


def test_an_answer_has_the_same_title() -> None:
    lines = texts(message_lines(message(subject="RE: Fwd: refund"), SETTING))
    assert lines[1] == "Hello"


def test_a_bounce_says_why() -> None:
    lines = texts(message_lines(message(bounce="mailbox is full"), SETTING))
    assert lines[1] == "could not be delivered: mailbox is full"


def test_a_delay_is_no_failure() -> None:
    lines = texts(message_lines(message(bounce="delayed, still being tried: ana@example.com"), SETTING))
    assert lines[1] == "delayed, still being tried: ana@example.com"


@pytest.mark.parametrize(
    ("delivery", "ink"), [("bounced", "late"), ("failed", "late"), ("sent", "due"), ("waiting", "due")]
)
def test_what_went_wrong_stands_whole_below_the_recipients(delivery: str, ink: str) -> None:
    trouble = "It did not arrive at gone@example.org: there is no such address (User unknown in virtual mailbox table)"
    reply = message(kind="outbound", recipients="gone@example.org", delivery=delivery, trouble=trouble)
    lines = message_lines(reply, SETTING)
    assert texts(lines)[1] == "to gone@example.org"
    assert " ".join(texts(lines)[2:4]) == trouble
    assert {ink for line in lines[2:4] for _, ink in line.pieces} == {ink}
    without = message_lines(message(kind="outbound", recipients="", delivery=delivery, trouble="no recipient"), SETTING)
    assert texts(without)[1] == "no recipient"


def test_a_server_s_sermon_leaves_room_for_the_words() -> None:
    reply = message(kind="outbound", recipients="a@b.example", delivery="bounced", trouble="no " * 500)
    assert texts(message_lines(reply, SETTING))[6] == "Hello"


def test_hostile_words_of_a_server_do_no_harm() -> None:
    for _, hostile in HOSTILE:
        for line in message_lines(message(kind="outbound", delivery="bounced", trouble=hostile), SETTING):
            assert not set(text(line)) & FORBIDDEN
            assert width(text(line)) <= SETTING.cells


def test_what_answered_by_itself_is_no_reply() -> None:
    lines = texts(message_lines(message(kind="outbound", author="Support", automatic="Auto-Submitted: x"), SETTING))
    assert lines[0].startswith("Support acknowledged it by itself")
    assert "replied" not in lines[0]
    assert "machine" not in "".join(lines)


def test_attachments_are_listed_and_can_be_clicked() -> None:
    lines = message_lines(message(attachments=(attachment("dent.png"),)), SETTING)
    (line,) = (line for line in lines if line.target)
    assert text(line) == "+ dent.png  348 kB"
    assert line.target == ("attachment", 7)


AWAY = attachment("dent.png")._replace(away=True)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (AWAY, "348 kB · not fetched yet, D fetches it"),
        (AWAY._replace(size=0), "not fetched yet, D fetches it"),
        (AWAY._replace(asked=True), "348 kB · on its way"),
        (AWAY._replace(asked=True, done=174_056), "348 kB · on its way, 50 %"),
        (AWAY._replace(asked=True, done=900_000), "348 kB · on its way, 99 %"),
        (AWAY._replace(asked=True, done=174_056, size=0), "on its way, 174 kB"),
        (AWAY._replace(said="It is too large"), "348 kB · didn't come: It is too large"),
    ],
)
def test_a_file_that_lies_at_a_helpdesk_says_how_far_it_is(file: AttachmentRow, words: str) -> None:
    (line,) = (line for line in message_lines(message(attachments=(file,)), SETTING) if line.target)
    assert text(line) == f"+ dent.png  {words}"


def test_why_a_file_cannot_come_leaves_its_name_on_the_screen() -> None:
    for _, hostile in HOSTILE:
        file = attachment("dent.png")._replace(away=True, said=f"{hostile} " + "x" * 200)
        (line,) = (line for line in message_lines(message(attachments=(file,)), SETTING) if line.target)
        assert "dent.png" in text(line)
        assert width(text(line)) <= SETTING.cells
        assert not set(text(line)) & FORBIDDEN


def test_links_keep_their_address_where_they_are_wrapped() -> None:
    url = "https://example.com/" + "x" * 90
    lines = [line for line in message_lines(message(body=f"see {url} now"), SETTING) if line.urls]
    assert {line.urls for line in lines} == {(url,)}
    assert "".join(piece for line in lines for piece, ink in line.pieces if ink == "link") == url
    assert len(lines) == 2


def test_a_very_long_mail_shows_its_beginning_and_says_how_much_is_left() -> None:
    lines = message_lines(message(body="line\n" * 20_000), SETTING)
    assert len(lines) <= LINES_SHOWN + 5
    assert texts(lines)[-2] == "··· 18,500 more lines"
    assert lines[-2].target == ("more", 1)
    more = message_lines(message(body="line\n" * 20_000), Setting(cells=60, now=NOW, zone=UTC, portions=2))
    assert len(more) > 2 * LINES_SHOWN


def test_a_line_of_a_megabyte_shows_its_beginning() -> None:
    lines = message_lines(message(body="x" * 1_000_000), SETTING)
    assert sum(len(text(line)) for line in lines[1:-2]) == CHARACTERS_SHOWN
    assert texts(lines)[-2] == "··· goes on"


@pytest.mark.parametrize("cells", [12, 77])
@pytest.mark.parametrize("hostile", [text for _, text in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_hostile_text_anywhere_is_only_text(hostile: str, cells: int) -> None:
    for kind in ("inbound", "outbound", "note", "call", "event"):
        entry = message(
            kind=kind,
            body=hostile,
            author=hostile,
            sender=hostile,
            recipients=hostile,
            copies=hostile,
            subject=hostile,
            automatic=hostile,
            bounce=hostile,
            attachments=(attachment(hostile),),
        )
        for line in message_lines(entry, Setting(cells=cells, now=NOW, zone=UTC)):
            assert not (FORBIDDEN | {"\n", "\t"}) & set(text(line))
            if kind != "event" and line.target is None:
                assert width(text(line)) <= cells
