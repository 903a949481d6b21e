"""What a reply promises, in a real terminal: asked about, kept with one key, seen, settled, reported."""

import json
import subprocess
from datetime import timedelta

import pytest

from console.zone import local_zone
from desk.snooze import until
from desk.times import HOUR, now, to_datetime
from tests.terminal.desk import HEARD, Desk

pytestmark = pytest.mark.terminal

PROMISES = "SELECT count(*) FROM promise p JOIN ticket t ON t.id = p.ticket_id WHERE t.number = ?"
PROMISE = "SELECT p.{} FROM promise p JOIN ticket t ON t.id = p.ticket_id WHERE t.number = ? ORDER BY p.id DESC LIMIT 1"


def open_refund(desk: Desk) -> int:
    """Open Ana Ruiz's ticket by its order; its number."""
    desk.step("/", then="status is active")
    desk.send("assignee:me 8841")
    desk.step("enter", then="8841 1")
    desk.press("enter")
    desk.wait_for(lambda desk: "#" in desk.lines[0] and "ana.ruiz@example.org" in desk.text)
    return desk.open_number


def reported(desk: Desk) -> dict[str, int]:
    """How many promises are open, and how many were kept, by the command."""
    done = subprocess.run(
        [HEARD, "--workspace", desk.workspace.folder, "report", "promises", "--json"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    figures = json.loads(done.stdout)["figures"]
    return {name: figures[name]["value"] for name in ("open", "kept")}


def reply(desk: Desk, text: str) -> None:
    """Write it and send it."""
    desk.step("r", then="Reply ·")
    desk.send(text)
    desk.press("ctrl+s")


def test_a_promise_goes_from_its_words_to_the_report(desk: Desk) -> None:
    number, zone, before = open_refund(desk), local_zone(), reported(desk)
    day = to_datetime(now(), zone) + timedelta(days=3)
    reply(desk, f"Hi Ana, I will write to you again by {day:%A}.")
    desk.wait_for(f"Y keeps it: promised by {day:%a} 17:00, aim ")
    assert desk.one(PROMISES, number) == 0

    desk.step("Y", then=f"Promised on #{number} by {day:%a} 17:00")
    due_at, target_at = (int(str(desk.one(PROMISE.format(name), number))) for name in ("due_at", "target_at"))
    assert (to_datetime(due_at, zone).date(), to_datetime(due_at, zone).hour) == (day.date(), 17)
    assert now() + HOUR < target_at < due_at
    desk.wait_for(f"promised by {day:%a} 17:00, aim {until(target_at, now(), zone)}")
    assert desk.one("SELECT promised_at FROM ticket WHERE number = ?", number) == due_at
    assert reported(desk) == {"open": before["open"] + 1, "kept": before["kept"]}

    reply(desk, "Hi Ana, here I am: the money is there.")
    desk.comes_true("SELECT count(*) > 1 FROM outbox WHERE kind = 'reply' AND state = 'undoable'")
    desk.gone(f"promised by {day:%a}")
    assert desk.one(PROMISE.format("state"), number) == "kept"
    assert reported(desk) == {"open": before["open"], "kept": before["kept"] + 1}
