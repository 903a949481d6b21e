"""A morning at the queue, from the keyboard alone, in a real terminal: what is seen, and what is in the database."""

import re
from collections.abc import Callable

import pytest

from desk.times import MINUTE, now
from storage.workspace import Workspace
from tests.terminal.desk import Desk, write_the_refund

pytestmark = pytest.mark.terminal

STATUS = "SELECT status FROM ticket WHERE number = ?"
SENT = "SELECT count(*) FROM outbox WHERE kind = 'reply' AND state = 'sent'"


def open_refund(desk: Desk) -> int:
    """Open Ana Ruiz's ticket, the one of the guide; its number."""
    desk.step("1", then="Queue · Mine")
    desk.wait_for(lambda desk: "Ana Ruiz" in desk.text and "Sam O'Hara" in desk.text)
    # Rows of every channel stand above hers, and the card beside them may have the name too.
    place = next(place for place, row in enumerate(desk.lines[2:]) if re.search(r"✉ +(?:#\d+ +)?Ana Ruiz", row))
    desk.press("g", "g", *"j" * place, "enter")
    desk.wait_for(lambda desk: "#" in desk.lines[0] and "ana.ruiz@example.org" in desk.text)
    return desk.open_number


def underlined(desk: Desk, words: str) -> bool:
    """Whether every letter of these words stands underlined somewhere on the screen."""
    place = next(((y, line.find(words)) for y, line in enumerate(desk.lines) if words in line), None)
    return place is not None and all(
        desk.screen.buffer[place[0]][x].underscore for x in range(place[1], place[1] + len(words))
    )


def mend_what_is_marked(desk: Desk) -> None:
    """Write a word that sounds unsure, see it underlined and explained, and put in what is proposed."""
    desk.send("; it should reach you then")
    desk.wait_for("Sounds unsure about something that can be checked.")
    desk.wait_for(lambda desk: underlined(desk, "should"))
    assert not underlined(desk, "left us today")
    desk.press("f7")
    desk.press("f8")
    desk.wait_for("will reach you")
    desk.gone("Sounds unsure")


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 36), (200, 60)])
def test_a_reply_is_written_taken_back_sent_and_resolved(demo: Workspace, columns: int, rows: int) -> None:
    with Desk(demo, columns=columns, rows=rows, undo_seconds=600) as desk:
        desk.wait_until_live()
        number = open_refund(desk)
        write_the_refund(desk)
        mend_what_is_marked(desk)
        desk.press("ctrl+s")
        desk.wait_for("Replied to #")
        desk.comes_true("SELECT 1 FROM outbox WHERE kind = 'reply' AND state = 'undoable'")
        assert desk.one("SELECT count(*) FROM draft") == 0

        desk.press("u")
        desk.wait_for("Your draft, as you left it")
        assert "8841" in str(desk.one("SELECT body FROM draft"))
        assert desk.one("SELECT count(*) FROM message WHERE body LIKE '%18 EUR%'") == 0

        desk.send("Yours")
        desk.press("ctrl+s")
        desk.comes_true("SELECT 1 FROM outbox WHERE kind = 'reply' AND state = 'undoable'")
        desk.end_undo_time()
        desk.comes_true(SENT)
        body = str(desk.one("SELECT body FROM message WHERE kind = 'outbound' ORDER BY id DESC LIMIT 1"))
        assert body.startswith("Hi Ana,\n\nyour refund of 18 EUR for order 8841 left us today.")
        assert "{{" not in body
        assert "it will reach you then" in body
        assert "Yours" in body
        desk.wait_for("↑0")

        desk.press("E")
        desk.wait_for(lambda desk: "#" in desk.lines[0] and desk.open_number != number)
        assert desk.one(STATUS, number) == 3
        assert desk.quit() == 0
        assert desk.restored


def test_a_sent_reply_counts_down(desk: Desk) -> None:
    open_refund(desk)
    desk.step("r", then="Reply ·")
    desk.send("On its way.")
    desk.wait_for("On its way.")
    desk.step("ctrl+s", then="Replied to #")
    shown = desk.lines[-2]
    desk.wait_for(lambda desk: "Replied to #" in desk.lines[-2] and desk.lines[-2] != shown)


def test_fields_that_are_open_are_asked_about(desk: Desk) -> None:
    open_refund(desk)
    desk.step("r", then="Reply ·")
    desk.send(";ref")
    desk.wait_for("Refund on its way")
    desk.step("tab", then="fill in: amount")
    desk.step("ctrl+s", then="Send it with open fields?")
    desk.press("escape")
    desk.gone("Send it with open fields?")
    assert desk.one("SELECT count(*) FROM outbox") == 0


def test_letters_typed_ahead_go_into_the_reply(desk: Desk) -> None:
    number = open_refund(desk)
    desk.send("rHello, please wait. e")
    desk.wait_for("Hello, please wait. e")
    assert desk.one(STATUS, number) == 0
    assert desk.one("SELECT count(*) FROM checklist_tick WHERE at > ?", now() - MINUTE) == 0


def test_a_view_is_played(desk: Desk) -> None:
    desk.step("7", then="Queue · All open")
    desk.wait_for(lambda desk: "Views" in desk.text and "●" in desk.text)
    desk.press("P")
    desk.wait_for(lambda desk: "Playing All open" in desk.text and "#" in desk.lines[0])
    first = desk.open_number
    desk.step("S", then="Skip because")
    desk.send("asks for Chiara")
    desk.press("enter")
    desk.wait_for(lambda desk: "#" in desk.lines[0] and desk.open_number != first)
    second = desk.open_number
    desk.press("E")
    desk.wait_for(lambda desk: "#" in desk.lines[0] and desk.open_number not in (first, second))
    assert desk.one(STATUS, first) == 0
    assert desk.one(STATUS, second) == 3
    note = "SELECT m.body FROM message m JOIN ticket t ON t.id = m.ticket_id WHERE t.number = ? AND m.kind = 'note'"
    assert ("Skipped: asks for Chiara",) in desk.ask(note, first)


def test_many_are_changed_after_a_look_and_taken_back(desk: Desk) -> None:
    waiting = "SELECT count(*) FROM ticket WHERE priority = 3"
    desk.step("7", then="Queue · All open")
    before = desk.one(waiting)
    desk.press("x", "x", "x")
    desk.wait_for("3 selected")
    desk.step("p", then="Priority")
    desk.send("urgent\r")
    desk.wait_for("Change 3 tickets?")
    desk.wait_for("priority: ")
    assert desk.one(waiting) == before
    desk.press("enter")
    desk.gone("Change 3 tickets?")
    desk.comes_true(f"SELECT ({waiting}) >= 3")
    assert desk.one("SELECT count(DISTINCT deed) FROM event WHERE at > ? AND kind = 'changed'", now() - MINUTE) == 1
    desk.step("u", then="Ctrl+R does it again")
    assert desk.one(waiting) == before
    desk.press("ctrl+r")
    desk.comes_true(f"SELECT ({waiting}) >= 3")


def answer(desk: Desk, key: str, label: str, words: str) -> None:
    desk.step(key, then=label)
    desk.send(words)
    desk.wait_for(words)
    desk.press("enter")


def test_snooze_in_words_tags_assign_status(desk: Desk) -> None:
    number = open_refund(desk)
    desk.step("z", then="Snooze until")
    desk.send("nevermore")
    desk.wait_for(lambda desk: "×" in desk.text)
    desk.press("enter")
    assert "Snooze until" in desk.text
    desk.press("escape")
    desk.gone("Snooze until")
    answer(desk, "z", "Snooze until", "3d")
    desk.comes_true("SELECT snoozed_until > ? FROM ticket WHERE number = ?", now() + 2 * 24 * 60 * MINUTE, number)
    answer(desk, "t", "Tags", "vip -refund")
    tags = "SELECT group_concat(g.name) FROM tag g JOIN ticket_tag x ON x.tag_id = g.id JOIN ticket t ON t.id = x.ticket_id WHERE t.number = ?"  # noqa: E501
    desk.comes_true(f"SELECT ({tags}) LIKE '%vip%' AND ({tags}) NOT LIKE '%refund%'", number, number)
    desk.step("s", then="p pending")
    desk.press("p")
    desk.comes_true("SELECT status = 1 FROM ticket WHERE number = ?", number)
    desk.step("a", then="n to nobody")
    desk.press("n")
    desk.comes_true("SELECT assignee_id IS NULL FROM ticket WHERE number = ?", number)
    desk.press("a", "a")
    desk.comes_true(
        "SELECT g.handle = 'ana' FROM ticket t JOIN agent g ON g.id = t.assignee_id WHERE t.number = ?", number
    )


def test_a_filter_says_what_is_wrong_with_it(desk: Desk) -> None:
    desk.step("7", then="Queue · All open")
    desk.step("/", then="status is active")
    desk.send("status:opn")
    desk.wait_for("Did you mean open?")
    desk.press("enter")
    desk.wait_for("Did you mean open?")
    desk.press("escape")
    desk.gone("Did you mean open?")
    assert "Queue · All open" in desk.text


@pytest.mark.parametrize(
    ("open_it", "label"),
    [(lambda desk: desk.press("ctrl+p"), "› "), (lambda desk: desk.press(":"), ": ")],
    ids=["palette", "command line"],
)
def test_everything_can_be_done_by_its_words(desk: Desk, open_it: Callable[[Desk], None], label: str) -> None:
    number = open_refund(desk)
    open_it(desk)
    desk.wait_for(lambda desk: desk.lines[-1].strip().startswith(label.strip()))
    desk.send("status solved" if label == ": " else "solved")
    desk.wait_for(lambda desk: "Set the status to solved" in desk.text)
    desk.press("enter")
    desk.comes_true("SELECT status = 3 FROM ticket WHERE number = ?", number)


def test_the_keys_of_a_screen_are_shown(desk: Desk) -> None:
    desk.step("?", then="Keys of this screen")
    desk.wait_for("A note that the customer never sees")
    desk.press("escape")
    desk.gone("Keys of this screen")


def test_a_note_is_never_on_its_way_to_the_customer(desk: Desk) -> None:
    number = open_refund(desk)
    desk.step("n", then="the customer won't see this")
    desk.send("She was promised a call.")
    desk.step("ctrl+s", then="Noted on #")
    assert desk.ask(
        "SELECT m.kind, m.recipients, m.copies, m.body FROM message m JOIN ticket t ON t.id = m.ticket_id "
        "WHERE t.number = ? ORDER BY m.id DESC LIMIT 1", number
    ) == [("note", "", "", "She was promised a call.")]  # fmt: skip
