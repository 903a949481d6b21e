"""The console itself in a real terminal: its start, its end, and what strangers, signals and bad files do to it."""

import re
import signal
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from screens.workspace_writing import SAVE_AFTER
from storage.connect import Connection, connect
from storage.workspace import Workspace
from tests.factories import make_customer, make_message, make_ticket
from tests.hostile import HOSTILE
from tests.terminal.desk import strangers_bytes
from tests.terminal.term import DEADLINE, FRAME_END, Term

HEARD = Path(sys.executable).with_name("heard")
pytestmark = pytest.mark.terminal
# No path of a test's folder is so long that the words behind it would be broken.
WIDE = 400


def console(workspace: Workspace, columns: int = 80, rows: int = 24) -> Term:
    return Term([HEARD, "--workspace", workspace.folder], columns=columns, rows=rows)


def is_live(term: Term) -> bool:
    """Whether the app has taken over from the first paint."""
    return b"\x1b[?2004h" in term.raw and "? keys" in term.text


@pytest.fixture
def tickets(workspace: Workspace, connection: Connection) -> Workspace:
    """Three tickets that wait, each with a message."""
    for name in ("Ana Ruiz", "Li Wei", "Sam O'Hara"):
        customer = make_customer(connection, name, email=f"{name.split()[0].lower()}@example.com")
        ticket = make_ticket(connection, subject=f"A matter of {name}", customer_id=customer, message_count=1)
        make_message(connection, ticket, body=f"{name} writes about it.", customer_id=customer)
    connection.close()
    return workspace


@pytest.fixture
def term(tickets: Workspace) -> Iterator[Term]:
    with console(tickets, columns=110, rows=30) as term:
        term.wait_for(is_live)
        term.press("7")
        term.wait_for("A matter of Ana Ruiz")
        yield term


def drafts(workspace: Workspace) -> list[str]:
    with closing(connect(workspace.database, read_only=True)) as connection:
        return [row[0] for row in connection.execute("SELECT body FROM draft")]


def write_a_reply(term: Term) -> None:
    term.press("enter")
    term.wait_for(lambda term: "A matter of" in term.lines[0] and "writes about it" in term.text)
    term.press("r")
    term.wait_for("Reply ·")
    term.send("Dear Ana, here it is")
    term.wait_for("Dear Ana, here it is")


def restored(term: Term) -> bool:
    return not term.on_alternate_screen and term.modes_left_on == set() and term.modes() == term.modes_before


def test_keys_typed_during_the_start_wait_for_the_list(term: Term, tickets: Workspace) -> None:
    term.press("q")
    term.wait_for("Leave Heard?")
    term.press("enter")
    term.wait_for_exit()
    with console(tickets, columns=110, rows=30) as again:
        again.wait_for_raw(b"\x1b[?1049h")
        again.press("j", "enter")
        # Her words stand below the list before the ticket is open.
        again.wait_for(lambda term: "A matter of Li Wei" in term.lines[0] and "Li Wei writes about it" in term.text)


def test_a_question_typed_during_the_start_is_asked(tickets: Workspace) -> None:
    with console(tickets, columns=110, rows=30) as term:
        term.wait_for_raw(b"\x1b[?1049h")
        term.press("/")
        term.wait_for("status is active")


def test_a_cursor_key_sends_less_than_a_kilobyte(term: Term) -> None:
    """The ticket beside the list is another frame, drawn when the cursor rests."""
    term.wait_for("ana@example.com")
    sent = []
    for key, next_seen in [("j", "li@example.com"), ("k", "ana@example.com")] * 4:
        before = len(term.raw)
        term.press(key)
        term.wait_for_raw(FRAME_END, before)
        sent.append(term.raw.find(FRAME_END, before) - before)
        term.wait_for(next_seen)
    # Now and then the clock or the furniture is drawn in between.
    assert sorted(sent)[len(sent) // 2] < 1000


def test_quit_asks_and_leaves_the_terminal_as_it_was(term: Term) -> None:
    term.press("q")
    term.wait_for("Leave Heard?")
    term.press("enter")
    assert term.wait_for_exit() == 0
    assert restored(term)


def test_the_next_start_paints_the_last_view_first(term: Term, tickets: Workspace) -> None:
    # The counts as they were last seen are painted too, so see them first.
    term.wait_for(lambda term: re.search(r"1 Mine +0 ", term.text) is not None)
    term.press("q")
    term.wait_for("Leave Heard?")
    term.press("enter")
    assert term.wait_for_exit() == 0
    with console(tickets, columns=110, rows=30) as again:
        # Nothing jumps when Textual takes over; counts, keys and the customer beside the list have come.
        again.wait_for(lambda term: is_live(term) and "↑0" in term.text and "ana@example.com" in term.text)
        # What was written before anything of Textual's, however late it is read here.
        painted = again.after(bytes(again.raw).partition(b"\x1b[?2004h")[0])
        assert "A matter of Sam O'Hara" in painted[4]
        beside = painted[1].index("Customer") - 2
        assert [line[:beside] for line in again.lines[1:5]] == [line[:beside] for line in painted[1:5]]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_writing_keeps_the_draft(term: Term, tickets: Workspace, number: signal.Signals) -> None:
    write_a_reply(term)
    term.signal(number)
    assert term.wait_for_exit() == 128 + number
    assert restored(term)
    assert any("Dear Ana, here it is" in draft for draft in drafts(tickets))


def test_a_lost_line_keeps_the_draft(term: Term, tickets: Workspace) -> None:
    write_a_reply(term)
    term.hang_up()
    term.process.wait(DEADLINE)
    assert any("Dear Ana, here it is" in draft for draft in drafts(tickets))


def test_kill_loses_at_most_a_second(term: Term, tickets: Workspace) -> None:
    write_a_reply(term)
    assert SAVE_AFTER < 1
    term.wait_for(lambda _: any("here it is" in draft for draft in drafts(tickets)))
    term.signal(signal.SIGKILL)
    term.wait_for_exit()
    assert any("Dear Ana, here it is" in draft for draft in drafts(tickets))


def test_odd_bytes_change_nothing(term: Term) -> None:
    term.send(b"\xff\xfe\x1b[M \xff\xe9\xc3")
    term.press("8")
    term.wait_for("Queue · Solved")


def test_no_control_byte_of_a_stranger_s_text_reaches_the_terminal(
    workspace: Workspace, connection: Connection
) -> None:
    for _, text in HOSTILE[:40]:
        customer = make_customer(connection, text or "nobody")
        ticket = make_ticket(connection, subject=text, customer_id=customer, message_count=1, preview=text)
        make_message(connection, ticket, body=text, subject=text, sender=text, customer_id=customer)
    connection.close()
    with console(workspace, columns=140, rows=40) as term:
        term.wait_for(is_live)
        term.press("7")
        for keys in (("j",), ("j",), ("enter",), ("]",), ("]",), ("]",), ("escape",), ("G",), ("?",)):
            term.press(*keys)
            # A key may have nothing to do here, and then nothing comes.
            term.wait_until_quiet(0.2)
        term.wait_for("Keys of this screen")
        assert strangers_bytes(bytes(term.raw)) == b""


def test_a_file_that_is_no_database_is_said_on_one_line(tmp_path: Path) -> None:
    (tmp_path / "heard.db").write_bytes(b"nonsense " * 1000)
    with console(Workspace(tmp_path), columns=WIDE) as term:
        assert term.wait_for_exit() == 1
        assert "is not a Heard database" in term.text
        assert restored(term)
        assert b"Traceback" not in term.raw


def test_a_database_of_a_newer_version_is_left_alone(workspace: Workspace, connection: Connection) -> None:
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with console(workspace, columns=WIDE) as term:
        assert term.wait_for_exit() == 1
        assert "newer Heard" in term.text
        assert restored(term)
        assert b"Traceback" not in term.raw


def test_two_consoles_work_side_by_side(term: Term, tickets: Workspace) -> None:
    with console(tickets, columns=110, rows=30) as other:
        other.wait_for(lambda term: is_live(term) and "↑0" in term.text)
        other.press("7")
        other.wait_for("ana@example.com")
        other.press("e")
        term.wait_for(lambda term: "A matter of Ana Ruiz" not in term.text)
        assert term.process.poll() is None


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (40, 10), (200, 60)])
def test_it_draws_at_every_size_and_follows_a_resize(tickets: Workspace, columns: int, rows: int) -> None:
    with console(tickets, columns=columns, rows=rows) as term:
        term.wait_for(is_live)
        term.press("7")
        term.wait_for("matter" if columns > 40 else "A")
        term.resize(100, 30)
        term.wait_for(lambda term: "A matter of Ana Ruiz" in term.text)


def test_an_exported_size_does_not_hold_the_window(tickets: Workspace) -> None:
    command: list[str | Path] = [HEARD, "--workspace", tickets.folder]
    with Term(command, columns=110, rows=30, environment={"COLUMNS": "80", "LINES": "24"}) as term:
        term.wait_for(lambda term: is_live(term) and "↑0" in term.text)
        assert term.lines[1].startswith("┌ Views")
        assert term.lines[29].endswith("? keys")


def test_without_colour_nothing_is_coloured(tickets: Workspace) -> None:
    with Term([HEARD, "--workspace", tickets.folder], environment={"NO_COLOR": "1"}) as term:
        term.wait_for(is_live)
        for red, green, blue in re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", bytes(term.raw)):
            assert red == green == blue
