"""A phone rings: the caller is on the screen before the second ring, in a real terminal."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from console.running import answers, consoles
from storage.workspace import Workspace
from tests.terminal.desk import HEARD, Desk
from tests.terminal.term import DEADLINE

pytestmark = pytest.mark.terminal


def phone_of(desk: Desk, name: str) -> str:
    """The number of a customer, as it was given."""
    return str(
        desk.one(
            "SELECT i.value FROM identity i JOIN customer c ON c.id = i.customer_id WHERE c.name = ? AND i.kind = 3",
            name,
        )
    )


def find(desk: Desk, words: str, name: str) -> None:
    """Type it all at once, as a hurried agent does, and wait until that person is first."""
    desk.send("c" + words)
    desk.wait_for(lambda desk: " found ─" in desk.lines[1] and words in desk.lines[2] and name in desk.lines[4])


def test_four_digits_bring_the_caller_and_everything_about_them(desk: Desk) -> None:
    digits = "".join(each for each in phone_of(desk, "Ana Ruiz") if each.isdigit())[-4:]
    find(desk, digits, "Ana Ruiz")
    desk.press("enter")
    desk.wait_for(lambda desk: "ana.ruiz@example.org" in desk.text and "Ana Ruiz" in desk.lines[0])
    for fact in ("Pro since", "+1 415 555 0134", "220814471", "8841", "1 open"):
        desk.wait_for(fact)


@pytest.mark.parametrize("words", ["Ana Ruis", "ruiz ana", "+1 (415) 555-0134", "ana.ruiz@", "220814471", "8841"])
def test_anybody_is_found_by_anything(desk: Desk, words: str) -> None:
    find(desk, words, "Ana Ruiz")
    desk.press("enter")
    desk.wait_for(lambda desk: "Ana Ruiz" in desk.lines[0])


def test_a_stranger_becomes_a_customer(desk: Desk) -> None:
    desk.send("c+49 30 5550 99887")
    desk.wait_for("new customer")
    desk.step("ctrl+n", then="Name")
    desk.send("Ottilie Nebel")
    desk.wait_for("Ottilie Nebel")
    desk.press("ctrl+s")
    desk.comes_true("SELECT 1 FROM customer WHERE name = 'Ottilie Nebel'")
    assert desk.one(
        "SELECT i.normal FROM identity i JOIN customer c ON c.id = i.customer_id "
        "WHERE c.name = 'Ottilie Nebel' AND i.kind = 3"
    )
    desk.wait_for(lambda desk: "Ottilie Nebel" in desk.lines[0])


def test_from_a_reply_the_look_up_comes_back_to_it(desk: Desk) -> None:
    desk.step("1", then="Queue · Mine")
    desk.press("enter")
    desk.wait_for(lambda desk: "#" in desk.lines[0])
    desk.send("rOne moment")
    desk.wait_for("One moment")
    desk.press("ctrl+f")
    desk.wait_for(lambda desk: "Customers" in desk.lines[0] or "Find" in desk.lines[0])
    desk.press("escape")
    desk.wait_for("One moment")
    assert "One moment" in str(desk.one("SELECT body FROM draft"))


SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
NUMBER = "+14155550134"


@pytest.fixture
def sized(demo: Workspace, size: tuple[int, int]) -> Iterator[Desk]:
    """Ana's console on a terminal of some size."""
    columns, rows = size
    with Desk(demo, columns=columns, rows=rows) as desk:
        desk.wait_until_live()
        yield desk


def pop(desk: Desk, number: str) -> None:
    """What a softphone runs; it reaches the console that is open, which listens a moment after its first frame."""
    desk.wait_for(lambda desk: any(map(answers, consoles(desk.workspace.folder, "ana"))))
    told = subprocess.run(
        [HEARD, "--workspace", desk.workspace.folder, "pop", number],
        env={**os.environ, **desk.environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=DEADLINE,
    )
    assert "The console shows it" in told.stdout


def write_it_down(desk: Desk) -> None:
    """The call goes on: two steps, notes, the end, and one key for the outcome."""
    desk.wait_for(lambda desk: "talking 0:0" in desk.lines[1])
    ticked = desk.ask("SELECT count(*) FROM checklist_tick")[0][0]
    assert isinstance(ticked, int)
    desk.press("4")
    desk.comes_true("SELECT count(*) > ? FROM checklist_tick", ticked)
    desk.send("nTq 1 card ends in 09")
    desk.comes_true("SELECT notes = 'Tq 1 card ends in 09' FROM call ORDER BY id DESC")
    desk.press("escape")
    desk.wait_for("T end")
    desk.step("T", then="What became of it?")
    desk.step("1", then="Solved: Wrote the call down on")
    body, status, customer = desk.ask(
        "SELECT m.body, t.status, u.name FROM message m JOIN ticket t ON t.id = m.ticket_id JOIN call c"
        " ON c.message_id = m.id JOIN customer u ON u.id = c.customer_id WHERE m.kind = 'call' AND c.state = 'done'"
        " ORDER BY c.id DESC"
    )[0]
    assert (body, status, customer) == ("Tq 1 card ends in 09\n\nOutcome: Solved", 3, "Ana Ruiz")


@SIZES
def test_a_call_goes_from_four_digits_to_its_wrap_up(sized: Desk) -> None:
    find(sized, "4471", "Ana Ruiz")
    sized.step("enter", then="Pro since")
    sized.press("T")
    write_it_down(sized)
    # The ticket shows it, and one key takes the wrap-up back.
    sized.wait_for(lambda desk: "Ana Ruiz" in desk.lines[0] and "card ends in 09" in desk.text)
    sized.press("u")
    sized.comes_true("SELECT state = 'wrapping' AND message_id IS NULL FROM call ORDER BY id DESC")
    sized.wait_for("☎ wrap-up")
    sized.step("T", then="What became of it?")
    sized.wait_for("card ends in 09")


@SIZES
def test_the_softphone_pops_the_caller_into_the_running_console(sized: Desk) -> None:
    pop(sized, NUMBER)
    sized.wait_for(lambda desk: "rings 0:0" in desk.lines[1] and "Ana Ruiz" in desk.lines[1])
    for fact in ("+1 415 555 0134", "very angry", "Pro since", "1 open", "No, that card"):
        sized.wait_for(fact)
    sized.press("T")
    write_it_down(sized)
    sized.wait_for("Queue")


@SIZES
def test_a_ring_disturbs_no_reply_and_one_key_takes_it(sized: Desk) -> None:
    sized.step("1", then="Queue · Mine")
    sized.press("enter")
    sized.wait_for(lambda desk: "#" in desk.lines[0])
    sized.send("rDear")
    sized.wait_for("Dear")
    pop(sized, NUMBER)
    sized.wait_for(lambda desk: "rings 0:0" in desk.lines[1] and "F3 take it" in desk.lines[1])
    # The top line stays: where the agent is, and the time.
    assert "Heard" in sized.lines[0]
    sized.send(" TqS12 sir")
    sized.wait_for("Dear TqS12 sir")
    sized.press("f3")
    sized.wait_for(lambda desk: "talking 0:0" in desk.lines[1])
    sized.press("escape")
    sized.wait_for(lambda desk: "Dear TqS12 sir" in desk.text and "☎ talking" in desk.lines[0])
    sized.send(" and madam")
    sized.wait_for("Dear TqS12 sir and madam")


def test_keys_typed_faster_than_the_call_begins_are_meant_for_it(desk: Desk) -> None:
    find(desk, "4471", "Ana Ruiz")
    desk.send("\rT4nhurried 4 words")
    desk.comes_true("SELECT notes = 'hurried 4 words' FROM call ORDER BY id DESC")
    desk.comes_true(
        "SELECT 1 FROM checklist_tick k JOIN checklist_run r ON r.id = k.run_id"
        " JOIN call c ON c.ticket_id = r.ticket_id WHERE k.step = 'resolve'"
    )


def test_a_crash_amid_a_call_loses_nothing_and_the_next_console_offers_it(desk: Desk, demo: Workspace) -> None:
    find(desk, "4471", "Ana Ruiz")
    desk.step("enter", then="Pro since")
    desk.press("T")
    desk.wait_for(lambda desk: "talking 0:0" in desk.lines[1])
    desk.send("nshe waits since the 3rd")
    desk.comes_true("SELECT notes = 'she waits since the 3rd' FROM call ORDER BY id DESC")
    desk.process.kill()
    desk.process.wait()
    with Desk(demo, columns=120, rows=36) as again:
        again.wait_for(lambda desk: "still open" in desk.lines[1] and "Ana Ruiz" in desk.lines[1])
        again.press("f3")
        again.wait_for(lambda desk: "talking 0:" in desk.lines[1] and "she waits since the 3rd" in desk.text)
