"""`heard agents`: who is there, with what role, and what they have."""

import json

import pytest

from console.__main__ import main
from desk.presence import Seated, State
from storage.connect import Connection
from storage.seats import Seat
from storage.workspace import Workspace
from tests.factories import NOW, make_agent, make_ticket


def test_everyone_is_listed_with_what_they_do_now(
    workspace: Workspace, connection: Connection, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARD_WORKSPACE", str(workspace.folder))
    monkeypatch.setenv("HEARD_AGENT", "ana")
    ana, _ = make_agent(connection, handle="ana", name="Ana"), make_agent(connection, name="Bo\x1b[31m")
    make_ticket(connection, assignee_id=ana)
    assert main(["agents", "role", "ana", "supervisor"]) == 0
    seat = Seat(workspace.folder)
    seat.tell(Seated(ana, state=State.AWAY, since=NOW, words="lunch"))
    capsys.readouterr()
    assert main(["agents", "list", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first == {
        "handle": "ana", "name": "Ana", "role": "supervisor", "active_tickets": 1, "state": "away",
        "since": "2026-03-02T09:00:00+00:00", "words": "lunch",
    }  # fmt: skip
    assert (second["state"], second["since"]) == ("offline", None)
    seat.leave()
    assert main(["agents", "list"]) == 0
    told = capsys.readouterr().out
    assert [line.split()[2] for line in told.splitlines()] == ["offline", "offline"]
    assert "\x1b" not in told
