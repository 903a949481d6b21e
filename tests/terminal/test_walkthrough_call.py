"""A phone rings: the caller is on the screen before the second ring, in a real terminal."""

import pytest

from tests.terminal.desk import Desk

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
