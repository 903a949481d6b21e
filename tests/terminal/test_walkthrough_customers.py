"""Two records of one person become one and two again, one is written out, one is erased: in a real terminal."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.terminal.desk import HEARD, Desk
from tests.terminal.term import DEADLINE

pytestmark = pytest.mark.terminal

SECOND = "name,email,phone\nA. Ruiz,a.ruiz@example.net,+1 415 555 0134\n"
MAIL = """From: A. Ruiz <a.ruiz@example.net>
To: help@shop.example
Subject: The lamp hums
Message-ID: <hums@example.net>
Date: Mon, 2 Mar 2026 09:00:00 +0000

It hums when it is on.
"""
WHOSE = "SELECT c.name FROM ticket t JOIN customer c ON c.id = t.customer_id WHERE t.subject = 'The lamp hums'"


def take_in(desk: Desk, folder: Path, name: str, text: str, kind: str) -> None:
    """What another process imports while the console is open."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    subprocess.run(
        [HEARD, "--workspace", desk.workspace.folder, "import", "--as", kind, file],
        env={**os.environ, **desk.environment},
        capture_output=True,
        check=True,
        timeout=DEADLINE,
    )


def open_page(desk: Desk, words: str, name: str) -> None:
    """Look for somebody, and open their page."""
    desk.send("c" + words)
    desk.wait_for(lambda desk: " found ─" in desk.lines[1] and words in desk.lines[2] and name in desk.lines[4])
    desk.press("enter")
    desk.wait_for(lambda desk: name in desk.lines[0] and "Pro since" in desk.text)


def test_a_merge_is_taken_back_after_a_mail_has_come_by_the_others_address(desk: Desk, tmp_path: Path) -> None:
    take_in(desk, tmp_path, "second.csv", SECOND, "customers")
    open_page(desk, "ana.ruiz@", "Ana Ruiz")
    desk.wait_for("the same number")
    desk.step("M", then="Whom to merge with this one?")
    desk.send("a.ruiz@example.net")
    desk.wait_for(lambda desk: "A. Ruiz" in desk.lines[4])
    desk.step("enter", then="Merge “A. Ruiz” into “Ana Ruiz”?")
    desk.step("y", then="Merged A. Ruiz into Ana Ruiz")
    take_in(desk, tmp_path, "hums.eml", MAIL, "mail")
    assert desk.one(WHOSE) == "Ana Ruiz"
    # Undoing shows it where it belongs, although it came since.
    desk.press("u")
    desk.comes_true(f"SELECT ({WHOSE}) = 'A. Ruiz'")
    desk.wait_for("the same number")
    assert desk.one("SELECT count(*) FROM customer_merge") == 0


def test_everything_about_one_is_written_and_the_typed_name_erases_it(desk: Desk, tmp_path: Path) -> None:
    open_page(desk, "ana.ruiz@", "Ana Ruiz")
    desk.step("ctrl+s", then="ana-ruiz-export")
    folder = tmp_path / "out"
    desk.press("ctrl+u")
    desk.send(str(folder))
    desk.press("enter")
    desk.wait_for("Exported to")
    written = json.loads((folder / "person.json").read_text("utf-8"))
    assert written["name"] == "Ana Ruiz"
    assert "ana.ruiz@example.org" in (folder / "person.html").read_text("utf-8")

    desk.step("ctrl+x", then="Erase “Ana Ruiz” for good?")
    desk.step("y", then="Type the name to erase it")
    desk.send("ana")
    desk.step("enter", then="That isn't the name")
    assert desk.one("SELECT count(*) FROM customer WHERE name = 'Ana Ruiz'") == 1
    # The cursor stands where it stood: the rest of the name may follow.
    desk.send(" ruiz")
    desk.step("enter", then="Erased for good")
    assert desk.one("SELECT count(*) FROM customer WHERE name = 'Ana Ruiz'") == 0
    assert desk.one("SELECT count(*) FROM identity WHERE normal LIKE '%ana.ruiz%'") == 0
    desk.wait_for(lambda desk: "Ana Ruiz" not in desk.text)
    desk.press("escape")
    desk.send("cana.ruiz@")
    desk.wait_for(lambda desk: "ana.ruiz@" in desk.text and "new customer" in desk.text)
